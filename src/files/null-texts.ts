/** The texts by which other programs write an empty cell, or a value that a spreadsheet could not compute. */
const texts: ReadonlySet<string> = new Set([
  ...['NULL', 'null', '[NULL]', '(NULL)', '(null)', '<NULL>', '<null>', '\\N', 'None', 'NaN', 'nan', 'undefined'],
  ...['N/A', 'n/a', '#N/A', '#NV', '#REF!', '#BEZUG!', '#VALUE!', '#WERT!', '#NAME?', '#DIV/0!'],
])

/** Few cells begin like one of them, and a look at the first character costs less than one into the set. */
const starts = new Set([...texts].map((text) => text.charCodeAt(0)))
const mayStart = Array.from({ length: 128 }, (_, code) => starts.has(code))

/** Whether a cell probably has no value. */
export const isNullText = (cell: string): boolean => mayStart[cell.charCodeAt(0)] === true && texts.has(cell)

/** The cells of a reading whose text is probably no value, by text. */
export class NullTexts {
  #counts = new Map<string, number>()

  restart(): void {
    this.#counts = new Map()
  }

  add(cell: string): void {
    this.#counts.set(cell, (this.#counts.get(cell) ?? 0) + 1)
  }

  /** Without those that are read as empty cells. */
  without(nulls: readonly string[]): NullText[] {
    return [...this.#counts].flatMap(([text, cells]) => (nulls.includes(text) ? [] : [{ text, cells }]))
  }
}

export interface NullText {
  readonly text: string
  readonly cells: number
}
