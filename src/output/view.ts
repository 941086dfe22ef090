import type { Pen } from './chart.ts'

export interface Column {
  /** The name of the database's column, which is also the name in JSON. */
  readonly name: string
  readonly align: 'left' | 'right'
  /**
   * `item`: not in the table of a list, which has no room for all. `data`: in no table, but in every data format.
   * `heading`: in
   * the table of a list, a line of its own above the rows that share it. `below`: there, under the text of the column
   * before.
   */
  readonly shownIn: 'everywhere' | 'item' | 'data' | 'heading' | 'below'
  /** Where a table is too wide, the text goes on below itself instead of being cut. */
  readonly wraps?: boolean
  /** What the table of a list shows for a value. */
  readonly signs?: Readonly<Record<string, Sign>>
}

export interface Sign {
  readonly text: string
  readonly colour: 'green' | 'yellow' | 'red' | 'dim'
}

/** How one kind of thing, with rows of type `R`, is shown in every format. */
export interface View<R extends object = object> {
  readonly columns: readonly Column[]
  /** What `--format ids` prints. */
  readonly id: string
  /** What a person reads when there is nothing. */
  readonly empty: string
  /**
   * A list inside of one thing, shown below it: the lines of an order. In data it has so many columns before it, or
   * all.
   */
  readonly nested?: { readonly name: string; readonly view: View; readonly at?: number } | undefined
  /** A line for each row that a person can copy, instead of a table. */
  script?(row: R): string
  /** More tables about one thing, for people only; data formats have it all in the columns. */
  sections?(row: R): readonly Section[]
  /** A picture of one column beside the table of a list. */
  readonly chart?: { readonly column: string; readonly kind: keyof Pen } | undefined
}

export interface Section {
  readonly view: View
  readonly rows: readonly Row[]
}

/** A section whose rows are those of its view. */
export const section = <R extends object>(view: View<R>, rows: readonly R[]): Section => ({
  view,
  rows: rows as readonly Row[],
})

export const text = (name: string): Column => ({ name, align: 'left', shownIn: 'everywhere' })
export const number = (name: string): Column => ({ name, align: 'right', shownIn: 'everywhere' })
export const detail = (name: string): Column => ({ name, align: 'left', shownIn: 'item' })
export const data = (name: string): Column => ({ name, align: 'left', shownIn: 'data' })
export const heading = (name: string): Column => ({ name, align: 'left', shownIn: 'heading' })
/** A sentence, and what stands under it in the same cell. */
export const sentence = (name: string): Column => ({ name, align: 'left', shownIn: 'everywhere', wraps: true })
export const below = (name: string): Column => ({ name, align: 'left', shownIn: 'below' })
export const sign = (name: string, signs: Readonly<Record<string, Sign>>): Column => ({
  name,
  align: 'left',
  shownIn: 'everywhere',
  signs,
})

export type Row = Readonly<Record<string, unknown>>

/** The row with the columns of its view, in their order. */
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
