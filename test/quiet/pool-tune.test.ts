import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { spawned } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'

interface Tuned {
  readonly verdict: string
  readonly limit: string | null
  readonly recommended: { readonly pool_size: number } | null
  readonly range: { readonly from: number; readonly to: number | null }
  readonly points: readonly { readonly pool_size: number; readonly throughput: number }[]
  readonly connections: { readonly wanted: number | null; readonly fits: boolean | null }
}

// The answers are known, and the noise of this machine is not. An estimate may be off; its range includes the truth.
// The exact decisions are in test/stress/knee.test.ts, without a server.
describe('pool tune', () => {
  const database = testDatabase({ migrated: false })
  const tune = async (sql: string, ...flags: string[]): Promise<Tuned> => {
    const line = ['pool', 'tune', '--json', '--sql', sql, '--warmup', '0ms', '--rounds', '4', ...flags]
    return JSON.parse((await spawned(line, { database: database.name })).stdout) as Tuned
  }

  it('on a query that only waits, finds no knee in the range', async () => {
    const { verdict, limit, recommended, points, connections } = await tune(
      'SELECT SLEEP(0.05)',
      ...['--max', '4', '--duration', '250ms'],
    )
    expect([verdict, limit, recommended, connections.fits]).toEqual(['no-knee', 'pool', null, null])
    expect(points.map(({ pool_size }) => pool_size)).toEqual([1, 2, 3, 4])
  })

  it('on one that only waits for two workers, names the load as the limit', async () => {
    const { limit, range } = await tune(
      'SELECT SLEEP(0.05)',
      ...['--max', '3', '--workers', '2', '--duration', '150ms'],
    )
    expect(limit).toBe('load')
    expect(range.from).toBeGreaterThan(1)
  })

  it('on one that is done one after the other, recommends hardly more than one connection', async () => {
    await database.connection.execute('CREATE TABLE counter (n INT)')
    await database.connection.execute('INSERT INTO counter VALUES (0)')
    const { range, recommended, connections } = await tune(
      'UPDATE counter SET n = n + 1 + SLEEP(0.01)',
      ...['--max', '4', '--duration', '250ms', '--instances', '4'],
    )
    // A second one may wait at the row while the first is on its way to and from a busy client.
    expect(range.from).toBeLessThanOrEqual(2)
    expect(connections).toMatchObject(
      recommended === null ? { wanted: null, fits: null } : { wanted: 4 * recommended.pool_size, fits: true },
    )
  })

  it('on one that only computes, recommends about one connection per core', async () => {
    const cores = availableParallelism()
    const { range } = await tune(
      "SELECT BENCHMARK(20000, SHA2('x', 256))",
      ...['--max', String(4 * cores), '--duration', '250ms'],
    )
    // This process needs a share of the cores, too: one or two more connections can be better by just five per cent.
    expect(range.from).toBeLessThanOrEqual(2 * cores)
    expect(range.to ?? Infinity).toBeGreaterThanOrEqual(cores / 2)
  })
})
