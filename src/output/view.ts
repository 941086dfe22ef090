import type { Pen } from './chart.ts'

export interface Column {
  /** The name of the database's column, which is also the name in JSON. */
  readonly name: string
  readonly align: 'left' | 'right'
  /**
   * `item`: not in the table of a list, which has limited space. `data`: only in data formats, in no table. `heading`:
   * in the table of a list, a line above the rows with the same value. `below`: in the table of a list, under the text
   * of the previous column.
   */
  readonly shownIn: 'everywhere' | 'item' | 'data' | 'heading' | 'below'
  /** If a table is too wide, the text wraps instead of being cut: between words, or after `_`, `/` and `-`. */
  readonly wraps?: 'between words' | 'after parts' | undefined
  /** The width from which on a text can be understood; a narrower table omits spare columns first. Default: 12. */
  readonly legible?: number
  /** The value is a time, or an amount of money: the head of a table names its unit. */
  readonly unit?: 'time' | 'money'
  /** A number that names a thing, such as an id: its digits are never grouped. */
  readonly isName?: boolean
  /** The word for a missing value in a table, where NULL would mean a column of the database. */
  readonly none?: string
  /** The signs for values in the table of a list. */
  readonly signs?: Readonly<Record<string, Sign>>
}

export interface Sign {
  readonly text: string
  readonly colour: 'green' | 'yellow' | 'red' | 'dim'
}

/** The columns of one kind of result with rows of type `R`, for every format. */
export interface View<R extends object = object> {
  readonly columns: readonly Column[]
  /** The column that `--format ids` prints. */
  readonly id: string
  /** The least width of a cut text or a sentence, before each row becomes a block; by default, very few characters. */
  readonly leastText?: number
  /** The message for an empty list. Undefined for a list that says nothing, or is never empty. */
  readonly empty?: string
  /**
   * A list inside a row, shown below it, such as the lines of an order. In data formats, `at` is the number of columns
   * before it; default: all.
   */
  readonly nested?: { readonly name: string; readonly view: View; readonly at?: number } | undefined
  /** For people, omits the columns without a value in any row, such as the errors if there are none. */
  readonly omitsNull?: boolean
  /** A line to copy for each row, instead of a table. */
  script?(row: R): string
  /** More tables about an item, for people only; data formats have the same data in columns. */
  sections?(row: R): readonly Section[]
  /** Columns that the table of a list omits on a narrow terminal, the first one first. */
  readonly spare?: readonly string[] | undefined
  /** Called with the omitted columns, if any. */
  readonly onNarrowed?: (omitted: readonly string[]) => void
  /** A chart of one column beside the table of a list. */
  readonly chart?: ViewChart | undefined
}

export interface ViewChart {
  readonly column: string
  readonly kind: keyof Pen
  /** Called if the terminal has no space for it. */
  readonly onOmitted?: () => void
}

export interface Section {
  readonly view: View
  readonly rows: readonly Row[]
  /** Above the item instead of below. */
  readonly first?: boolean
}

/** A section with rows of the type of its view. */
export const section = <R extends object>(view: View<R>, rows: readonly R[]): Section => ({
  view,
  rows: rows as readonly Row[],
})

export const text = (name: string): Column => ({ name, align: 'left', shownIn: 'everywhere' })
/** An amount, or a number that names a thing by the name of its column. */
export const number = (name: string): Column => ({
  name,
  align: 'right',
  shownIn: 'everywhere',
  isName: /(?:^|_)(?:id|version|pid|port|year|connection)$/.test(name),
})
/** An instant, or a day or month of the user's calendar. */
export const time = (name: string): Column => ({ ...text(name), unit: 'time' })
export const money = (name: string): Column => ({ ...number(name), unit: 'money' })
export const detail = (name: string): Column => ({ name, align: 'left', shownIn: 'item' })
export const data = (name: string): Column => ({ name, align: 'left', shownIn: 'data' })
export const heading = (name: string): Column => ({ name, align: 'left', shownIn: 'heading' })
/** A column with sentences, which wrap; a `below` column may follow in the same cell. */
export const sentence = (name: string): Column => ({ ...text(name), wraps: 'between words' })
/** A column with names or paths that somebody types elsewhere, so they are never cut. */
export const whole = (name: string): Column => ({ ...text(name), wraps: 'after parts' })
export const orNone = (column: Column, none: string): Column => ({ ...column, none })
export const below = (name: string): Column => ({ name, align: 'left', shownIn: 'below' })
export const sign = (name: string, signs: Readonly<Record<string, Sign>>): Column => ({
  name,
  align: 'left',
  shownIn: 'everywhere',
  signs,
})

export type Row = Readonly<Record<string, unknown>>

/** The row with only the columns of its view, in their order. */
export function pickColumns({ columns, nested }: View, row: Row): Row {
  const entries = columns.map(({ name }): [string, unknown] => [name, row[name] ?? null])
  if (nested !== undefined)
    entries.splice(nested.at ?? columns.length, 0, [
      nested.name,
      nestedRows(nested, row).map((item) => pickColumns(nested.view, item)),
    ])
  return Object.fromEntries(entries)
}

export function nestedRows({ name }: { readonly name: string }, row: Row): readonly Row[] {
  return (row[name] ?? []) as readonly Row[]
}
