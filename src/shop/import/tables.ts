import type { Fields } from '../../files/header.ts'
import { parseMoment, parseTruth } from '../rules.ts'

/** A value as the database would give it back: an instant as text in UTC, truth as 0 or 1. */
export type Stored = string | number | null

export interface FieldRule {
  /** Throws InvalidValue. */
  readonly parse: (text: string) => Stored
  /** What a new row has where the file says nothing; undefined: the file must say something. */
  readonly initial: Stored | undefined
  /** Whether an empty cell means NULL when a row is updated; otherwise it means what is there. */
  readonly nullable: boolean
}

export const required = (parse: (text: string) => Stored): FieldRule => ({ parse, initial: undefined, nullable: false })
export const nullable = (parse: (text: string) => Stored): FieldRule => ({ parse, initial: null, nullable: true })
export const withInitial = (initial: Stored, parse: (text: string) => Stored): FieldRule => ({
  parse,
  initial,
  nullable: false,
})

export const storedTruth = (text: string): number => Number(parseTruth(text))
export const storedMoment = (text: string): string =>
  parseMoment(text).toISOString().slice(0, 'YYYY-MM-DDThh:mm:ss'.length).replace('T', ' ')

/** One row of the file, by column: only what the file has; undefined where it says nothing. */
export type ImportRow = Readonly<Record<string, Stored | undefined>>

/** A row that is there, by column: at least its id and those that the file has. */
export type RowThere = Readonly<Record<string, Stored>> & { readonly id: number }

/** Everything that importing one table needs to know of it. */
export interface Kind {
  readonly table: 'users' | 'products'
  readonly one: string
  /** By column, in the order of the values of `insert`. */
  readonly rules: Readonly<Record<string, FieldRule>>
  /** Columns that no two rows share; the first is the key, by which a row of the file is one that is there. */
  readonly unique: readonly [key: string, ...others: string[]]
  /** Unique values are the same when these are. */
  readonly fold: (value: string) => string
  /** Takes the values of one row and returns its id. */
  readonly insert: string
  /** How a column is set, where it is more than `column = ?`; each mark is the value. */
  readonly assignments: Readonly<Record<string, string>>
  /** Columns that are a DATETIME. */
  readonly instants: readonly string[]
  /** Columns whose values nobody may read. */
  readonly secret: readonly string[]
  /** Columns whose values are too long for a log. */
  readonly long: readonly string[]
  /** For the log. */
  created(row: ImportRow): string
}

export function fieldsOf({ rules }: Kind): Fields {
  const names = Object.keys(rules)
  const isRequired = (name: string): boolean => rules[name]?.initial === undefined
  return { required: names.filter(isRequired), optional: names.filter((name) => !isRequired(name)) }
}
