import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DatabaseError } from '../../src/db/failures.ts'
import { translationOf } from '../../src/db/translations/translations.ts'
import { hintToContinue, isOfThisServer, otherErrors, retryTable, type Rule, ruleOf } from '../../src/db/retry-table.ts'
import { withRetries, type Retry, type Work } from '../../src/db/retry.ts'
import { DbtoolError, exitCodes, type ErrorCode } from '../../src/errors.ts'

const lost = new DatabaseError('CONNECTION_LOST', 'lost')

/** Runs work that fails with these errors, one after the other, and then succeeds. Resolves to attempts and result. */
async function tries(kind: Work['kind'], ...errors: Error[]): Promise<[attempts: number, end: unknown]> {
  let attempts = 0
  const work = (): Promise<string> => {
    const error = errors[attempts]
    attempts += 1
    return error === undefined ? Promise.resolve('done') : Promise.reject(error)
  }
  const end: unknown = await withRetries(work, { kind }).catch((error: unknown) => error)
  return [attempts, end]
}

/** Retried or not: a transaction, repeatable work, and repeatable work after a lost connection. */
const expected: readonly [
  code: ErrorCode,
  errno: number | undefined,
  ...again: [inTransaction: boolean, repeatable: boolean, afterLoss: boolean],
][] = [
  ['DEADLOCK', 1213, true, true, true],
  ['DEADLOCK', 1020, true, true, true],
  ['LOCK_TIMEOUT', 1205, false, false, false],
  ['STATEMENT_TIMEOUT', 1969, false, false, false],
  ['STATEMENT_TIMEOUT', 1317, false, false, false],
  ['CONNECTION_LOST', 1927, true, true, true],
  ['CONNECTION_LOST', 1053, true, true, true],
  ['CONNECTION_LOST', 2013, true, true, true],
  ['CONNECTION_LOST', 45009, true, true, true],
  ['CONNECTION_LOST', undefined, true, true, true],
  ['NODE_NOT_READY', 1047, true, true, true],
  ['NODE_NOT_READY', 1180, true, true, true],
  // The wait of a lookup for its cluster, which ends with the error of a lock wait.
  ['NODE_NOT_READY', 1205, true, true, true],
  ['OUTCOME_UNKNOWN', undefined, false, true, true],
  ['UNREACHABLE', 1040, false, false, true],
  ['UNREACHABLE', 1226, false, false, true],
  ['UNREACHABLE', undefined, false, false, true],
  ['POOL_TIMEOUT', undefined, false, false, true],
  ['POOL_CLOSED', undefined, false, false, false],
  ['READ_ONLY', 1290, false, false, true],
  ['READ_ONLY', 1836, false, false, true],
  ['READ_ONLY', 1665, false, false, false],
  ['READ_ONLY', 1792, false, false, false],
  ['READ_ONLY', undefined, false, false, false],
  ['TOO_LARGE', 1153, false, false, false],
  ['OUT_OF_STOCK', undefined, false, false, false],
  ['KEY_CONFLICT', undefined, false, false, false],
  ['DUPLICATE', 1062, false, false, false],
  ['QUERY_FAILED', 1114, false, false, false],
  ['ACCESS_DENIED', 1045, false, false, false],
]

