/** ISO 8601 in UTC, without the fraction that no column here has. */
export function isoInstant(at: Date): string {
  return at.toISOString().replace(/\.000Z$/, 'Z')
}

/** What data formats print: bare text, empty for NULL. */
export function plain(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return isoInstant(cell)
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

/** What a person reads. Text from the database may hold escape sequences: they are shown, never obeyed. */
export function readable(cell: unknown): string {
  if (cell === null || cell === undefined) return 'NULL'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (cell instanceof Date) return isoInstant(cell).replace('T', ' ').replace('Z', '')
  return escapeControls(plain(cell))
}

/**
 * Control characters (C0, DEL, C1), line separators, and what nobody sees: marks that reorder text, spaces of no width.
 * What
 * joins and varies the characters beside it belongs to them.
 */
const treacherous = /[\p{Cc}\u2028\u2029]|(?![\u200c\u200d\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu

/**
 * ASCII and Latin letters: most texts, and nothing in them is treacherous, whose tables of Unicode take long to set up.
 */
const latin = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]*$/
const latinLines = /^[\n\x20-\x7e\u00a1-\u00ac\u00ae-\u024f]*$/

/** As in JSON: one escape for each half of a pair. */
const escaped = (character: string): string =>
  character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Shows as escapes what a terminal would obey. */
export function escapeControls(text: string): string {
  if (latin.test(text)) return text
  return text.replace(treacherous, (character) =>
    character === '\n' ? '\\n' : character === '\t' ? '\\t' : escaped(character),
  )
}

/** The same for what has several lines, as the trace of an error. */
export function escapeControlLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n')
}

/** JSON text with the same characters written as escapes: the same data, but a terminal obeys none of it. */
export function asciiControls(json: string): string {
  if (latinLines.test(json)) return json
  return json.replace(treacherous, (character) => (character === '\n' ? character : escaped(character)))
}
