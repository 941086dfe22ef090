import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { timesOfProcess } from '../../src/stress/cpu-time.ts'
import type { LibraryFigures, LibraryLoad } from '../../bench/library-load.ts'
import { ratioOf, spreadOf } from '../../bench/core/statistics.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../src/db/target.ts'
import { OrderQueue } from '../../src/shop/orders/order-queue.ts'
import { placeOrder, type OrderRequest } from '../../src/shop/orders/place-order.ts'
import { testDatabase } from '../support/database.ts'
import { account, galera, type GaleraNode, noGalera } from '../support/galera.ts'

const isLong = process.env['DBTOOL_CLUSTER_ROUNDS'] !== undefined
const before = process.env['DBTOOL_CLUSTER_BEFORE']
const root = join(import.meta.dirname, '../..')
const why = noGalera ?? (isLong ? '' : 'skipped: npm run torture -- --cluster')
const rounds = 8
const seconds = 1.5
const processSeconds = 3
/** A service runs for days, so the time in which the code of a new process is compiled does not count. */
const warmUpOrders = 5_000
const products = 1_000

/** Resolves to a figure of one trial, such as orders per second. */
type Trial = () => Promise<Readonly<Record<string, number>>>

describe.skipIf(noGalera !== undefined || !isLong)(`costs on a cluster ${why}`, { timeout: 900_000 }, () => {
  const cluster = galera()
  const first = (): GaleraNode => cluster.nodes[0]!
  const target = (): Target => first().target
  beforeAll(async () => {
    await cluster.start()
    await createShop(root, first().env)
    await first().asOwner((owner) => owner.execute(plenty('shop')))
  }, 120_000)

  it('of a list of hosts, with one order after the other', async () => {
    const [host = '', ...others] = cluster.nodes.map(({ ports }) => `127.0.0.1:${ports.sql}`)
    const options = { ...account, sslMode: 'disabled', size: 1, maxOverflow: 0 } as const
    const load = (build: string, more: LibraryLoad['options']) => () => libraryTrial(build, { ...options, ...more }, 1)
    const trials: Record<string, Trial> = {
      'several hosts': load(root, { host: [host, ...others].join() }),
      'one host': load(root, { host }),
    }
    if (before !== undefined) {
      const database = 'shop_before'
      await first().asOwner(async (owner) => {
        await owner.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
        await owner.execute(`GRANT ALL ON ${database}.* TO ${account.user}@'127.0.0.1'`)
        await createShop(before, { ...first().env, DB_NAME: database })
        await owner.execute(plenty(database))
      })
      trials['the build before'] = load(before, { host: '127.0.0.1', port: first().ports.sql, database })
    }
    await contest('one worker', trials)
  })

  it.each([
    ['spread over 1,000 products', products],
    ['on three hot products', 3],
  ])('of one transaction for each order, instead of the queue, %s', async (name, among) => {
    const load = (work: typeof alone) => (): Promise<Readonly<Record<string, number>>> => trial(target(), among, work)
    await contest(`16 workers, ${name}`, { 'the queue': load(queued), 'one order a transaction': load(alone) })
  })
})

const noBuild = before === undefined ? 'skipped: npm run torture -- --cluster --before DIR' : ''
describe.skipIf(before === undefined)(`costs on one server ${noBuild}`, { timeout: 900_000 }, () => {
  // Each build has a shop with its own migrations.
  const shops = [testDatabase({ migrated: false }), testDatabase({ migrated: false })] as const
  const login = { DB_SOCKET: inject('socket'), DB_USER: inject('osUser'), DBTOOL_HOME: inject('home') }
  beforeAll(async () => {
    for (const [index, { name, connection }] of shops.entries()) {
      await createShop(index === 0 ? root : before!, { ...login, DB_NAME: name })
      await connection.execute(plenty(name))
    }
  }, 120_000)

  it.each([1, 16])('of this build, against the build before, with %d workers', async (workers) => {
    const [{ file } = { file: '' }] = await shops[0].connection.rows<{ file: string }>('SELECT @@pid_file AS file')
    const pid = Number(readFileSync(file, 'utf8'))
    const options = { socket: login.DB_SOCKET, user: login.DB_USER, size: workers, maxOverflow: 0 }
    const load = (build: string, database: string) => async (): Promise<Readonly<Record<string, number>>> => {
      const startedMs = await processorMs(pid)
      const figures = await libraryTrial(build, { ...options, database }, workers)
      return {
        ...figures,
        'server CPU, ms an order': ((await processorMs(pid)) - startedMs) / (figures['placed'] ?? 1),
      }
    }
    await contest(`one server, ${workers} workers`, {
      'this build': load(root, shops[0].name),
      'the build before': load(before!, shops[1].name),
    })
  })
})

