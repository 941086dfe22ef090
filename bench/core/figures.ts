/** Three digits that matter, as many as a short trial can tell. */
export function figure(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}

/** `1 line`, `20 lines`. */
export function counted(many: number, what: string): string {
  return `${many.toLocaleString('en')} ${what}${many === 1 ? '' : 's'}`
}

export function amount(value: number, unit: string): string {
  return `${figure(value)} ${unit}`.trim()
}
