import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { StressReport } from '../../src/stress/report.ts'
import type { StressResult } from '../../src/stress/result.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

// Any database will do: there is no shop in this one.
const database = testDatabase({ migrated: false })
const folder = temporaryFolder()
const typed = (flags: readonly string[]): Promise<Outcome> =>
  dbtool(['pool', 'stress', '--json', ...flags], { database: database.name })
const stress = async (...flags: string[]): Promise<StressResult> => (await typed(flags)).json<StressResult>()
const query = async (sql: string): Promise<unknown[]> => database.connection.rows(sql)

beforeEach(() => database.connection.execute('CREATE OR REPLACE TABLE received (n INT, name VARCHAR(100))'))

describe('what an iteration does', () => {
  it('binds a row of the data file each time, from the first again after the last', async () => {
    const path = join(folder, 'people.csv')
    writeFileSync(path, `who,unused\nada,1\n"'); DROP TABLE received; --",2\nbob,3\n`)
    expect(
      await stress(
        '--sql',
        'INSERT INTO received VALUES ({{random 5 5}}, {{who}})',
        '--data',
        path,
        '--workers',
        '1',
        '--iterations',
        '7',
      ),
    ).toMatchObject({ ok: 7, failed: 0 })
    expect(
      await query('SELECT n, name, COUNT(*) AS times FROM received GROUP BY 1, 2 ORDER BY times DESC, name'),
    ).toEqual([
      { n: 5, name: 'ada', times: 3 },
      { n: 5, name: "'); DROP TABLE received; --", times: 2 },
      { n: 5, name: 'bob', times: 2 },
    ])
  })

  it('chooses by weight', async () => {
    expect(
      await stress(
        '--sql',
        '4: INSERT INTO received VALUES (1, NULL)',
        '--sql',
        'INSERT INTO received VALUES (2, NULL)',
        '--workers',
        '2',
        '--iterations',
        '100',
      ),
    ).toMatchObject({ ok: 200 })
    const [[often], [rarely]] = [
      await query('SELECT COUNT(*) AS n FROM received WHERE n = 1'),
      await query('SELECT COUNT(*) AS n FROM received WHERE n = 2'),
    ] as [{ n: number }[], { n: number }[]]
    expect(often!.n + rarely!.n).toBe(200)
    expect(often!.n).toBeGreaterThan(rarely!.n)
  })

  it('ping asks for nothing', async () =>
    expect(await stress('--workload', 'ping', '--workers', '2', '--iterations', '3')).toMatchObject({
      ok: 6,
      failed: 0,
    }))

  it.each(['read', 'write'])(
    '%s has a table of its own, which is gone afterwards, also when it was interrupted',
    async (workload) => {
      const scratch = async (): Promise<unknown[]> =>
        query(
          `SELECT table_name FROM information_schema.tables
           WHERE table_schema = DATABASE() AND table_name LIKE 'dbtool_stress_%'`,
        )
      const owner = { database: database.name, as: 'owner' } as const
      expect(
        (await dbtool(`pool stress --json --workload ${workload} --workers 4 --iterations 25`, owner)).json(),
      ).toMatchObject({ ok: 100, failed: 0 })
      expect(await scratch()).toEqual([])
      // A user without CREATE gets the reason.
      expect(await typed(['--workload', workload])).toMatchObject({ stdout: '', error: { code: 'ACCESS_DENIED' } })
      const interrupt = new AbortController()
      const running = dbtool(['pool', 'stress', '--json', '--workload', workload, '--duration', '60s'], {
        ...owner,
        signal: interrupt.signal,
      })
      while ((await scratch()).length === 0) await sleep(20)
      interrupt.abort('SIGINT')
      expect((await running).exitCode).toBe(130)
      expect(await scratch()).toEqual([])
    },
  )

  it('runs on a protected database only with its name as confirmation', async () => {
    const protectedOne = (...flags: string[]): Promise<Outcome> =>
      dbtool(['pool', 'stress', '--json', '--workload', 'ping', '--workers', '1', ...flags], {
        database: database.name,
        env: { DB_PROTECTED: '1' },
      })
    expect(await protectedOne()).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('--confirm') as string,
    })
    expect(await protectedOne('--confirm', 'another')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('another') as string,
    })
    expect((await protectedOne('--confirm', database.name)).json()).toMatchObject({ ok: 1 })
  })

  it.each<[string, readonly string[], string]>([
    ['a column without data', ['--sql', 'SELECT {{who}}'], '{{who}} is a column of --data, but --data is missing'],
    [
      'data without a column',
      ['--sql', 'SELECT 1', '--data', 'x.csv'],
      '--data needs a --sql that names one of its columns',
    ],
    ['a parameter that is none', ['--sql', 'SELECT {{drop it}}'], "--sql has an unknown parameter '{{drop it}}'"],
    [
      'a statement and a workload',
      ['--sql', 'SELECT 1', '--workload', 'ping'],
      "option '--workload <name>' cannot be used with option '--sql <statement>'",
    ],
    [
      'workers and a rate',
      ['--workers', '3', '--rate', '5'],
      "option '--rate <n>' cannot be used with option '--workers <n>'",
    ],
    ['a load of no length', ['--duration', '0s'], '--duration must be longer than 0s'],
    ['a metric that is none', ['--threshold', 'speed>1'], "--threshold names an unknown metric 'speed'"],
    [
      'more connections than there are',
      ['--pool-size', '9000'],
      '9010 connections exceed the headroom of the server: max_connections is',
    ],
  ])('%s: exit 2, before anything runs', async (_what, flags, message) => {
    const { exitCode, stdout, error } = await typed(flags)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(error.message).toContain(message)
  })
})

