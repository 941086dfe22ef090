import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serverPaths } from '../../src/server/home.ts'
import type { CreatePoolOptions } from '../../src/index.ts'
import { timesOfProcess } from '../../src/stress/cpu-time.ts'
import type { Bench } from '../bench.ts'
import { builds } from '../builds.ts'
import { root, runChild } from '../child.ts'
import { alternate } from '../core/alternate.ts'
import { counted } from '../core/figures.ts'
import type { Trial } from '../core/results.ts'
import type { LibraryFigures, LibraryLoad } from '../library-load.ts'
import { foreignProgram, type ForeignFigures } from '../foreign-program.ts'
import { withFarServer } from '../proxy/far-server.ts'
import { verify, withoutOrders } from '../shop.ts'
import { ordersDatabase, ordersShop, usersOfShop } from './placing.ts'

const connections = 16
const lines = 3

interface Work {
  readonly demand: 'hot' | 'spread'
  readonly workers: number
  readonly roundTripMs: number
  /** Whether another program orders the same products meanwhile. */
  readonly foreign?: boolean
}

export const works = {
  hot: { demand: 'hot', workers: 16, roundTripMs: 0 },
  spread: { demand: 'spread', workers: 16, roundTripMs: 0 },
  hot64: { demand: 'hot', workers: 64, roundTripMs: 0 },
  spread64: { demand: 'spread', workers: 64, roundTripMs: 0 },
  alone: { demand: 'spread', workers: 1, roundTripMs: 0 },
  hotForeign: { demand: 'hot', workers: 16, roundTripMs: 0, foreign: true },
  hot64Foreign: { demand: 'hot', workers: 64, roundTripMs: 0, foreign: true },
  hot64Far: { demand: 'hot', workers: 64, roundTripMs: 5 },
} as const satisfies Record<string, Work>

export const nameOf = ({ demand, workers, roundTripMs, foreign = false }: Work): string =>
  `${demand}, ${counted(workers, 'worker')}, ${roundTripMs} ms${foreign ? ', beside a foreign program' : ''}`

/**
 * Orders through the library on 16 connections, of this build and of an earlier one, each in a process of its own. The
 * figures are orders per second, latencies, and the CPU time of client and server for an order.
 */
export async function waitingOrders(bench: Bench, chosen: readonly Work[] = Object.values(works)): Promise<void> {
  await ordersShop(bench, { products: 1_000 })
  const { roundTripsMs } = bench.size
  for (const work of chosen.filter(({ roundTripMs }) => roundTripsMs.includes(roundTripMs))) {
    if (work.roundTripMs === 0) await contest(bench, work)
    else
      await withFarServer({ to: bench.server.socket, roundTripMs: work.roundTripMs }, ({ port }) =>
        contest(bench, work, port),
      )
  }
}

async function contest(bench: Bench, work: Work, port?: number): Promise<void> {
  const { rounds } = bench.size
  const contestants = builds(bench, library, (path) => placing(bench, work, path, port))
  await alternate({ group: 'waiting-orders', work: nameOf(work), unit: 'orders/s', rounds, contestants }, bench.results)
}

const library = join('dist', 'lib', 'index.js')

async function placing(bench: Bench, work: Work, path: string, port: number | undefined): Promise<Trial> {
  const { server, size } = bench
  await server.connection(ordersDatabase, withoutOrders)
  const where: CreatePoolOptions = port === undefined ? { socket: server.socket } : { host: '127.0.0.1', port }
  const load: LibraryLoad = {
    library: pathToFileURL(path).href,
    options: {
      ...where,
      user: server.user,
      password: server.password,
      database: ordersDatabase,
      size: connections,
      maxOverflow: 0,
    },
    workers: work.workers,
    warmUpOrders: size.warmUpOrders,
    seconds: size.seconds,
    lines,
    products: work.demand === 'hot' ? lines : 1_000,
    users: usersOfShop,
  }
  const before = await serverCpuMs(server.home)
  const [figures, foreign] = await besideForeign(bench, work, () => loadLibrary(bench, load))
  const { placed, before: warmedUp, failed, seconds, p50, p99, cpuMs } = figures
  const serverMs = (await serverCpuMs(server.home)) - before
  await server.connection(ordersDatabase, (connection) =>
    verify(connection, 'orders', warmedUp + placed + (foreign?.placed ?? 0)),
  )
  return {
    value: placed / seconds,
    failed,
    also: {
      p50,
      p99,
      cpuMsAnOrder: cpuMs / placed + serverMs / (warmedUp + placed),
      ...(foreign && { foreignP99: foreign.p99, foreignPlaced: foreign.placed, foreignDeadlocks: foreign.deadlocks }),
    },
  }
}

/** Runs `load`, if the work says so beside a foreign program. */
async function besideForeign<T>(
  { server }: Bench,
  { foreign = false }: Work,
  load: () => Promise<T>,
): Promise<[T, ForeignFigures | undefined]> {
  if (!foreign) return [await load(), undefined]
  return server.connection(ordersDatabase, async (connection) => {
    const stop = new AbortController()
    const figures = foreignProgram(connection, usersOfShop, stop.signal)
    const loading = load().finally(() => stop.abort())
    // The connection is closed afterwards, so its statement must have ended even if the load failed.
    await Promise.allSettled([loading, figures])
    return Promise.all([loading, figures])
  })
}

async function loadLibrary({ server, signal }: Bench, load: LibraryLoad): Promise<LibraryFigures> {
  const program = join(root, 'dist', 'bench', 'library-load.js')
  const { exitCode, stdout, stderr } = await runChild(process.execPath, [program, JSON.stringify(load)], {
    signal,
    cwd: server.home,
  })
  if (exitCode !== 0) throw new Error(stderr.trim().split('\n').at(-1) ?? `ended with ${exitCode ?? 'a signal'}`)
  return JSON.parse(stdout) as LibraryFigures
}

/** The CPU time that the server has used since its start. */
async function serverCpuMs(home: string): Promise<number> {
  const pid = readFileSync(serverPaths({ DBTOOL_HOME: home }).pidFile, 'utf8')
  return (await timesOfProcess(Number(pid)))?.cpuMs ?? NaN
}
