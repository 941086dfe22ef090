import { DbtoolError } from '../../errors.ts'

/**
 * Checks of arguments that code without types may pass. An option with a wrong name would be ignored, and one of a
 * wrong type would fail somewhere else, perhaps in a timer. All of them throw BAD_INPUT.
 */
export function checkStatement(sql: unknown, values: unknown = []): void {
  if (typeof sql !== 'string' || sql.trim() === '') throw misuse('the statement must be a text that is not empty')
  if (!Array.isArray(values)) throw misuse('the values of the statement must be a list')
}

export function checkRows(rows: unknown): void {
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) throw misuse('the rows must be a list of lists')
}

export function checkPool(pool: unknown): void {
  if (typeof pool !== 'object' || pool === null || !('acquire' in pool))
    throw misuse('the first argument must be a pool')
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw misuse(`${name} must be a function`)
}

/** `accepts` are the names of the options. The values of `signal` and `timeoutMs` are checked. */
export function checkOptions(options: unknown, accepts: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw misuse('the options must be an object')
  const given = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given))
    if (!accepts.includes(name) && given[name] !== undefined)
      throw misuse(`there is no option '${name}', only ${accepts.join(', ')}`)
  const { signal, timeoutMs } = given
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw misuse('signal must be an AbortSignal')
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw misuse(`timeoutMs must be a number of milliseconds above 0, not '${text(timeoutMs)}'`)
}

export const untilGivenUp = ['signal', 'timeoutMs'] as const

const misuse = (message: string): DbtoolError => new DbtoolError('BAD_INPUT', message)

const text = (value: unknown): string => String(value)