describe('when iterations begin', () => {
  it('with --rate, when they are due: so many in all', async () => {
    const result = await stress('--rate', '400', '--iterations', '100', '--workload', 'ping')
    expect(result).toMatchObject({
      loop: 'open',
      workers: 0,
      ok: 100,
      failed: 0,
      dropped: 0,
      late_ms: { p50: expect.any(Number) as number },
    })
    // The last is due a quarter of a second after the first.
    expect(result.seconds).toBeGreaterThan(0.24)
  })

  it('with --ramp, later', async () => {
    expect(
      (await stress('--rate', '400', '--iterations', '100', '--ramp', '500ms', '--workload', 'ping')).seconds,
    ).toBeGreaterThan(0.49)
    expect((await stress('--workers', '3', '--ramp', '300ms', '--workload', 'ping')).seconds).toBeGreaterThan(0.19)
  })

  it('an open loop records a stall of a second in all iterations that fall due; a closed loop hides it', async () => {
    const stalled = async (...load: string[]): Promise<Outcome> => {
      const holder = await connect(database.target)
      const running = typed([
        ...load,
        '--sql',
        'SELECT COUNT(*) FROM received',
        '--duration',
        '3s',
        '--pool-size',
        '4',
        '--max-overflow',
        '0',
      ])
      await sleep(1_000)
      await holder.execute('LOCK TABLES received WRITE')
      await sleep(1_000)
      await holder.execute('UNLOCK TABLES')
      await holder.close()
      return running
    }
    const open = await stalled('--rate', '100')
    const closed = await stalled('--workers', '4')
    const [felt, missed] = [open.json<StressResult>(), closed.json<StressResult>()]
    expect(felt.total_ms.p99).toBeGreaterThan(700)
    expect(missed.total_ms.max).toBeGreaterThan(700)
    expect(missed.total_ms.p99).toBeLessThan(felt.total_ms.p99! / 4)
  })
})

