import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/stress/histogram.ts'
import { type Live, combineLive } from '../../src/stress/recorder.ts'
import { shardSize } from '../../src/stress/shard.ts'
import { shardPlan, type StressPlan } from '../../src/stress/plan.ts'
import type { StressResult } from '../../src/stress/result.ts'
import { Series } from '../../src/stress/series.ts'
import { TimesOverTime } from '../../src/stress/times-over-time.ts'
import { type Child, spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilRuns } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

describe('pool stress --threads', () => {
  const database = testDatabase({ migrated: false })
  const folder = temporaryFolder()
  // Threads are of the compiled tool: they have no loader for TypeScript.
  const run = (flags: readonly string[], more: Partial<Parameters<typeof spawned>[1]> = {}): Promise<Child> =>
    spawned(['pool', 'stress', '--json', ...flags], { database: database.name, ...more })
  const stress = async (...flags: string[]): Promise<StressResult> =>
    JSON.parse((await run(flags)).stdout) as StressResult

  it('share workers and pool, and what they measured is added', async () => {
    const { validity, ...result } = await stress(
      '--threads',
      '2',
      '--workers',
      '5',
      '--iterations',
      '80',
      '--pool-size',
      '3',
      '--max-overflow',
      '0',
      '--sql',
      'SELECT SLEEP(0.01)',
    )
    expect(result).toMatchObject({
      threads: 2,
      workers: 5,
      ok: 400,
      failed: 0,
      pool_size: 3,
      fairness: { min_ops: 80, max_ops: 80 },
      connections: { opened: 0, closed: 0, peak: 3 },
      partial: false,
    })
    // Two on one connection in one thread, three on two in the other.
    expect(result.queue_peak).toBe(2)
    expect(result.execute_ms.p50).toBeGreaterThanOrEqual(10)
    expect(validity.checks.find(({ check }) => check === 'littles_law')).toMatchObject({ ok: true })
  })

  it('begin what is due, all of it and nothing twice', async () => {
    expect(await stress('--threads', '3', '--rate', '500', '--iterations', '100', '--workload', 'ping')).toMatchObject({
      loop: 'open',
      ok: 100,
      dropped: 0,
      threads: 3,
    })
  })

  it('take different rows of the data', async () => {
    await database.connection.execute('CREATE OR REPLACE TABLE numbers (n INT)')
    const path = join(folder, 'numbers.csv')
    writeFileSync(path, `n\n${[1, 2, 3, 4, 5, 6].join('\n')}\n`)
    await stress(
      '--threads',
      '2',
      '--sql',
      'INSERT INTO numbers VALUES ({{n}})',
      '--data',
      path,
      '--workers',
      '2',
      '--iterations',
      '3',
    )
    expect(await database.connection.rows('SELECT n FROM numbers ORDER BY n')).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => ({ n })),
    )
  })

  it('count what fails in all of them', async () => {
    const { exitCode, stdout } = await run([
      '--threads',
      '2',
      '--workers',
      '4',
      '--sql',
      'SELECT (SELECT 1 UNION SELECT 2)',
    ])
    expect([exitCode, (JSON.parse(stdout) as StressResult).errors]).toEqual([
      1,
      [{ code: 'QUERY_FAILED', count: 4, message: 'Subquery returns more than 1 row' }],
    ])
  })

  it('end together at Ctrl-C, with the result until then', async () => {
    const { exitCode, stdout } = await run(
      ['--threads', '2', '--workers', '4', '--duration', '60s', '--sql', 'SELECT SLEEP(0.01)'],
      { working: () => untilRuns(database, 'SELECT SLEEP%'), signals: [[1_000, 'SIGINT']] },
    )
    const { partial, ok } = JSON.parse(stdout) as StressResult
    expect([exitCode, partial, ok > 0]).toEqual([130, true, true])
  })

  it('of which one cannot have a connection say why', async () => {
    // The server is asked once before; the threads log in as a user who may have two connections at once.
    await database.connection.execute(
      "CREATE USER two_only@localhost IDENTIFIED BY 'Two-of-them-1' WITH MAX_USER_CONNECTIONS 2",
    )
    const { exitCode, stderr } = await run(
      [
        '--threads',
        '2',
        '--pool-size',
        '4',
        '--max-overflow',
        '0',
        '--pool-timeout',
        '20s',
        '--user',
        'two_only',
        '--database',
        'information_schema',
      ],
      { env: { DB_PASSWORD: 'Two-of-them-1' } },
    )
    await database.connection.execute('DROP USER two_only@localhost')
    expect([exitCode === 1 || exitCode === 4, stderr]).toEqual([
      true,
      expect.stringMatching(/two_only.*max_user_connections/),
    ])
  })

  it.each([
    ['--threads 6', '6 threads need a pool of at least 6 connections, but --pool-size is 5'],
    ['--threads 3 --workers 2', '3 threads need at least 3 workers, but --workers is 2'],
    ['--threads 2 --mode static', '--mode static allows only one thread: threads cannot share a connection'],
    ['--threads 0', '--threads must be a whole number from 1 to 256'],
  ])('%s: exit 2, before anything runs', async (flags, message) => {
    const { exitCode, stdout, error } = await dbtool(`pool stress --json ${flags}`, { database: database.name })
    expect([exitCode, stdout, error.message]).toEqual([2, '', expect.stringContaining(message)])
  })
})

