import { DbtoolError } from '../../errors.ts'
import { quotedOrKind } from '../../kind-of.ts'

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

export const checkReader = (value: unknown): void => checkFunction('the reader of the rows', value)

export const untilGivenUp = ['signal', 'timeoutMs'] as const

type OptionName = (typeof untilGivenUp)[number] | 'repeatable' | 'patienceMs' | 'onRetry' | 'lostBefore'

/** `accepts` are the names of the options. */
export function checkOptions(options: unknown, accepts: readonly OptionName[]): void {
  if (typeof options !== 'object' || options === null) throw misuse('the options must be an object')
  const given = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined) continue
    const known = accepts.find((accepted) => accepted === name)
    if (known === undefined) throw misuse(`there is no option '${name}', only ${accepts.join(', ')}`)
    rules[known](known, value)
  }
}

const rules: Readonly<Record<OptionName, (name: string, value: unknown) => void>> = {
  signal: (name, value) => {
    if (!(value instanceof AbortSignal)) throw misuse(`${name} must be an AbortSignal`)
  },
  timeoutMs: (name, value) => {
    if (!(typeof value === 'number' && value > 0))
      throw misuse(`${name} must be a number of milliseconds above 0, not ${quotedOrKind(value)}`)
  },
  patienceMs: checkMs,
  repeatable: (name, value) => {
    if (typeof value !== 'boolean') throw misuse(`${name} must be true or false, not ${quotedOrKind(value)}`)
  },
  onRetry: checkFunction,
  lostBefore: checkFunction,
}

/** A time in milliseconds that may be zero, or without limit. */
export function checkMs(name: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0))
    throw misuse(`${name} must be a number of milliseconds of at least 0, not ${quotedOrKind(value)}`)
}

const misuse = (message: string): DbtoolError => new DbtoolError('BAD_INPUT', message)
