import type { PoolStats } from '../db/pool/pool.ts'

/** What happened in one stretch of time; waits are those for a connection. */
export interface Stretch {
  /** Its end, in seconds after the beginning of the run. */
  readonly second: number
  /** Successful iterations a second. */
  readonly throughput: number
  /** Iterations that failed. */
  readonly failed: number
  readonly wait_mean_ms: number | null
  readonly wait_max_ms: number | null
  /** Means of what the pool showed. */
  readonly in_use: number | null
  readonly idle: number | null
  readonly waiting: number | null
}

const bucketMs = 100
/** Longer runs have longer stretches. */
const mostStretches = 240

/** A tenth of a second. */
export interface Bucket {
  ok: number
  failed: number
  waits: number
  waitMs: number
  waitMaxMs: number
  looks: number
  inUse: number
  idle: number
  waiting: number
}

const emptyBucket = (): Bucket => ({
  ok: 0,
  failed: 0,
  waits: 0,
  waitMs: 0,
  waitMaxMs: 0,
  looks: 0,
  inUse: 0,
  idle: 0,
  waiting: 0,
})

/** Each looked at its own pool, equally often as long as it went on: the sum was looked at as often as one of them. */
function merged(buckets: readonly Bucket[]): Bucket {
  const sum = (of: Exclude<keyof Bucket, 'waitMaxMs'>): number =>
    buckets.reduce((total, bucket) => total + bucket[of], 0)
  const lookers = buckets.filter(({ looks }) => looks > 0).length
  return {
    ok: sum('ok'),
    failed: sum('failed'),
    waits: sum('waits'),
    waitMs: sum('waitMs'),
    waitMaxMs: Math.max(0, ...buckets.map(({ waitMaxMs }) => waitMaxMs)),
    looks: lookers === 0 ? 0 : sum('looks') / lookers,
    inUse: sum('inUse'),
    idle: sum('idle'),
    waiting: sum('waiting'),
  }
}

/** A run by tenths of a second, from when it is made. */
export class Series {
  readonly #started = performance.now()
  readonly #buckets: Bucket[]

  constructor(buckets: readonly Bucket[] = []) {
    this.#buckets = [...buckets]
  }

  /** Several that went on at the same time, as one: of what their pools showed, the sum. */
  static of(all: readonly (readonly Bucket[])[]): Series {
    const length = Math.max(0, ...all.map((buckets) => buckets.length))
    return new Series(Array.from({ length }, (_, index) => merged(all.flatMap((buckets) => buckets[index] ?? []))))
  }

  data(): readonly Bucket[] {
    return this.#buckets
  }

  ended(ok: boolean, waitMs: number): void {
    const bucket = this.now()
    if (ok) bucket.ok += 1
    else bucket.failed += 1
    bucket.waits += 1
    bucket.waitMs += waitMs
    if (waitMs > bucket.waitMaxMs) bucket.waitMaxMs = waitMs
  }

  looked({ inUse, idle, waiting }: Pick<PoolStats, 'inUse' | 'idle' | 'waiting'>): void {
    const bucket = this.now()
    bucket.looks += 1
    bucket.inUse += inUse
    bucket.idle += idle
    bucket.waiting += waiting
  }

  /**
   * Successful iterations a second in the first and in the second half of the whole tenths of a second between two
   * times, in seconds.
   */
  halves(from: number, to: number): [number, number] {
    const first = Math.ceil((from * 1_000) / bucketMs)
    const end = Math.floor((to * 1_000) / bucketMs)
    const half = Math.max(0, Math.floor((end - first) / 2))
    return [this.rate(first, first + half), this.rate(end - half, end)]
  }

  /** Of a run of so many seconds; the last is as long as it was. */
  stretches(seconds: number): Stretch[] {
    const count = Math.min(this.#buckets.length, Math.max(1, Math.ceil((seconds * 1_000) / bucketMs)))
    const width = Math.max(1, Math.ceil(count / mostStretches))
    return Array.from({ length: Math.ceil(count / width) }, (_, index) =>
      this.stretch(index * width, Math.min(count, (index + 1) * width), seconds),
    )
  }

  private now(): Bucket {
    const index = Math.floor((performance.now() - this.#started) / bucketMs)
    while (this.#buckets.length <= index) this.#buckets.push(emptyBucket())
    return this.#buckets[index] ?? emptyBucket()
  }

  private rate(from: number, to: number): number {
    if (from === to) return 0
    return sum(this.#buckets.slice(from, to).map(({ ok }) => ok)) / (((to - from) * bucketMs) / 1_000)
  }

  private stretch(from: number, to: number, seconds: number): Stretch {
    const buckets = this.#buckets.slice(from, to)
    const end = Math.min(seconds, (to * bucketMs) / 1_000)
    const lasted = Math.max(0.001, end - (from * bucketMs) / 1_000)
    const total = (of: (bucket: Bucket) => number): number => sum(buckets.map(of))
    const [waits, looks] = [total(({ waits: n }) => n), total(({ looks: n }) => n)]
    const mean = (of: number, n: number): number | null => (n === 0 ? null : Number((of / n).toFixed(3)))
    return {
      second: Number(end.toFixed(3)),
      throughput: Number((total(({ ok }) => ok) / lasted).toFixed(1)),
      failed: total(({ failed }) => failed),
      wait_mean_ms: mean(
        total(({ waitMs }) => waitMs),
        waits,
      ),
      wait_max_ms: waits === 0 ? null : Number(Math.max(...buckets.map(({ waitMaxMs }) => waitMaxMs)).toFixed(3)),
      in_use: mean(
        total(({ inUse }) => inUse),
        looks,
      ),
      idle: mean(
        total(({ idle }) => idle),
        looks,
      ),
      waiting: mean(
        total(({ waiting }) => waiting),
        looks,
      ),
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
