import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Group } from '../../bench/bench.ts'
import { quick, type Size } from '../../bench/core/size.ts'
import { orders } from '../../bench/groups/orders.ts'
import type { Place } from '../../bench/groups/placing.ts'
import { waitingOrders, works } from '../../bench/groups/waiting-orders.ts'
import { groups, readOptions, type Options } from '../../bench/options.ts'
import type { BenchRun } from '../../bench/report-file.ts'
import { runBench } from '../../bench/run.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { temporaryFolder } from '../support/folder.ts'
import { cleanEnvironment } from '../../bench/child.ts'

const folder = temporaryFolder({ servers: true })
const compiled = join(process.cwd(), 'dist', 'bench', 'main.js')
const tiny: Size = {
  ...quick,
  seconds: 0.1,
  cellSeconds: 0.05,
  roundTripsMs: [0],
  linesOfOrders: [3],
  connections: [4],
  importLines: 150,
  bulkRows: 300,
  exportRows: 500,
  reportLines: [500, 5_000],
}

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * The bench as `npm run bench` starts it, in a temporary folder of its own; `until` is what it says before it is
 * interrupted.
 */
function bench(args: readonly string[], until?: string): Promise<Ended> {
  const child = spawn(process.execPath, [compiled, ...args], {
    cwd: folder,
    env: { ...cleanEnvironment(), TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (texts.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => {
    texts.stderr += String(chunk)
    if (until !== undefined && !child.killed && texts.stderr.includes(until)) child.kill('SIGINT')
  })
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ ...texts, exitCode })))
}

const leftBehind = (): string[] => readdirSync(folder).filter((name) => name.startsWith('dbtool-bench-'))

describe('npm run bench', { timeout: 300_000 }, () => {
  it('measures, shows, and keeps every round with what it was measured on', async () => {
    const out = join(folder, 'kept', 'figures.json')
    const { exitCode, stdout, stderr } = await bench(['--quick', '--only', 'start,round-trips', '--out', out])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/│ round trips of an order, 1 to 100 lines +│ – +│ +1 │ +1 – 1 │ +≤ 1 │ yes │/)
    expect(stderr).not.toContain('not measured')
    const run = JSON.parse(readFileSync(out, 'utf8')) as BenchRun
    expect(run).toMatchObject({ groups: ['start', 'round-trips'], faults: [], size: { name: 'quick' } })
    expect(run.versions).toMatchObject({
      node: process.version,
      mariadb: expect.stringContaining('MariaDB') as string,
      connector: expect.stringMatching(/^3\./) as string,
    })
    expect(Object.keys(run.settings)).toEqual(
      expect.arrayContaining(['innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'innodb_buffer_pool_size']),
    )
    expect(run.series.map(({ work, who, rounds }) => [work, who, rounds.length])).toEqual(
      expect.arrayContaining([
        ['start', 'node -e 0', quick.starts],
        ['an order of 100 lines', 'dbtool', quick.rounds],
      ]),
    )
    const roundTrip = run.series.find(({ who }) => who === 'the proxy')
    for (const { value } of roundTrip!.rounds) expect(value).toBeGreaterThanOrEqual(5)
    expect(leftBehind()).toEqual([])
  })

  it('interrupted, it leaves neither server nor files behind', async () => {
    const out = join(folder, 'interrupted.json')
    const { exitCode, stderr } = await bench(['--quick', '--only', 'pool', '--out', out], 'pool: SELECT 1')
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining('interrupted')])
    expect(leftBehind()).toEqual([])
    expect(existsSync(out)).toBe(false)
  })

  it.each([
    [
      ['--only', 'orders,beer'],
      '--only must name groups out of start, round-trips, orders, waiting-orders, many, matrix, ' +
        "import, bulk, export, checks, reports, pool, service, not 'beer'",
    ],
    [['--only', 'constructor'], 'not '],
    [['--quick', '--chart'], '--chart needs a full run of all groups'],
    [['--only', 'pool', '--chart'], '--chart needs a full run of all groups'],
    [['--from', 'a.json'], '--from needs --chart'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message)
  })

  it('ends with exit code 2 where it refuses its arguments', async () => {
    const { exitCode, stderr } = await bench(['--fast'])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("Unknown option '--fast'")])
  })
})

/** Places the order, and then says that there is more in stock than there is. */
const withoutStock: Place = async (queries, request) => {
  const placement = await placeOrder(queries, request)
  await queries.execute('UPDATE products SET stock = stock + 1 WHERE id = ?', [request.lines[0]?.productId ?? 0])
  return placement
}
/** Says that it placed an order, which nobody ever sees. */
const nothing: Place = (queries, request) => placeOrder(queries, { ...request, dryRun: true })

