/** The escapes of TSV as LOAD DATA reads them and `mariadb --batch` writes them; NULL is `\N`. */
const letters: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' }
const characters = new Map(Object.entries(letters).map(([character, escape]) => [escape, character]))

export const tsvNull = '\\N'

/** Writes a text as one cell, whatever it contains. */
export function escapeTsv(text: string): string {
  return text.replace(/[\\\t\n\r\0]/g, (character) => letters[character] ?? character)
}

/** Reads a cell. `onUnknown` receives an escape that {@link escapeTsv} never writes; its text is left unchanged. */
export function unescapeTsv(cell: string, onUnknown: (escape: string) => void): string | undefined {
  if (cell === tsvNull) return undefined
  if (!cell.includes('\\')) return cell
  return cell.replace(/\\[^]?/g, (escape) => {
    const character = characters.get(escape)
    if (character === undefined) onUnknown(escape)
    return character ?? escape
  })
}
