import { randomUUID } from 'node:crypto'
import type * as Library from '../src/index.ts'
import { ownCpuMs } from '../src/stress/cpu-time.ts'
import { percentile } from './core/statistics.ts'

/** A load on the library of a build; `library` is the path of its module. */
export interface LibraryLoad {
  readonly library: string
  readonly options: Library.CreatePoolOptions
  readonly workers: number
  readonly seconds: number
  /** Orders before the measurement: a service runs for longer than the code of a new process is compiled. */
  readonly warmUpOrders: number
  readonly lines: number
  readonly products: number
  readonly users: number
}

/** The figures of the load: latencies in milliseconds, and the time of this process's CPU for an order. */
export interface LibraryFigures {
  readonly placed: number
  /** The orders that the warm-up has placed, which no other figure counts. */
  readonly before: number
  readonly failed: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly cpuMs: number
}

// The main module of a process: it places orders through the library of any build, and prints its figures.
const load = JSON.parse(process.argv[2] ?? '') as LibraryLoad
const { createPool, placeOrder } = (await import(load.library)) as typeof Library

function someOrder(): Library.NewOrder {
  const chosen = new Set<number>()
  while (chosen.size < load.lines) chosen.add(1 + Math.floor(Math.random() * load.products))
  return {
    userId: 1 + Math.floor(Math.random() * load.users),
    lines: [...chosen].map((productId) => ({ productId, quantity: 1 })),
    key: randomUUID(),
  }
}

async function measure(): Promise<LibraryFigures> {
  const pool = createPool(load.options)
  const workers = (work: () => Promise<void>): Promise<unknown> =>
    Promise.all(Array.from({ length: load.workers }, work))
  let before = 0
  let begun = 0
  await workers(async () => {
    while (begun < load.warmUpOrders) {
      begun += 1
      // A build may fail orders where another program wants the same products.
      await placeOrder(pool, someOrder()).then(
        () => (before += 1),
        () => undefined,
      )
    }
  })
  const latencies: number[] = []
  let failed = 0
  const started = performance.now()
  const until = started + load.seconds * 1_000
  const cpu = ownCpuMs()
  await workers(async () => {
    for (let began = performance.now(); began < until; began = performance.now()) {
      try {
        await placeOrder(pool, someOrder())
        latencies.push(performance.now() - began)
      } catch {
        failed += 1
      }
    }
  })
  const usedMs = ownCpuMs() - cpu
  const seconds = (performance.now() - started) / 1_000
  await pool.close()
  return {
    placed: latencies.length,
    before,
    failed,
    seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuMs: usedMs,
  }
}

process.stdout.write(`${JSON.stringify(await measure())}\n`)