describe('what a result is held to', () => {
  it.each<[string, readonly string[], number]>([
    ['kept', ['--threshold', 'ok>=6', '--threshold', 'failed_share<1%', '--threshold', 'total.max<1000s'], 0],
    ['missed', ['--threshold', 'ok>=6', '--threshold', 'ok>6', '--threshold', 'total.p50<0ms'], 99],
  ])('%s', async (_what, flags, expected) => {
    const { exitCode, json, stderr } = await typed([
      ...flags,
      '--workload',
      'ping',
      '--workers',
      '2',
      '--iterations',
      '3',
    ])
    expect([exitCode, json<StressResult>().ok]).toEqual([expected, 6])
    if (expected === 99)
      expect(stderr).toMatch(
        new RegExp(
          '"code":"THRESHOLD_MISSED","message":"threshold failed: ok > 6 \\(measured 6\\); ' +
            'threshold failed: total\\.p50 < 0 ms \\(measured [\\d.]+ ms\\)"',
        ),
      )
  })

  it('is held against an earlier one, of the same test', async () => {
    const path = join(folder, 'before.json')
    const same = ['--workload', 'ping', '--workers', '2', '--iterations', '50']
    await typed([...same, '--out', `json=${path}`])
    const before = JSON.parse(readFileSync(path, 'utf8')) as StressReport
    const against = async (throughput: number, flags: readonly string[] = same): Promise<Outcome> => {
      writeFileSync(
        path,
        JSON.stringify({
          ...before,
          result: {
            ...before.result,
            throughput,
            total_ms: { ...before.result.total_ms, p50: 1e6, p99: 1e6 },
            acquire_ms: { ...before.result.acquire_ms, p99: 1e6 },
          },
        }),
      )
      return typed([...flags, '--baseline', path, '--max-regression', '20%'])
    }
    expect((await against(0.001)).exitCode).toBe(0)
    const worse = await against(1e9)
    expect([worse.exitCode, worse.stderr]).toEqual([
      99,
      expect.stringMatching(/throughput fell from 1000000000 to [\d.]+ per second/),
    ])
    const other = await against(1, ['--workload', 'ping', '--workers', '3'])
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      expect.stringContaining('the baseline is from a different test: workers was 2 and is now 3'),
    ])
    expect((await typed(['--baseline', join(folder, 'nowhere.json')])).exitCode).toBe(2)
  })

  it('says what it was measured by', async () => {
    const { validity, cold_start_ms } = await stress(
      '--sql',
      'SELECT SLEEP(0.01)',
      '--duration',
      '1500ms',
      '--workers',
      '8',
      '--pool-size',
      '4',
      '--max-overflow',
      '0',
    )
    expect(validity.checks.map(({ check }) => check)).toEqual([
      'long_enough',
      'littles_law',
      'event_loop',
      'client_cpu',
      'steady',
    ])
    expect(validity.checks.find(({ check }) => check === 'long_enough')).toMatchObject({ ok: true })
    expect(cold_start_ms).toBeGreaterThan(0)
    expect((await stress('--workload', 'ping', '--workers', '1')).validity.verdict).toBe('too-short')
  })
})

