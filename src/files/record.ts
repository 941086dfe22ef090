/** One record as the file gives it, its cells under our names. */
export interface SourceRecord {
  /** The record's first line in the file, from 1; a header counts. */
  line: number
  /** The exact text, without the final line end. */
  raw: string
  /** Our name → trimmed text; an empty cell is undefined. What the file does not have is not there. */
  values: Record<string, string | undefined>
  /** A fault of this one record, to be read after its place: "has 7 columns, the header has 8". */
  fault: string | undefined
}

/** The records of one block of the file, and the bytes of the file up to its end. */
export interface Batch {
  records: SourceRecord[]
  end: number
}
