import { setTimeout as sleep } from 'node:timers/promises'
import { mysql2Pool } from '../../src/db/benched-drivers.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions, type PoolOptions } from '../../src/db/pool/pool.ts'
import type { Target } from '../../src/db/target.ts'
import { ownCpuMs } from '../../src/stress/cpu-time.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import type { Trial } from '../core/results.ts'
import { limits } from '../private-server.ts'
import { type BreakingRelay, breakingRelay } from '../proxy/breaking-relay.ts'
import { channelCost, parseShare } from './service-shares.ts'

/** A pool as its callers see it. */
interface ServicePool {
  acquire(): Promise<{ rows(sql: string): Promise<unknown>; release(): void }>
  close(): Promise<void>
}

type PoolMaker = (target: Target, options: Partial<PoolOptions>) => ServicePool
type Trying = (pool: PoolMaker) => Promise<Trial>

const noOverflow = { maxOverflow: 0, timeoutMs: 10_000 }
const ofDbtool =
  (mode: 'fair' | 'driver'): PoolMaker =>
  (target, options) =>
    openPool(mode, { target, limits, options: { ...defaultPoolOptions, ...noOverflow, ...options } })

const pools: Readonly<Record<string, PoolMaker>> = {
  fair: ofDbtool('fair'),
  driver: ofDbtool('driver'),
  mysql2: (target, { size = 5 }) => mysql2Pool(target, size),
}

export const works = {
  silent: 'first acquire after all idle connections died silently',
  wait: 'acquire wait p99, open loop, 10 connections at 80 % load',
  cpu: 'CPU a query, SELECT 1 through acquire and release',
  back: 'time to full throughput after an outage',
  channels: 'CPU a query with channels without a subscriber, beside none',
  parsing: 'parseOrder, share of the CPU of an order of 3 lines',
} as const

interface Contest {
  readonly work: string
  readonly unit: string
  readonly names: readonly string[]
  readonly rounds?: number
}

/** The pool in a service: dead connections, an even load, its own cost, and the end of an outage. */
export async function service(bench: Bench): Promise<void> {
  const { server, size, results } = bench
  const contest = ({ names, rounds = size.rounds, ...work }: Contest, run: Trying): Promise<void> => {
    const contestants = names.map((who): Contestant => {
      const maker = pools[who] ?? ofDbtool('fair')
      return { who, underTest: who === 'fair', run: () => run(maker) }
    })
    return alternate({ group: 'service', ...work, rounds, contestants }, results)
  }
  const all = Object.keys(pools)
  await contest({ work: works.silent, unit: 'ms', names: ['fair', 'driver'] }, (pool) =>
    throughRelay(bench, (relay) => silent(pool, relay)),
  )
  const wait = (pool: PoolMaker): Promise<Trial> =>
    openLoopWait(pool(server.target(), { size: connections }), size.seconds)
  // A single stall of the machine is the p99 of a round.
  await contest({ work: works.wait, unit: 'ms', names: all, rounds: 3 * size.rounds }, wait)
  await contest({ work: works.cpu, unit: 'µs', names: all }, (pool) =>
    cpuOfQueries(pool(server.target(), { size: connections }), size.seconds),
  )
  await contest({ work: works.back, unit: 'ms', names: ['fair', 'driver'] }, (pool) =>
    throughRelay(bench, (relay) => recovery(pool, relay)),
  )
  await contest({ work: works.channels, unit: '×', names: ['fair'] }, () => channelCost(bench))
  await contest({ work: works.parsing, unit: '%', names: ['fair'] }, await parseShare(bench))
}

const connections = 10

interface Relayed {
  readonly relay: BreakingRelay
  readonly target: Target
}

async function throughRelay({ server }: Bench, work: (relayed: Relayed) => Promise<Trial>): Promise<Trial> {
  const relay = await breakingRelay(server.socket)
  const target: Target = { ...server.target(), socket: undefined, host: '127.0.0.1', port: relay.port }
  return work({ relay, target }).finally(() => relay.close())
}