describe('what is kept of a run', () => {
  it('is one file a format: data, the series over time, and a page', async () => {
    const path = (kind: string): string => join(folder, `run.${kind}`)
    const kinds = ['json', 'csv', 'html']
    const { exitCode, json } = await typed([
      '--sql',
      'SELECT 1',
      '--duration',
      '1s',
      '--workers',
      '4',
      ...kinds.flatMap((kind) => ['--out', `${kind}=${path(kind)}`]),
    ])
    expect(exitCode).toBe(0)
    const kept = JSON.parse(readFileSync(path('json'), 'utf8')) as StressReport
    expect(kept.result).toEqual(json())
    const counted = kept.over_time.reduce(
      (sum, { throughput, second }, index) => sum + throughput * (second - (kept.over_time[index - 1]?.second ?? 0)),
      0,
    )
    expect(Math.abs(counted - kept.result.ok)).toBeLessThan(kept.result.ok / 100)
    expect(kept.distribution.total_ms).toHaveLength(kept.distribution.percentiles.length)
    const [head, ...lines] = readFileSync(path('csv'), 'utf8').trimEnd().split('\n')
    expect([head, lines.length]).toEqual([
      'second,throughput,failed,timeouts,p50_ms,p95_ms,p99_ms,wait_mean_ms,wait_max_ms,in_use,idle,waiting,failover',
      kept.over_time.length,
    ])
    for (const { p50_ms, p95_ms, p99_ms } of kept.over_time)
      expect([p50_ms, p95_ms, p99_ms].map((ms) => ms ?? 0)).toEqual(
        [p50_ms, p95_ms, p99_ms].map((ms) => ms ?? 0).sort((a, b) => a - b),
      )
    expect(kept.server.length).toBeGreaterThan(0)
    expect(kept.about.server_settings).toHaveProperty('max_connections')
    expect(readFileSync(path('html'), 'utf8')).toContain('<!doctype html>')
  })

  it.each([
    ['--out', 'pdf=x', "--out must be json=FILE, csv=FILE, html=FILE, md=FILE or svg=FILE, not 'pdf=x'"],
    ['--out', 'json=/nowhere/at/all.json', 'cannot write /nowhere/at/all.json: its folder does not exist'],
    ['--out', `html=${folder}`, `cannot write ${folder}: it is a folder`],
    ['--out', 'json=-', "--out must be json=FILE, csv=FILE, html=FILE, md=FILE or svg=FILE, not 'json=-'"],
  ])('%s %s: exit 2, before anything is measured', async (flag, given, message) => {
    const { exitCode, stdout, stderr } = await typed([flag, given, '--workload', 'ping', '--workers', '1'])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('is all that can be written, when one cannot, and no two are the same', async () => {
    const path = join(folder, 'beside.csv')
    const least = ['--workload', 'ping', '--workers', '1']
    const { exitCode, stderr } = await typed([...least, '--out', 'json=/dev/full', '--out', `csv=${path}`])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('cannot write /dev/full: ENOSPC')])
    expect(readFileSync(path, 'utf8')).toMatch(/^second,throughput/)
    expect(
      await typed([...least, '--out', `json=${path}`, '--out', `csv=${folder}/../${basename(folder)}/beside.csv`]),
    ).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('beside.csv twice') })
  })

  it('takes the place of an earlier one only when there is something to keep', async () => {
    const [path, beside] = [join(folder, 'earlier.json'), join(folder, 'earlier.csv')]
    writeFileSync(path, 'earlier')
    const files = readdirSync(folder)
    expect((await typed(['--sql', 'SELEC 1', '--out', `json=${path}`, '--out', `csv=${beside}`])).exitCode).toBe(2)
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['earlier', files])
    expect((await typed(['--workload', 'ping', '--workers', '1', '--out', `json=${path}`])).exitCode).toBe(0)
    expect((JSON.parse(readFileSync(path, 'utf8')) as StressReport).result.ok).toBe(1)
  })
})

describe('orders as load', () => {
  const shop = testDatabase()
  const orders = (flags: string): Promise<Outcome> =>
    dbtool(`pool stress --json --workload orders ${flags}`, { database: shop.name })

  it('are real: they take stock, and all of the shop stays true', async () => {
    expect((await orders('')).error).toMatchObject({
      code: 'NOT_FOUND',
      message: 'orders of 3 lines need a user and 3 products in stock; the shop has 0 users and 0 products in stock',
    })
    expect((await dbtool('db seed --users 5 --products 8 --orders 3 --seed 1', { database: shop.name })).exitCode).toBe(
      0,
    )
    const [{ n: before } = { n: 0 }] = await shop.connection.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders')
    const { ok, failed, errors } = (
      await orders('--lines 2 --products 4 --workers 4 --iterations 10')
    ).json<StressResult>()
    expect([ok + failed, errors.filter(({ code }) => code !== 'OUT_OF_STOCK')]).toEqual([40, []])
    expect(await shop.connection.rows('SELECT COUNT(*) AS n FROM orders')).toEqual([{ n: before + ok }])
    expect((await dbtool('db check', { database: shop.name })).exitCode).toBe(0)
    expect((await dbtool('pool stress --lines 2', { database: shop.name })).stderr).toContain(
      '--lines and --products need --workload orders',
    )
  })
})