const plenty = (database: string): string =>
  `UPDATE ${database}.products SET stock = 100000000, stock_received = 100000000, is_active = 1`

/** A shop without orders, as this build makes it. */
async function createShop(build: string, env: Record<string, string>): Promise<void> {
  const { PATH = '' } = process.env
  for (const line of ['db migrate --json', `db seed --users 1000 --products ${products} --orders 0 --json`]) {
    const child = spawn(process.execPath, [join(build, 'dist', 'cli', 'dbtool.cjs'), ...line.split(' ')], {
      cwd: '/',
      env: { PATH, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  }
}

const processorMs = async (pid: number): Promise<number> => (await timesOfProcess(pid))?.cpuMs ?? NaN

/** Runs the trials alternately, and prints the ratio of the first one to each other. */
async function contest(work: string, trials: Readonly<Record<string, Trial>>): Promise<void> {
  const results = new Map<string, Readonly<Record<string, number>>[]>(Object.keys(trials).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(trials)
    for (const [name, run] of round % 2 === 0 ? order : order.toReversed()) results.get(name)!.push(await run())
  }
  const [[first, measured] = ['', []], ...others] = results
  for (const figure of Object.keys(measured[0] ?? {})) {
    const of = (values: readonly Readonly<Record<string, number>>[]): number[] =>
      values.map((value) => value[figure] ?? 0)
    const text = (value: number | undefined): string => value?.toPrecision(4) ?? '–'
    process.stderr.write(`  ${work}, ${figure}: ${first} ${text(spreadOf(of(measured))?.median)}`)
    for (const [name, values] of others) {
      const ratio = ratioOf(of(measured), of(values))
      const range = `${text(ratio?.min)} to ${text(ratio?.max)}`
      process.stderr.write(`; ${name} ${text(spreadOf(of(values))?.median)}, ratio ${text(ratio?.median)} (${range})`)
    }
    process.stderr.write('\n')
  }
}

/** Orders through the library of a build, in a process of its own. */
async function libraryTrial(
  build: string,
  options: LibraryLoad['options'],
  workers: number,
): Promise<Readonly<Record<string, number>>> {
  const library = pathToFileURL(join(build, 'dist', 'lib', 'index.js')).href
  const size = { lines: 3, products, users: 1_000 }
  const load: LibraryLoad = { library, options, workers, seconds: processSeconds, warmUpOrders, ...size }
  const program = join(root, 'dist', 'bench', 'library-load.js')
  const child = spawn(process.execPath, [program, JSON.stringify(load)], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  await new Promise((resolve) => child.once('close', resolve))
  const { placed, failed, seconds: lasted, cpuMs } = JSON.parse(stdout) as LibraryFigures
  expect(failed).toBe(0)
  return { placed, 'orders per second': placed / lasted, 'client CPU, ms an order': cpuMs / placed }
}

type Place = (db: PooledDatabase) => (request: OrderRequest) => Promise<unknown>
const alone: Place = (db) => (request) => placeOrder(db, request)
const queued: Place = (db) => {
  const queue = new OrderQueue(db)
  return (request) => queue.place(request)
}

let orders = 0

async function trial(target: Target, among: number, work: Place): Promise<Readonly<Record<string, number>>> {
  const options = { ...defaultPoolOptions, size: 16, maxOverflow: 0 }
  const pool = openPool('fair', { target, limits: defaultLimits, options })
  const place = work(new PooledDatabase(pool))
  let placed = 0
  const started = performance.now()
  const lastedMs = (): number => performance.now() - started
  const worker = async (): Promise<void> => {
    while (lastedMs() < seconds * 1_000) {
      await place(someOrder(among))
      placed += 1
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  const perSecond = placed / (lastedMs() / 1_000)
  await pool.close()
  return { 'orders per second': perSecond }
}

function someOrder(among: number): OrderRequest {
  const chosen = new Set<number>()
  while (chosen.size < 3) chosen.add(1 + Math.floor(Math.random() * among))
  return {
    userId: 1 + Math.floor(Math.random() * 1_000),
    lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
    key: `cost-${(orders += 1)}`,
    status: 'confirmed',
    author: { osUser: 'tester', command: 'costs' },
  }
}
