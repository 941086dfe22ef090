import { instantsOf, utc, readingAt, type Zone } from '../time-zone.ts'

/** An instant in ISO 8601 and UTC, without a zero fraction of a second. */
export function isoInstant(at: Date): string {
  return at.toISOString().replace(/\.000Z$/, 'Z')
}

/** A value as text for data formats; empty for NULL. */
export function plain(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return isoInstant(cell)
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

/**
 * A value as text for people, with instants by the clocks of a zone. Escape sequences in text from the database are
 * shown, never sent to the terminal.
 */
export function readable(cell: unknown, zone: Zone = utc): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (cell instanceof Date) return clockTime(cell, zone)
  return escapeControls(plain(cell))
}

/** An instant with microseconds, which a Date cannot hold. */
const microInstant = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{6})Z$/

/** The value of a column of times for people, also with microseconds. */
export function readableTime(cell: unknown, zone: Zone = utc): string {
  const [, second, fraction] = typeof cell === 'string' ? (microInstant.exec(cell) ?? []) : []
  if (second === undefined || fraction === undefined) return readable(cell, zone)
  const time = clockTime(new Date(`${second}Z`), zone)
  const seconds = second.length
  return `${time.slice(0, seconds)}.${fraction}${time.slice(seconds)}`
}

/** `2026-11-24 15:14:55` by the clocks of a zone, with the offset if it occurs twice because clocks are set back. */
export function clockTime(at: Date, zone: Zone): string {
  const reading = readingAt(zone, at)
  const text = isoInstant(new Date(reading)).replace('T', ' ').replace('Z', '')
  return zone !== utc && instantsOf(zone, reading).length > 1 ? `${text}${offsetText(reading - at.getTime())}` : text
}

/** `+01:00`. */
function offsetText(ms: number): string {
  const [, time = ''] = /T(\d{2}:\d{2})/.exec(isoInstant(new Date(Math.abs(ms)))) ?? []
  return `${ms < 0 ? '-' : '+'}${time}`
}

/**
 * Control characters (C0, DEL, C1), line separators, and invisible characters: marks that reorder text, and zero-width
 * spaces. Joiners and variation selectors are exempt, because they belong to the characters beside them.
 */
const unsafe = /[\p{Cc}\u2028\u2029]|(?![\u200c\u200d\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu

/** A fast path for most texts: ASCII and Latin letters contain nothing unsafe. The Unicode tables load slowly. */
const latin = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]*$/
const latinLines = /^[\n\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]*$/

/** The escapes of a character as in JSON: one for each half of a surrogate pair. */
const escaped = (character: string): string =>
  character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Replaces unsafe characters by escapes, so that a terminal cannot interpret them. */
export function escapeControls(text: string): string {
  if (latin.test(text)) return text
  return text.replace(unsafe, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : escaped(character),
  )
}

/** The same for a text of several lines, such as a stack trace. */
export function escapeControlLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n')
}

/** JSON text with unsafe characters as escapes: the same data, but safe to print on a terminal. */
export function asciiControls(json: string): string {
  if (latinLines.test(json)) return json
  return json.replace(unsafe, (character) => (character === '\n' ? character : escaped(character)))
}
