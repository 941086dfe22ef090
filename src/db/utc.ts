import type { DriverOptions } from './connection/driver.ts'

const instants = new Set<string>(['DATETIME', 'TIMESTAMP', 'DATE'])

/**
 * The connector takes what it reads for the local time of this machine, whatever the session's time zone is: here it is
 * UTC.
 */
export const readInstant: NonNullable<DriverOptions['typeCast']> = (column, next) => {
  if (!instants.has(column.type)) return next()
  const text = column.string()
  if (text === null) return null
  const at = new Date(text.includes(' ') ? `${text.replace(' ', 'T')}Z` : text)
  // 0000-00-00, which only a server that is not strict can hold.
  return Number.isNaN(at.getTime()) ? null : at
}

/** And it would write local time: UTC is bound as text. */
export function writeInstant(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '')
}
