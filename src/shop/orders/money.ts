/** Money is a decimal string with two digits after the point throughout; sums are computed in whole cents. */
export function toCents(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  const cents = BigInt(fraction.padEnd(2, '0'))
  return BigInt(whole) * 100n + (amount.startsWith('-') ? -cents : cents)
}

export function fromCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function times(amount: string, quantity: number): string {
  return fromCents(toCents(amount) * BigInt(quantity))
}
