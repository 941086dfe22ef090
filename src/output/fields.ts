import { DbtoolError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Column, nestedRows, type Row, type View } from './view.ts'

/** The names that `--fields` accepts: columns, the nested list, and the columns of that list. */
export function fieldNames({ columns, nested }: View): string[] {
  const own = columns.map(({ name }) => name)
  return nested === undefined
    ? own
    : [...own, nested.name, ...nested.view.columns.map(({ name }) => `${nested.name}.${name}`)]
}

/**
 * A sentence for each unknown field, to be put after the name of the flag. The last sentence lists all fields of the
 * view.
 */
export function unknownFields(view: View, fields: readonly string[]): string[] {
  const known = fieldNames(view)
  return fields
    .filter((field) => !known.includes(field))
    .map((field, at, { length }) => {
      const near = nearest(field, known)
      const all = at === length - 1 ? `; the fields are ${known.join(', ')}` : ''
      return `names the unknown field '${field}'${near === undefined ? '' : ` (did you mean ${near}?)`}${all}`
    })
}

/**
 * The view with only these fields, in their order. A selected column is also shown in tables, whatever their width.
 * Throws USAGE for an unknown field. A verb with a declared view has rejected such a field earlier.
 */
export function chosen(view: View, fields: readonly string[]): View {
  const faults = unknownFields(view, fields)
  if (faults.length > 0) throw new DbtoolError('USAGE', faults.map((fault) => `--fields ${fault}`).join(', '))
  const columns = fields.flatMap((field) => view.columns.filter(({ name }) => name === field).map(inTables))
  const without = { spare: undefined, script: undefined, sections: undefined }
  return { ...view, ...without, columns, nested: chosenNested(view, fields) }
}

/** The view without the columns that have no value in any row, where it omits them. */
export function withValues(view: View, rows: readonly Row[]): View {
  const { columns, omitsNull, nested } = view
  const hasValue = ({ name }: Column): boolean => rows.some((row) => (row[name] ?? null) !== null)
  return {
    ...view,
    columns: omitsNull === true && rows.length > 0 ? columns.filter(hasValue) : columns,
    nested: nested && {
      ...nested,
      view: withValues(
        nested.view,
        rows.flatMap((row) => nestedRows(nested, row)),
      ),
    },
  }
}

function inTables(column: Column): Column {
  return { ...column, shownIn: 'everywhere', wraps: column.shownIn === 'below' ? 'between words' : column.wraps }
}

function chosenNested({ nested }: View, fields: readonly string[]): View['nested'] {
  if (nested === undefined) return undefined
  const prefix = `${nested.name}.`
  const at = fields.findIndex((field) => field === nested.name || field.startsWith(prefix))
  if (at < 0) return undefined
  const inner = fields.filter((field) => field.startsWith(prefix)).map((field) => field.slice(prefix.length))
  return { name: nested.name, view: fields.includes(nested.name) ? nested.view : chosen(nested.view, inner), at }
}
