import type { DriverOptions } from './connection/driver.ts'

const instants = new Set<string>(['DATETIME', 'TIMESTAMP', 'DATE'])

/**
 * Reads a date or time as UTC. The connector itself would read it as local time of this machine, whatever the time zone
 * of the session is.
 */
export const readInstant: NonNullable<DriverOptions['typeCast']> = (column, next) => {
  if (!instants.has(column.type)) return next()
  const text = column.string()
  if (text === null) return null
  const at = new Date(text.includes(' ') ? `${text.replace(' ', 'T')}Z` : text)
  // 0000-00-00, which only a server without strict mode can store.
  return Number.isNaN(at.getTime()) ? null : at
}

/** Converts an instant to text in UTC. The connector itself would write local time. */
export function writeInstant(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '')
}
