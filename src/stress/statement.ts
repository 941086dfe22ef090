import { randomUUID } from 'node:crypto'
import type { Value } from '../db/queries.ts'
import { InvalidValue } from '../errors.ts'
import { quoteValue } from '../values.ts'

/**
 * The source of a bound value, which is new in each iteration. It is a random number from a range that includes both
 * ends, a UUID, or a column of the data file.
 */
export type Parameter =
  | { readonly kind: 'random'; readonly from: number; readonly to: number }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'column'; readonly name: string }
export type DataRow = Readonly<Record<string, string>>

/** A statement of the user, as plain data for threads. Values for `{{…}}` are bound, never pasted into the text. */
export interface Statement {
  /** The statement as the user typed it. */
  readonly text: string
  /** The statement with a `?` for each parameter. */
  readonly sql: string
  /** The relative frequency with which it is chosen. */
  readonly weight: number
  readonly parameters: readonly Parameter[]
  /** The columns of the data file that the statement needs. */
  readonly columns: readonly string[]
}

const mostWeight = 1_000_000
const largestBound = Number.MAX_SAFE_INTEGER

/**
 * Parses `[<weight>:] <statement>`. Parameters are `{{random 1 1000}}` (a uniformly distributed whole number, both ends
 * included), `{{uuid}}`, and `{{name}}`, a column of the data file. Throws InvalidValue.
 */
export function parseStatement(text: string): Statement {
  const [head = '', weightText] = /^\s*(?:(\d+)\s*:)?/.exec(text) ?? []
  const body = text.slice(head.length)
  if (body.trim() === '') throw new InvalidValue('must not be empty')
  const weight = weightText === undefined ? 1 : Number(weightText)
  if (!(weight >= 1 && weight <= mostWeight))
    throw new InvalidValue(
      `must have a weight from 1 to ${mostWeight} before its ':', not ${quoteValue(weightText ?? '')}`,
    )
  const parameters: Parameter[] = []
  const sql = outsideOfQuotes(body.trim(), (source) => {
    parameters.push(parameterOf(source))
    return '?'
  })
  if (parameters.length > 0 && hasPlaceholder(body))
    throw new InvalidValue("must not have a '?' besides {{…}}: no value would be bound to it")
  const columns = new Set(parameters.flatMap((parameter) => (parameter.kind === 'column' ? [parameter.name] : [])))
  return { text: text.trim(), sql, weight, parameters, columns: [...columns] }
}

/** Matches quoted text, names and comments, or a parameter. An unclosed one ends with the text. */
const token =
  /'(?:[^'\\]|\\[^]|'')*(?:'|\\?$)|"(?:[^"\\]|\\[^]|"")*(?:"|\\?$)|`[^`]*`|--\s[^\n]*|#[^\n]*|\/\*[^]*?(?:\*\/|$)|\{\{([^{}]*)\}\}|\?/g
const parameter = /\{\{[^{}]*\}\}/

function outsideOfQuotes(sql: string, replace: (source: string) => string): string {
  return sql.replace(token, (found: string, source: string | undefined) => {
    if (source !== undefined) return replace(source.trim())
    if (/^['"]/.test(found) && parameter.test(found))
      throw new InvalidValue(
        `has a parameter inside quotes: ${quoteValue(found)}; remove the quotes, it is bound as text`,
      )
    return found
  })
}

const hasPlaceholder = (sql: string): boolean => [...sql.matchAll(token)].some(([found]) => found === '?')

/** The value of a parameter for one iteration; `row` is the row of the data file, if any. */
export function parameterValue(parameter: Parameter, row: DataRow | undefined): Value {
  switch (parameter.kind) {
    case 'random':
      return parameter.from + Math.floor(Math.random() * (parameter.to - parameter.from + 1))
    case 'uuid':
      return randomUUID()
    case 'column':
      return row?.[parameter.name] ?? null
  }
}

function parameterOf(source: string): Parameter {
  const [name = '', ...args] = source.split(/\s+/)
  if (name === 'uuid' && args.length === 0) return { kind: 'uuid' }
  if (name === 'random') return randomBetween(args)
  if (!/^\w+$/.test(name) || args.length > 0)
    throw new InvalidValue(
      `has an unknown parameter ${quoteValue(`{{${source}}}`)}: ` +
        'use {{random 1 1000}}, {{uuid}}, or {{name}} for a column of --data',
    )
  return { kind: 'column', name }
}

function randomBetween(args: readonly string[]): Parameter {
  const [from, to] = args.map((text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : NaN)) as [number?, number?]
  const sound =
    args.length === 2 &&
    from !== undefined &&
    to !== undefined &&
    from <= to &&
    Math.abs(from) <= largestBound &&
    Math.abs(to) <= largestBound
  if (!sound)
    throw new InvalidValue(
      'needs two whole numbers, the smaller one first, as in {{random 1 1000}}, ' +
        `not ${quoteValue(`{{random ${args.join(' ')}}}`)}`,
    )
  return { kind: 'random', from, to }
}

/** A function that returns one of the statements at random, by their weights. */
export function chooser(statements: readonly Statement[]): () => Statement {
  const [only] = statements
  if (only === undefined) throw new Error('there is nothing to choose from')
  const sum = statements.reduce((total, { weight }) => total + weight, 0)
  if (statements.length === 1) return () => only
  return () => {
    let left = Math.random() * sum
    return statements.find(({ weight }) => (left -= weight) < 0) ?? only
  }
}