describe('retries', () => {
  it.each(expected)(
    '%s (%s): in a transaction %s, repeatable %s, after a loss %s',
    async (code, errno, ...[inTransaction, repeatable, afterLoss]) => {
      const error = new DatabaseError(code, 'once', { errno })
      expect(await tries('transaction', error)).toEqual(inTransaction ? [2, 'done'] : [1, error])
      expect(await tries('repeatable', error)).toEqual(repeatable ? [2, 'done'] : [1, error])
      expect(await tries('repeatable', lost, error)).toEqual(afterLoss ? [3, 'done'] : [2, error])
    },
  )

  it('every row of the table is among them', () => {
    for (const { code, numbers } of retryTable) {
      const tried = expected.filter(
        ([name, errno]) =>
          name === code &&
          (errno === undefined
            ? numbers.length === 0 || code === 'CONNECTION_LOST' || code === 'UNREACHABLE'
            : numbers.includes(errno)),
      )
      expect(tried, code).not.toHaveLength(0)
    }
  })

  it('not of a bug in dbtool', async () => {
    const fault = new TypeError('bug')
    expect(await tries('repeatable', fault)).toEqual([1, fault])
    expect(ruleOf(fault)).toBe(otherErrors)
  })

  it('of a deadlock until the deadline, and then it rejects with the deadlock', async () => {
    const error = new DatabaseError('DEADLOCK', 'again and again')
    let attempts = 0
    const work = (): Promise<never> => {
      attempts += 1
      return Promise.reject(error)
    }
    await expect(withRetries(work, { kind: 'transaction', patienceMs: 3_000 })).rejects.toBe(error)
    // More than eight attempts gave up 0.3 to 2.3 % of the orders of a cluster with several writers.
    expect(attempts).toBeGreaterThan(8)
  })

  it('after a node that was not ready, of a server that cannot be reached', async () => {
    const away = new DbtoolError('UNREACHABLE', 'away')
    expect(await tries('repeatable', new DatabaseError('NODE_NOT_READY', 'not ready'), away)).toEqual([3, 'done'])
  })

  it('until the one deadline over all attempts, whatever they fail with; each is reported', async () => {
    const retries: Retry[] = []
    let attempts = 0
    const kinds: readonly ErrorCode[] = ['CONNECTION_LOST', 'UNREACHABLE', 'POOL_TIMEOUT']
    const work = (): Promise<never> =>
      Promise.reject(new DbtoolError(kinds[(attempts += 1) % 3]!, `failure ${attempts}`))
    const giveUp = (cause: unknown): DbtoolError => new DbtoolError('OUTCOME_UNKNOWN', 'given up', { cause })
    const run = (): Promise<unknown> =>
      withRetries(work, {
        kind: 'repeatable',
        patienceMs: 400,
        onRetry: (retry) => retries.push(retry),
        giveUp,
      }).catch((error: unknown) => error)
    expect(await run()).toMatchObject({ code: 'UNREACHABLE', message: 'failure 1' })
    attempts = -1
    const end = await run()
    expect(end).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: 'given up',
      cause: { message: `failure ${attempts}` },
    })
    expect(retries.length).toBeGreaterThan(1)
    expect(retries.map(({ attempt }) => attempt)).toEqual(retries.map((_retry, index) => index + 2))
  })

  it('and does not wait for an attempt that never ends, with giveUp', async () => {
    let attempts = 0
    const work = (): Promise<never> => ((attempts += 1) === 1 ? Promise.reject(lost) : new Promise(() => undefined))
    await expect(
      withRetries(work, {
        kind: 'repeatable',
        patienceMs: 200,
        giveUp: (cause) => new DbtoolError('OUTCOME_UNKNOWN', 'given up', { cause }),
      }),
    ).rejects.toMatchObject({ message: 'given up', cause: lost })
    expect(attempts).toBe(2)
  })
})

describe('the retry table', () => {
  it('has the codes of the failure table for all its numbers, and these codes have no other number', () => {
    const codes = new Set(retryTable.map(({ code }) => code))
    const numbered = new Map(
      retryTable.flatMap(({ code, numbers }) => numbers.map((number) => [number, code] as const)),
    )
    for (const errno of [
      ...Array.from({ length: 5_000 }, (_, index) => index + 1),
      ...Array.from({ length: 100 }, (_, index) => index + 45_000),
    ]) {
      const { code } = translationOf({ errno, code: '', text: '--read-only', inSession: false })
      expect(numbered.get(errno), String(errno)).toBe(codes.has(code) ? code : undefined)
    }
  })

  it('is in docs/faults.md', () => {
    const cell = (rule: Omit<Rule, 'code'>, code: string): string =>
      `| ${code}${rule.numbers.length === 0 ? '' : ` (${rule.numbers.join(', ')})`} | ` +
      `${[rule.meaning, rule.transaction, rule.order, again(rule)].join(' | ')} |`
    const again = ({ again: when, attempts, pauseMs }: Omit<Rule, 'code'>): string =>
      when === 'no'
        ? 'no'
        : `${when}, ${attempts === Infinity ? '' : `${attempts} times in all, `}first after ${pauseMs} ms`
    const page = readFileSync('docs/faults.md', 'utf8').split('\n')
    for (const row of [...retryTable.map((rule) => cell(rule, rule.code)), cell(otherErrors, 'others')])
      expect(page).toContain(row)
    expect(page.filter((line) => /^\| ([A-Z_]{5,}|others)\b/.test(line))).toHaveLength(retryTable.length + 1)
  })
})

describe('an error that another server may not give', () => {
  it.each([
    ['NODE_NOT_READY', 1047, true],
    ['NODE_NOT_READY', 1180, true],
    ['READ_ONLY', 1290, true],
    ['READ_ONLY', 1836, true],
    ['READ_ONLY', 1792, false],
    ['READ_ONLY', undefined, false],
    ['DEADLOCK', 1213, false],
  ] as const)('%s (%s): %s', (code, errno, expected) => {
    expect(isOfThisServer(new DatabaseError(code, 'once', { errno }))).toBe(expected)
  })
})

it.each(Object.keys(exitCodes) as ErrorCode[])('after %s, "run it again" comes alone only if it helps', (code) => {
  const hint = hintToContinue(
    new DatabaseError(code, 'stopped', { hint: 'nothing was changed; do this' }),
    'run it again',
  )
  const temporary = ['DEADLOCK', 'LOCK_TIMEOUT', 'STATEMENT_TIMEOUT', 'CONNECTION_LOST', 'OUTCOME_UNKNOWN']
  const alone = [...temporary, 'NODE_NOT_READY', 'UNREACHABLE', 'POOL_TIMEOUT', 'POOL_CLOSED'].includes(code)
  expect(hint).toBe(alone ? 'run it again' : 'do this; then run it again')
})
