import { nestedRows, type Column, type Row, type View } from './view.ts'

/** A column of a flat table: of a row itself, or of the things in the list that it has. */
interface FlatColumn {
  readonly name: string
  readonly column: Column
  readonly isNested: boolean
}

/** The columns of a view, with those of its list among them; no two have the same name. */
export function flatColumns({ columns, nested }: View): FlatColumn[] {
  const flat = columns.map((column): FlatColumn => ({ name: column.name, column, isNested: false }))
  if (nested === undefined) return flat
  const own = new Set(columns.map(({ name }) => name))
  const theirs = nested.view.columns.map((column): FlatColumn => ({
    name: own.has(column.name) ? `${nested.name}_${column.name}` : column.name,
    column,
    isNested: true,
  }))
  return flat.toSpliced(nested.at ?? flat.length, 0, ...theirs)
}

/** What holds a list has a line of cells for each thing in it, with its own repeated; at least one line. */
export function flatRows({ nested }: View, columns: readonly FlatColumn[], row: Row): unknown[][] {
  const items = nested === undefined ? [] : nestedRows(nested, row)
  return (items.length === 0 ? [{} as Row] : items).map((item) =>
    columns.map(({ column, isNested }) => (isNested ? item : row)[column.name]),
  )
}
