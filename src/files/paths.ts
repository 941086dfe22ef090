import { DbtoolError } from '../errors.ts'
import { type Column, foldName } from './columns.ts'
import { quoted } from './wording.ts'

/** A JSON value below one key or several: `billing.email`, or `line_items[].sku` for each element of a list. */
interface JsonPath {
  /** The keys before `[]`; undefined for a path without a list. */
  list: readonly string[] | undefined
  /** The keys from the object, or from an element of the list. */
  keys: readonly string[]
}

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNested = (column: string): boolean => column.includes('.') || column.includes('[]')

/** Throws USAGE for a path with several lists. */
function parsePath(column: string): JsonPath {
  const [before = '', after, ...more] = column.split('[]')
  if (more.length > 0)
    throw new DbtoolError('USAGE', `--map: ${quoted(column)} has several lists`, {
      hint: 'One list at most holds the lines of an order, such as line_items[].sku.',
    })
  if (after === undefined) return { list: undefined, keys: before.split('.') }
  return { list: before.split('.'), keys: after.split('.').filter((key) => key !== '') }
}

/** A key of an object: exactly this name, otherwise one that differs only by case, spaces, hyphens or underscores. */
function valueOf(object: JsonObject, key: string): unknown {
  if (Object.hasOwn(object, key)) return object[key]
  const folded = foldName(key)
  const like = Object.keys(object).find((name) => foldName(name) === folded)
  return like === undefined ? undefined : object[like]
}

function at(value: unknown, keys: readonly string[]): unknown {
  let found = value
  for (const key of keys) found = isObject(found) ? valueOf(found, key) : undefined
  return found
}

export interface NestedColumns {
  /** The list whose elements become records; undefined if there is none. */
  readonly list: readonly string[] | undefined
  /** The values of the nested columns of one record, by field. Undefined: absent. */
  readonly valuesOf: (object: JsonObject, element: unknown) => [name: string, column: string, value: unknown][]
}

/**
 * The columns of a file that are paths; undefined if there are none.
 *
 * Throws USAGE if the paths lead through different lists.
 */
export function nestedColumns(columns: readonly Column[]): NestedColumns | undefined {
  const nested = columns.flatMap(({ name, candidates }) => {
    const paths = candidates.filter(isNested).map((column) => ({ column, ...parsePath(column) }))
    return paths.length === 0 ? [] : [{ name, paths }]
  })
  if (nested.length === 0) return undefined
  const lists = new Set(nested.flatMap(({ paths }) => paths.flatMap(({ list }) => (list ? [list.join('.')] : []))))
  if (lists.size > 1)
    throw new DbtoolError('USAGE', `--map: the columns lead through several lists: ${[...lists].join(', ')}`, {
      hint: 'One list at most holds the lines of an order, such as line_items[].sku.',
    })
  const [list] = lists
  return {
    list: list?.split('.'),
    valuesOf: (object, element) =>
      nested.flatMap(({ name, paths }) =>
        paths.flatMap(({ column, list: inList, keys }): [string, string, unknown][] => {
          const value = Object.hasOwn(object, column) ? undefined : at(inList ? element : object, keys)
          return value === undefined ? [] : [[name, column, value]]
        }),
      ),
  }
}

/** The elements of the list, or undefined if there is no list at that place. */
export const elementsOf = (object: JsonObject, list: readonly string[]): readonly unknown[] | undefined => {
  const found = at(object, list)
  return Array.isArray(found) ? (found as unknown[]) : undefined
}

/** The first key of each nested column, which is not an ignored key. */
export const rootsOf = (columns: readonly Column[]): string[] =>
  columns.flatMap(({ candidates }) => candidates.filter(isNested).map((column) => column.split(/\.|\[\]/)[0] ?? column))