describe('every group', { timeout: 300_000 }, () => {
  it('works on a shop of few rows, and finds itself sound', async () => {
    const out = join(folder, 'all.json')
    const { matrix, import: imports, bulk, export: exports, checks, reports, pool } = groups
    const waiting: Group = (bench) => waitingOrders(bench, [works.hot64, works.hotForeign])
    const whole = { bulk: bulk!, export: exports!, checks: checks!, reports: reports!, pool: pool! }
    const { exitCode, stderr } = await running(
      { matrix: matrix!, 'waiting-orders': waiting, import: imports!, ...whole },
      out,
      { ...tiny, rounds: 1, reportRounds: 1 },
    )
    expect(exitCode, stderr).toBe(0)
    const { series, targets } = JSON.parse(readFileSync(out, 'utf8')) as BenchRun
    const measured = series.map(({ group, work, who }) => `${group}: ${work}: ${who}`)
    expect(measured).toEqual(
      expect.arrayContaining([
        'matrix: orders of 3 lines: 4 connections',
        'waiting-orders: hot, 64 workers, 0 ms: this build',
        'waiting-orders: hot, 64 workers, 0 ms: the build before',
        'import: orders of a month: orders import',
        'import: orders of a month: one order a transaction, 5 at once',
        'import: 10 × the month, as a process: this build',
        'export: orders: this build',
        'export: users: the build before',
        'checks: db check: this build',
        'checks: report revenue: the build before',
        'reports: top-products: 5,000 lines',
        'reports: top-products, for 10 × the lines: 5,000 lines',
        'pool: default scenario: pool stress',
      ]),
    )
    for (const verb of ['products import', 'products export'])
      expect(
        measured.some((work) => work.endsWith(verb)) || stderr.includes(`not here: ${verb}: not in this dbtool`),
      ).toBe(true)
    expect(targets.map(({ work }) => work)).toEqual(
      expect.arrayContaining([
        'orders import',
        'orders import, memory for 10 × the file',
        '50 workers on 5 connections, SELECT 1',
        'a bare loop over the pool',
        'pool stress, default scenario',
      ]),
    )
  })
})

describe('a fast wrong run', { timeout: 300_000 }, () => {
  it('that takes too little stock, or places nothing, fails the bench and has no figure', async () => {
    const out = join(folder, 'wrong.json')
    const wrong: Options['groups'] = {
      'too little stock': (bench) => orders(bench, withoutStock),
      nothing: (bench) => orders(bench, nothing),
    }
    const { exitCode, stderr } = await running(wrong, out)
    expect(exitCode).toBe(1)
    for (const why of [
      'the stock of a product is the units received less the units ordered',
      'orders, but the database has 0',
    ])
      expect(stderr).toMatch(new RegExp(`WRONG: orders: spread, 0 ms: dbtool: .*${why}`))
    expect((JSON.parse(readFileSync(out, 'utf8')) as BenchRun).series).toEqual([])
  })

  it('the same run with the real thing is sound, and says which peers are missing', async () => {
    const out = join(folder, 'right.json')
    const { exitCode, stderr } = await running({ orders: (bench) => orders(bench) }, out, { ...tiny, rounds: 2 })
    expect(exitCode, stderr).toBe(0)
    expect(
      (JSON.parse(readFileSync(out, 'utf8')) as BenchRun).series.map(({ work, who, rounds }) => [
        work,
        who,
        rounds.length,
      ]),
    ).toEqual([
      ['spread, 0 ms', 'dbtool', 2],
      ['spread, 0 ms', 'dbtool, one order a transaction', 2],
      ['hot, 0 ms', 'dbtool', 2],
      ['hot, 0 ms', 'dbtool, one order a transaction', 2],
    ])
    for (const peer of ['SQLAlchemy + PyMySQL', 'hand-written, mysqlclient', 'the same SQL from C (sysbench)'])
      expect(stderr).toContain(`not here: ${peer}: DBTOOL_PEERS does not name the folder with the scripts of the peers`)
  })
})

async function running(chosen: Options['groups'], out: string, size: Size = tiny): Promise<Omit<Ended, 'stdout'>> {
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(() => void vi.unstubAllEnvs())
  let stderr = ''
  const screen = new Writable({
    write(chunk, _encoding, done) {
      stderr += String(chunk)
      done()
    },
  })
  const exitCode = await runBench(
    { size, groups: chosen, out, chart: false, before: process.cwd(), from: undefined },
    {
      env: {},
      stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
      stderr: screen,
      signal: new AbortController().signal,
    },
  )
  return { exitCode, stderr }
}
