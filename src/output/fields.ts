import { DbtoolError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Column, View } from './view.ts'

/** What `--fields` can name: columns, the list inside, and the columns of that. */
export function fieldNames({ columns, nested }: View): string[] {
  const own = columns.map(({ name }) => name)
  return nested === undefined
    ? own
    : [...own, nested.name, ...nested.view.columns.map(({ name }) => `${nested.name}.${name}`)]
}

/**
 * A sentence for each field that a view does not have, the last of them with all that it has; it reads after the name
 * of the flag.
 */
export function unknownFields(view: View, fields: readonly string[]): string[] {
  const known = fieldNames(view)
  return fields
    .filter((field) => !known.includes(field))
    .map((field, at, { length }) => {
      const near = nearest(field, known)
      const all = at === length - 1 ? `; there are ${known.join(', ')}` : ''
      return `knows no '${field}'${near === undefined ? '' : ` (did you mean ${near}?)`}${all}`
    })
}

/**
 * The view with these fields only, in their order. Who names a column sees it in a table too. Throws USAGE for one that
 * is not there;
 * a verb that has declared its view never comes so far.
 */
export function chosen(view: View, fields: readonly string[]): View {
  const faults = unknownFields(view, fields)
  if (faults.length > 0) throw new DbtoolError('USAGE', faults.map((fault) => `--fields ${fault}`).join(', '))
  const columns = fields.flatMap((field) => view.columns.filter(({ name }) => name === field).map(inTables))
  return { ...view, columns, nested: chosenList(view, fields), script: undefined, sections: undefined }
}

function inTables(column: Column): Column {
  return { ...column, shownIn: 'everywhere', wraps: column.wraps === true || column.shownIn === 'below' }
}

function chosenList({ nested }: View, fields: readonly string[]): View['nested'] {
  if (nested === undefined) return undefined
  const within = `${nested.name}.`
  const at = fields.findIndex((field) => field === nested.name || field.startsWith(within))
  if (at < 0) return undefined
  const theirs = fields.filter((field) => field.startsWith(within)).map((field) => field.slice(within.length))
  return { name: nested.name, view: fields.includes(nested.name) ? nested.view : chosen(nested.view, theirs), at }
}
