import { randomUUID } from 'node:crypto'
import type { Value } from '../db/queries.ts'
import { InvalidValue } from '../errors.ts'
import { shown } from '../values.ts'

/** A value for each placeholder of a statement, new for every iteration. `row` is a row of the data file, where there is one. */
type Parameter = (row: DataRow | undefined) => Value
export type DataRow = Readonly<Record<string, string>>

/** A statement of the user's own. What stands in `{{…}}` is bound, never pasted. */
export interface Statement {
  /** With a `?` for each parameter. */
  readonly sql: string
  /** How often it is chosen, relative to the others. */
  readonly weight: number
  readonly parameters: readonly Parameter[]
  /** The columns of the data file that it needs. */
  readonly columns: readonly string[]
}

const mostWeight = 1_000_000
const largestBound = Number.MAX_SAFE_INTEGER

/**
 * Reads `[<weight>:] <statement>`. Parameters are `{{random 1 1000}}` (a whole number, both ends included, evenly), `{{uuid}}`, and
 * `{{name}}`, a column of the data file. Throws InvalidValue.
 */
export function parseStatement(text: string): Statement {
  const [, weightText, body = ''] = /^\s*(?:(\d+)\s*:)?([^]*)$/.exec(text) ?? []
  if (body.trim() === '') throw new InvalidValue('must not be empty')
  const weight = weightText === undefined ? 1 : Number(weightText)
  if (!(weight >= 1 && weight <= mostWeight)) throw new InvalidValue(`must have a weight from 1 to ${mostWeight} before its ':', not ${shown(weightText ?? '')}`)
  const parameters: Parameter[] = []
  const columns = new Set<string>()
  const sql = outsideOfQuotes(body.trim(), (source) => {
    parameters.push(parameterOf(source, columns))
    return '?'
  })
  if (parameters.length > 0 && hasPlaceholder(body)) throw new InvalidValue("must not have a '?' besides {{…}}: nothing would be bound to it")
  return { sql, weight, parameters, columns: [...columns] }
}

/** Quoted text, names and comments; or a parameter. */
const token = /'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*"|`[^`]*`|--\s[^\n]*|#[^\n]*|\/\*[^]*?\*\/|\{\{([^{}]*)\}\}|\?/g

function outsideOfQuotes(sql: string, replace: (source: string) => string): string {
  return sql.replace(token, (found: string, source: string | undefined) => {
    if (source !== undefined) return replace(source.trim())
    if (/\{\{.*\}\}/.test(found) && /^['"]/.test(found)) throw new InvalidValue(`has a parameter inside quotes: ${shown(found)}; without them it is bound as text`)
    return found
  })
}

const hasPlaceholder = (sql: string): boolean => [...sql.matchAll(token)].some(([found]) => found === '?')

function parameterOf(source: string, columns: Set<string>): Parameter {
  const [name = '', ...args] = source.split(/\s+/)
  if (name === 'uuid' && args.length === 0) return () => randomUUID()
  if (name === 'random') return randomBetween(args)
  if (!/^\w+$/.test(name) || args.length > 0) throw new InvalidValue(`does not know the parameter ${shown(`{{${source}}}`)}: it may be {{random 1 1000}}, {{uuid}}, or {{name}} of a column of --data`)
  columns.add(name)
  return (row) => row?.[name] ?? null
}

function randomBetween(args: readonly string[]): Parameter {
  const [from, to] = args.map((text) => (/^-?\d{1,16}$/.test(text) ? Number(text) : NaN)) as [number?, number?]
  const sound = args.length === 2 && from !== undefined && to !== undefined && from <= to && Math.abs(from) <= largestBound && Math.abs(to) <= largestBound
  if (!sound) throw new InvalidValue(`needs two whole numbers, the smaller one first, as in {{random 1 1000}}, not ${shown(`{{random ${args.join(' ')}}}`)}`)
  return () => from + Math.floor(Math.random() * (to - from + 1))
}

/** Chooses among statements by their weights. */
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
