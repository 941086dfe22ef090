import { describe, expect, it } from 'vitest'
import type { StressResult } from '../../src/stress/result.ts'
import { sizesBetween, sweep } from '../../src/stress/sweep.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

describe('pool tune', () => {
  // Any database will do: there is no shop in this one.
  const database = testDatabase({ migrated: false })
  it.each([
    ['--min 8 --max 4', 2, 'USAGE', '--min 8 exceeds --max 4'],
    ['--goal fast', 2, 'USAGE', "--goal must be throughput, or a limit such as p99<50ms, not 'fast'"],
    ['--goal p99<50', 2, 'USAGE', '--goal must be a duration such as 250ms, 5s, 1m or 30d'],
    ['--max 9000', 2, 'USAGE', '9000 connections exceed the headroom of the server: max_connections is'],
    ['--sql "SELECT nonsense" --max 2', 2, 'USAGE', "--sql 'SELECT nonsense': Unknown column"],
    ['--sql "SELECT (SELECT 1 UNION SELECT 2)" --max 2', 1, 'QUERY_FAILED', 'no iteration succeeded with a pool of 1'],
  ])('%s: exit %d', async (flags, exitCode, code, message) => {
    const outcome = await dbtool(`pool tune --json ${flags}`, { database: database.name })
    expect([outcome.exitCode, outcome.error.code]).toEqual([exitCode, code])
    expect(outcome.error.message).toContain(message)
  })

  it.each([
    [1, 64, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]],
    [5, 20, [5, 6, 8, 12, 16, 20]],
    [4, 4, [4]],
    [1, 2, [1, 2]],
  ])('from %d to %d it measures %j', (from, to, sizes) => expect(sizesBetween(from, to)).toEqual(sizes))

  it.each([
    ['client_cpu', true],
    ['event_loop', true],
    ['long_enough', false],
    ['steady', false],
  ] as const)(
    'a trial that fails the check %s, however short it is: the client was the limit is %s',
    async (check, expected) => {
      const result = {
        ok: 9,
        errors: [],
        pool_size: 1,
        throughput: 9,
        total_ms: { p99: 1 },
        client_cpu: 0.95,
        validity: { verdict: 'too-short', checks: [{ check, ok: false, finding: '' }] },
      }
      const [size] = await sweep(
        { sizes: [1], rounds: 3, trialMs: 1, warmupMs: 0, workers: 1 },
        {
          trial: () => Promise.resolve(result as unknown as StressResult),
          signal: new AbortController().signal,
          onTrial: () => undefined,
        },
      )
      expect(size!.rounds.map(({ clientBound }) => clientBound)).toEqual([expected, expected, expected])
    },
  )
})
