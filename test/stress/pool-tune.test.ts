import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Advice } from '../../src/stress/advice.ts'
import { sizesBetween } from '../../src/stress/sweep.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

describe('pool tune', () => {
  // Any database will do: there is no shop in this one.
  const database = testDatabase({ migrated: false })
  const folder = temporaryFolder()
  it.each<[flags: string, exitCode: number, code: string, message: string]>([
    ['--min 8 --max 4', 2, 'USAGE', '--min 8 exceeds --max 4'],
    [
      '--sql "DO 0" --max 2 --duration 5s --time 10s',
      ...([2, 'USAGE', '--time 10s is too short: 3 rounds over 2 sizes take about'] as const),
    ],
    ['--max 2 --time 1s --sql "SELECT SLEEP(30)"', 2, 'USAGE', '--time 1s is too short'],
    ['--rounds 2', 2, 'USAGE', '--rounds must be'],
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

  it('answers at Ctrl-C with the best estimate until then', async () => {
    await database.connection.execute('CREATE TABLE connections (id INT PRIMARY KEY)')
    const interrupt = new AbortController()
    const line = ['pool', 'tune', '--json', '--sql', 'INSERT IGNORE INTO connections VALUES (CONNECTION_ID())']
    const flags = ['--max', '2', '--duration', '200ms', '--warmup', '0ms', '--rounds', '100']
    const out = ['--out', `html=${join(folder, 'partial.html')}`]
    const running = dbtool([...line, ...flags, ...out], { database: database.name, signal: interrupt.signal })
    const used = async (): Promise<number> => (await database.connection.rows('SELECT id FROM connections')).length
    // Each load has its own connections: 1 + 2 of the first statements, 1 + 2 of the first round, and then some.
    while ((await used()) < 7) await sleep(20)
    interrupt.abort('SIGINT')
    const { exitCode, json, stderr } = await running
    const { doubts, confidence, points, range } = json<Advice>()
    expect([exitCode, confidence, doubts.includes('interrupted')]).toEqual([130, 'low', true])
    expect([points.map(({ pool_size }) => pool_size), range.from]).toEqual([[1, 2], expect.any(Number)])
    expect(stderr).toContain('"code":"INTERRUPTED"')
    expect(readFileSync(join(folder, 'partial.html'), 'utf8')).toContain('interrupted after ')
  })

  it.each([
    [1, 64, [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]],
    [5, 20, [5, 6, 8, 12, 16, 20]],
    [4, 4, [4]],
    [1, 2, [1, 2]],
  ])('from %d to %d it measures %j', (from, to, sizes) => expect(sizesBetween(from, to)).toEqual(sizes))
})
