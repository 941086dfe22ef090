export interface Column {
  /** The name of the database's column, which is also the name in JSON. */
  readonly name: string
  readonly align: 'left' | 'right'
  /** `item`: not in the table of a list, which has no room for all. `data`: in no table, but in every data format. */
  readonly shownIn: 'everywhere' | 'item' | 'data'
}

/** How one kind of thing is shown, in every format. */
export interface View {
  readonly columns: readonly Column[]
  /** What `--format ids` prints. */
  readonly id: string
  /** What a person reads when there is nothing. */
  readonly empty: string
  /** A list inside of one thing, shown below it: the lines of an order. */
  readonly nested?: { readonly name: string; readonly view: View }
  /** A line for each row that a person can copy, instead of a table. */
  readonly script?: (row: Row) => string
  /** More tables about one thing, for people only; data formats have it all in the columns. */
  readonly sections?: (row: Row) => readonly Section[]
}

export interface Section {
  readonly view: View
  readonly rows: readonly Row[]
}

export const text = (name: string): Column => ({ name, align: 'left', shownIn: 'everywhere' })
export const number = (name: string): Column => ({ name, align: 'right', shownIn: 'everywhere' })
export const detail = (name: string): Column => ({ name, align: 'left', shownIn: 'item' })
export const data = (name: string): Column => ({ name, align: 'left', shownIn: 'data' })

export type Row = Readonly<Record<string, unknown>>

export function cellsOf(view: View, row: Row): unknown[] {
  return view.columns.map(({ name }) => row[name])
}

/** The row with the columns of its view, in their order. */
export function pickColumns(view: View, row: Row): Row {
  const own = view.columns.map(({ name }) => [name, row[name] ?? null])
  const { nested } = view
  if (nested === undefined) return Object.fromEntries(own) as Row
  const list = (row[nested.name] ?? []) as readonly Row[]
  return Object.fromEntries([...own, [nested.name, list.map((item) => pickColumns(nested.view, item))]]) as Row
}
