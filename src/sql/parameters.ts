import { DbtoolError, InvalidValue } from '../errors.ts'
import { quoteValue } from '../values.ts'
import { replaceInCode } from '../db/sql-text.ts'

/** A value for `:name` in a statement. It is always bound as text, which the server converts like any text. */
export interface Parameter {
  readonly name: string
  readonly value: string
}

export interface BoundStatement {
  readonly sql: string
  readonly values: readonly string[]
}

/** Parses `name=value`; the value may be empty, and may contain further equals signs. */
export function parseParameter(text: string): Parameter {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=([^]*)$/.exec(text) ?? []
  if (name === undefined)
    throw new InvalidValue(`must be a name and a value such as sku=TEA-1, not ${quoteValue(text)}`)
  return { name, value }
}

/** A name after a colon. `@a:=1`, `a::b` and a label such as `again:LOOP` are none. */
const placeholder = /(^|[^\w:@])(?::([A-Za-z_]\w*)|\?)/g

/**
 * Replaces each `:name` outside quotes by a placeholder for its value. The server itself binds the values, so that a
 * parameter works wherever the server accepts one, also after LIMIT.
 * @throws DbtoolError USAGE for a name without a value, and for a value without a use.
 */
export function bindParameters(sql: string, parameters: readonly Parameter[]): BoundStatement {
  const given = new Map(parameters.map(({ name, value }) => [name, value]))
  const twice = parameters.find(({ name }, at) => parameters.findIndex((other) => other.name === name) < at)
  if (twice !== undefined) throw new DbtoolError('USAGE', `--param ${twice.name} is given twice`)
  const names: string[] = []
  const marked = replaceInCode(sql, placeholder, (_found, before = '', name?: string) => {
    if (name === undefined)
      throw new DbtoolError('USAGE', "the statement has a '?', to which no value is bound", {
        hint: 'write :name instead, and add --param name=value',
      })
    names.push(name)
    return `${before}?`
  })
  assertSame(sql, names, given)
  const values = names.map((name) => given.get(name) ?? '')
  return values.length === 0
    ? { sql, values: [] }
    : { sql: `EXECUTE IMMEDIATE ? USING ${values.map(() => '?').join(', ')}`, values: [marked, ...values] }
}

function assertSame(sql: string, names: readonly string[], given: ReadonlyMap<string, string>): void {
  const missing = [...new Set(names.filter((name) => !given.has(name)))]
  if (missing.length > 0)
    throw new DbtoolError('USAGE', `no value for ${missing.map((name) => `:${name}`).join(', ')} in the statement`, {
      hint: `add ${missing.map((name) => `--param ${name}=…`).join(' ')}`,
    })
  const unused = [...given.keys()].filter((name) => !names.includes(name))
  if (unused.length > 0)
    throw new DbtoolError('USAGE', `--param ${unused.join(', ')}: the statement has no :${unused[0] ?? ''}`, {
      hint: unused.some((name) => sql.includes(`:${name}`))
        ? 'inside quotes, it is text; remove the quotes, because the value is bound as text anyway'
        : 'write it where its value belongs, or omit --param',
    })
}
