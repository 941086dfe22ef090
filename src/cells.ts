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

/** The meaning of a column's bytes. */
export type CellKind =
  | 'text'
  | 'integer'
  /** An exact amount, which stays a text in JSON. */
  | 'decimal'
  /** 1 for true, 0 for false. */
  | 'flag'
  /** A DATETIME in UTC without fractions of a second. */
  | 'instant'

/** The kinds of the columns of a SELECT by name, in their order. */
export type CellKinds = Readonly<Record<string, CellKind>>
