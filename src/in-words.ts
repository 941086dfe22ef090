/** `1 order`, `2 orders`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}

/** `a`, `a and b`, `a, b and c`. */
export const inWords = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' and ')

/** Up to `most` names, and the number of the others: `a, b and 7 more`. Names with commas: `a, b; c; and 7 more`. */
export function firstOf(names: readonly string[], most: number, separator: ', ' | '; ' = ', '): string {
  const first = names.slice(0, most).join(separator)
  const end = separator === ', ' ? ' ' : separator
  return names.length > most ? `${first}${end}and ${names.length - most} more` : first
}
