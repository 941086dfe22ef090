/** Money is a decimal string with two digits after the point throughout; sums are computed in whole cents. */
export function toCents(amount: string): bigint {
  const point = amount.indexOf('.')
  if (point < 0) return BigInt(amount) * 100n
  const fraction = amount.slice(point + 1)
  return BigInt(`${amount.slice(0, point)}${fraction.length === 2 ? fraction : fraction.padEnd(2, '0')}`)
}

export function fromCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function times(amount: string, quantity: number): string {
  return fromCents(toCents(amount) * BigInt(quantity))
}
