import { nestedRows, type Column, type Row, type View } from './view.ts'

/** A column of a flat table: of a row itself, or of the items of its nested list. */
interface FlatColumn {
  readonly name: string
  readonly column: Column
  readonly isNested: boolean
}

/** The columns of a view, including those of its nested list. All names are unique. */
export function flatColumns({ columns, nested }: View): FlatColumn[] {
  const flat = columns.map((column): FlatColumn => ({ name: column.name, column, isNested: false }))
  if (nested === undefined) return flat
  const own = new Set(columns.map(({ name }) => name))
  const inner = nested.view.columns.map((column): FlatColumn => ({
    name: own.has(column.name) ? `${nested.name}_${column.name}` : column.name,
    column,
    isNested: true,
  }))
  return flat.toSpliced(nested.at ?? flat.length, 0, ...inner)
}

/** The lines of a row: one for each item of its nested list, with the row's own cells repeated; at least one. */
export function flatRows({ nested }: View, columns: readonly FlatColumn[], row: Row): unknown[][] {
  const items = nested === undefined ? [] : nestedRows(nested, row)
  return (items.length === 0 ? [{} as Row] : items).map((item) =>
    columns.map(({ column, isNested }) => (isNested ? item : row)[column.name]),
  )
}