describe('a load in parts', () => {
  it.each([
    [10, 3, [4, 3, 3]],
    [2, 3, [1, 1, 0]],
    [0, 2, [0, 0]],
    [7, 1, [7]],
  ])('%d things in %d parts: %j', (total, of, expected) =>
    expect(expected.map((_, index) => shardSize(total, { index, of }))).toEqual(expected),
  )

  it('is the whole load', () => {
    const plan: StressPlan = { load: { loop: 'closed', workers: 5 }, until: { iterations: 3 }, warmupMs: 1, rampMs: 2 }
    expect([0, 1].map((index) => shardPlan(plan, { index, of: 2 }).load)).toEqual([
      { loop: 'closed', workers: 3 },
      { loop: 'closed', workers: 2 },
    ])
  })

  it('has the histogram of all values', () => {
    const [one, other, both] = [new Histogram(), new Histogram(), new Histogram()]
    for (let value = 1; value <= 1_000; value += 1)
      for (const histogram of [value % 3 === 0 ? one : other, both]) histogram.record(value / 7)
    const sum = Histogram.of([one.data(), other.data()])
    expect([sum.percentiles(), sum.count]).toEqual([both.percentiles(), 1_000])
    expect(Histogram.of([]).count).toBe(0)
  })

  it('has the series of all, and of the pools their sum', () => {
    const bucket = {
      ...{ ok: 4, failed: 1, timeouts: 1, waits: 5, waitMs: 10, waitMaxMs: 6 },
      ...{ samples: 5, inUse: 10, idle: 5, waiting: 0 },
    }
    const times = new TimesOverTime()
    times.record(0, 7)
    const series = Series.of([
      { buckets: [bucket, bucket], times: times.data() },
      { buckets: [{ ...bucket, waitMaxMs: 9 }], times: times.data() },
    ])
    expect(series.intervals(0.2)).toMatchObject([
      { throughput: 80, failed: 2, timeouts: 2, p50_ms: 7, wait_mean_ms: 2, wait_max_ms: 9, in_use: 4, idle: 2 },
      { throughput: 40, failed: 1, timeouts: 1, p99_ms: null, wait_max_ms: 6, in_use: 2, idle: 1 },
    ])
  })

  it('is reported live as one', () => {
    const reports: Live[] = []
    const [first, second] = combineLive(2, (live) => reports.push(live))
    const live = (perSecond: number, waitMs: number | null): Live => ({
      seconds: 1,
      perSecond,
      waitMs,
      inUse: 1,
      idle: 2,
      waiting: 3,
      failed: 4,
    })
    first!(live(10, 1))
    second!(live(30, 3))
    expect(reports).toHaveLength(1)
    first!(live(10, 1))
    expect(reports[1]).toEqual({ seconds: 1, perSecond: 40, waitMs: 2.5, inUse: 2, idle: 4, waiting: 6, failed: 8 })
  })
})
