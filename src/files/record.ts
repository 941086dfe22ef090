/** One record of the file, its cells by field. */
export interface SourceRecord {
  /** The record's first line in the file, from 1; a header counts. */
  line: number
  /** The exact text, without the final line end. */
  raw: string
  /** Field → trimmed text. An empty cell is undefined; a field without a column in the file is absent. */
  values: Record<string, string | undefined>
  /** An error in this record's structure, written to follow its position: "has 7 columns, the header has 8". */
  fault: string | undefined
  /** The values that cannot be read. Absent for most records. */
  unread?: readonly ValueFault[]
  /** Whether it is no line of its order: only the amounts of the order on it count. */
  isSkipped?: boolean
}

/** A value that cannot be read. The sentence begins with the name of its field. */
export interface ValueFault {
  readonly field: string
  readonly sentence: string
}

/** A line of the file as it came. */
export interface Line {
  line: number
  raw: string
}

/** The records of one block, and the number of bytes of the file up to its end. */
export interface Batch {
  records: SourceRecord[]
  end: number
}

/** Changes a record before anything else reads it; undefined skips it. */
export type Reshape = (record: SourceRecord) => SourceRecord | undefined
