import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { sizesBetween } from '../../src/stress/sweep.ts'
import { spawned } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'

interface Tuned {
  readonly verdict: string
  readonly limit: string | null
  readonly recommended: { readonly pool_size: number } | null
  readonly points: readonly { readonly pool_size: number; readonly throughput: number }[]
  readonly connections: { readonly wanted: number | null; readonly fits: boolean | null }
}

describe('pool tune', () => {
  const database = testDatabase({ migrated: false })
  const tune = async (sql: string, ...flags: string[]): Promise<Tuned> => {
    const line = ['pool', 'tune', '--json', '--sql', sql, ...flags]
    return JSON.parse((await spawned(line, { database: database.name })).stdout) as Tuned
  }

  it('on a query that only waits, finds no knee in the range', async () => {
    const { verdict, recommended, points, connections } = await tune(
      'SELECT SLEEP(0.05)',
      ...['--max', '8', '--duration', '250ms', '--warmup', '0ms'],
    )
    expect([verdict, recommended, connections.fits]).toEqual(['no-knee', null, null])
    expect(points.map(({ pool_size }) => pool_size)).toEqual([1, 2, 3, 4, 6, 8])
    expect(points.at(-1)!.throughput / points[0]!.throughput).toBeGreaterThan(6)
  })

  it('on one that is done one after the other, recommends hardly more than one connection', async () => {
    await database.connection.execute('CREATE TABLE counter (n INT)')
    await database.connection.execute('INSERT INTO counter VALUES (0)')
    const { verdict, recommended, connections } = await tune(
      'UPDATE counter SET n = n + 1 + SLEEP(0.01)',
      ...['--max', '4', '--duration', '500ms', '--warmup', '0ms', '--instances', '4'],
    )
    // A second one may wait at the row while the first is on its way to and from a busy client.
    expect([verdict, [1, 2].includes(recommended?.pool_size ?? 0), connections.fits]).toEqual(['knee', true, true])
    expect(connections.wanted).toBe(4 * (recommended?.pool_size ?? 0))
  })

  it('on one that only computes, recommends about one connection per core, and twice the same within a step', async ({
    skip,
  }) => {
    const cores = availableParallelism()
    const max = 4 * cores
    const advice: Tuned[] = []
    for (let attempt = 0; attempt < maxAttempts && advice.length < 2; attempt += 1) {
      const tuned = await tune(
        "SELECT BENCHMARK(10000, SHA2('x', 256))",
        ...['--max', String(max), '--duration', '400ms'],
      )
      if (tuned.verdict !== 'noisy') advice.push(tuned)
    }
    skip(advice.length < 2, 'this machine is too busy: pool tune reports that the results are too noisy')
    expect(advice).toMatchObject([
      { verdict: 'knee', limit: 'server' },
      { verdict: 'knee', limit: 'server' },
    ])
    const sizes = sizesBetween(1, max)
    const steps = advice.map(({ recommended }) => sizes.indexOf(recommended!.pool_size))
    // This process needs a share of the cores, too: one or two more connections can be better by just five per cent.
    for (const { recommended } of advice)
      expect([recommended!.pool_size >= cores / 2, recommended!.pool_size <= 2 * cores]).toEqual([true, true])
    expect(Math.abs(steps[0]! - steps[1]!)).toBeLessThanOrEqual(1)
  }, 600_000)
})

/** On a busy machine, a run can end without a recommendation. */
const maxAttempts = 4
