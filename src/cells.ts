/** Rows of a SELECT whose cells are still the bytes that the server sent. They are valid until the next rows. */
export interface Cells {
  readonly bytes: Buffer
  /** The start and the end of each cell in `bytes`, row by row. The start of NULL is -1. */
  readonly ranges: Int32Array
  readonly rows: number
  readonly columns: number
}

/** Receives rows; the next ones come when the promise has resolved. */
export type OnCells = (cells: Cells) => Promise<void>

/**
 * The value that the bytes of a column stand for: a text; an integer; an exact amount, which stays a text in JSON; 1 or
 * 0 for true or false; or a DATETIME in UTC without fractions.
 */
export type CellKind = 'text' | 'integer' | 'decimal' | 'flag' | 'instant'

/** The kinds of the columns of a SELECT by name, in their order. */
export type CellKinds = Readonly<Record<string, CellKind>>
