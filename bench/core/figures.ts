/** Rounds to three significant digits, the accuracy of a short trial. */
export function figure(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

/** A number with its noun: `1 line`, `20 lines`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

export function amount(value: number, unit: string): string {
  return `${figure(value)} ${unit}`.trim()
}
