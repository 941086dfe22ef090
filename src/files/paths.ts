import { isObject } from '../kind-of.ts'
import { DbtoolError } from '../errors.ts'
import { type Column, foldName } from './columns.ts'
import { quoted } from './wording.ts'

/**
 * A JSON value below one key or several: `billing.email`, `line_items[].sku` for each element of a list, or
 * `refunds[+].total` for the sum of its elements.
 */
interface JsonPath {
  /** The list whose values are added up, for `refunds[+].total`. */
  summed: readonly string[] | undefined
  /** The keys before `[]`; undefined for a path without a list. */
  list: readonly string[] | undefined
  /** The keys from the object, or from an element of the list. */
  keys: readonly string[]
}

export type JsonObject = Record<string, unknown>

const isNested = (column: string): boolean => column.includes('.') || column.includes('[]')

/** Throws USAGE for a path with several lists. */
function parsePath(column: string): JsonPath {
  const [ofSum = '', value] = column.split('[+]')
  if (value !== undefined) return { summed: keysOf(ofSum), list: undefined, keys: keysOf(value) }
  const [before = '', after, ...more] = column.split('[]')
  if (more.length > 0)
    throw new DbtoolError('USAGE', `--map: ${quoted(column)} has several lists`, {
      hint: 'One list at most holds the lines of an order, such as line_items[].sku.',
    })
  if (after === undefined) return { summed: undefined, list: undefined, keys: before.split('.') }
  return { summed: undefined, list: keysOf(before), keys: keysOf(after) }
}

const keysOf = (path: string): string[] => path.split('.').filter((key) => key !== '')

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

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** The sum of decimals, exactly; a list with another value is returned as it is, and is no single value. */
function sumOf(values: readonly unknown[]): unknown {
  const parsed = values.map((value) => (typeof value === 'string' ? decimal.exec(value.trim()) : null))
  if (parsed.length === 0) return undefined
  const places = Math.max(...parsed.map((match) => match?.[3]?.length ?? 0))
  let sum = 0n
  for (const match of parsed) {
    if (match === null) return values
    const [, sign = '', whole = '', fraction = ''] = match
    sum += BigInt(`${sign}${whole}${fraction.padEnd(places, '0')}`)
  }
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0')
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return sum < 0n ? `-${text}` : text
}

function summed(object: JsonObject, list: readonly string[], keys: readonly string[]): unknown {
  const elements = elementsOf(object, list)
  return elements === undefined ? undefined : sumOf(elements.map((element) => at(element, keys)))
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
        paths.flatMap(({ column, summed: ofSum, list: inList, keys }): [string, string, unknown][] => {
          if (Object.hasOwn(object, column)) return []
          const value = ofSum === undefined ? at(inList ? element : object, keys) : summed(object, ofSum, keys)
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
  columns.flatMap(({ candidates }) => candidates.filter(isNested).map((column) => column.split(/\.|\[/)[0] ?? column))

const deepest = 3

/** The paths of an object: `email`, `billing.email`, `line_items[].sku`. */
export const pathsIn = (object: JsonObject, before = '', depth = 1): string[] =>
  Object.entries(object).flatMap(([key, value]) => {
    const path = `${before}${key}`
    if (depth === deepest) return [path]
    const [element] = Array.isArray(value) ? (value as unknown[]) : []
    if (isObject(element)) return [path, ...pathsIn(element, `${path}[].`, depth + 1)]
    return isObject(value) ? [path, ...pathsIn(value, `${path}.`, depth + 1)] : [path]
  })
