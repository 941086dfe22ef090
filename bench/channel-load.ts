import type * as Library from '../src/index.ts'
import { ownCpuMs } from '../src/stress/cpu-time.ts'

/** Two builds of the library; the figure is the CPU time of the first one divided by that of the second. */
export interface ChannelLoad {
  /** The URLs of their modules. */
  readonly libraries: readonly [string, string]
  readonly options: Library.CreatePoolOptions
  readonly workers: number
  readonly seconds: number
}

// The main module of a process of its own, so that nothing else costs CPU time there.
const { libraries, options, workers, seconds } = JSON.parse(process.argv[2] ?? '') as ChannelLoad
const slices = 40

interface Sum {
  readonly pool: Library.ShopPool
  cpu: number
  queries: number
}

async function load(sum: Sum, forSeconds: number): Promise<void> {
  const end = performance.now() + forSeconds * 1_000
  const started = ownCpuMs()
  const work = async (): Promise<void> => {
    for (; performance.now() < end; sum.queries += 1) await sum.pool.query('SELECT 1')
  }
  await Promise.all(Array.from({ length: workers }, work))
  sum.cpu += ownCpuMs() - started
}

/** In short slices, in reverse order every other time, so that both see the same machine. */
async function measure(): Promise<number> {
  const sums: Sum[] = []
  for (const library of libraries) {
    const { createPool } = (await import(library)) as typeof Library
    sums.push({ pool: createPool(options), cpu: 0, queries: 0 })
  }
  for (const sum of sums) await load(sum, seconds / 4)
  for (const sum of sums) Object.assign(sum, { cpu: 0, queries: 0 })
  for (let slice = 0; slice < slices; slice += 1)
    for (const sum of slice % 2 === 0 ? sums : sums.toReversed()) await load(sum, seconds / slices)
  await Promise.all(sums.map(({ pool }) => pool.close()))
  const [first = NaN, second = NaN] = sums.map(({ cpu, queries }) => cpu / queries)
  return first / second
}

process.stdout.write(String(await measure()))