async function use(pool: ServicePool, sql: string): Promise<void> {
  const lease = await pool.acquire()
  await lease.rows(sql).finally(() => lease.release())
}

const idleMs = 1_200

async function silent(maker: PoolMaker, { relay, target }: Relayed): Promise<Trial> {
  const pool = maker(target, { size: 5 })
  try {
    const leases = await Promise.all(Array.from({ length: 5 }, () => pool.acquire()))
    for (const lease of leases) lease.release()
    await sleep(idleMs)
    relay.forget()
    const started = performance.now()
    await use(pool, 'SELECT 1')
    return { value: performance.now() - started }
  } finally {
    await pool.close()
  }
}

const statementMs = 5
const load = 0.8
const perMs = (connections * load) / statementMs

/** Callers arrive at even intervals, whatever the earlier ones do; their waits count from when they were due. */
async function openLoopWait(pool: ServicePool, seconds: number): Promise<Trial> {
  const waits: number[] = []
  const calls: Promise<void>[] = []
  const call = async (due: number): Promise<void> => {
    const lease = await pool.acquire()
    waits.push(performance.now() - due)
    await lease.rows(`SELECT SLEEP(${statementMs / 1_000})`).finally(() => lease.release())
  }
  try {
    await Promise.all(Array.from({ length: connections }, () => use(pool, 'SELECT SLEEP(0.05)')))
    const started = performance.now()
    for (let next = 0; next < seconds * 1_000 * perMs;) {
      const due = Math.floor((performance.now() - started) * perMs)
      for (; next < due; next += 1) calls.push(call(started + next / perMs))
      await sleep(1)
    }
    await Promise.all(calls)
    waits.sort((a, b) => a - b)
    return {
      value: waits[Math.floor(waits.length * 0.99)] ?? 0,
      also: { p50: waits[Math.floor(waits.length / 2)] ?? 0 },
    }
  } finally {
    await pool.close()
  }
}

async function cpuOfQueries(pool: ServicePool, seconds: number): Promise<Trial> {
  try {
    await Promise.all(Array.from({ length: connections }, () => use(pool, 'SELECT SLEEP(0.05)')))
    const end = performance.now() + seconds * 1_000
    const cpu = ownCpuMs()
    let queries = 0
    const work = async (): Promise<void> => {
      for (; performance.now() < end; queries += 1) await use(pool, 'SELECT 1')
    }
    await Promise.all(Array.from({ length: connections * 2 }, work))
    return { value: ((ownCpuMs() - cpu) * 1_000) / queries, also: { perSecond: queries / seconds } }
  } finally {
    await pool.close()
  }
}

const windowMs = 100
const outageMs = 1_000
const longestMs = 20_000

/** From the moment when the server is back to the end of the first 100 ms with nine tenths of the usual throughput. */
async function recovery(maker: PoolMaker, { relay, target }: Relayed): Promise<Trial> {
  const pool = maker(target, { size: connections, timeoutMs: 500 })
  let [queries, running] = [0, true]
  const worker = async (): Promise<void> => {
    while (running) {
      await use(pool, `SELECT SLEEP(${statementMs / 1_000})`).then(
        () => (queries += 1),
        () => sleep(10),
      )
    }
  }
  const during = async (ms: number): Promise<number> => {
    const before = queries
    await sleep(ms)
    return (queries - before) / ms
  }
  const workers = Array.from({ length: connections * 2 }, worker)
  try {
    await sleep(500)
    const usual = await during(500)
    relay.fail()
    await sleep(outageMs)
    relay.recover()
    const recovered = performance.now()
    while ((await during(windowMs)) < usual * 0.9 && performance.now() - recovered < longestMs);
    return { value: performance.now() - recovered }
  } finally {
    running = false
    await Promise.all(workers)
    await pool.close()
  }
}
