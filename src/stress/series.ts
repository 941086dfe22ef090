import type { PoolStats } from '../db/pool/pool.ts'
import { TimesOverTime, type TimesData } from './times-over-time.ts'

/** The events of one interval of time; waits are acquire waits. */
export interface Interval {
  /** The end of the interval, in seconds after the start of the run. */
  readonly second: number
  /** Successful iterations per second. */
  readonly throughput: number
  /** The number of iterations that failed; `timeouts` counts the ones without a connection in time. */
  readonly failed: number
  readonly timeouts: number
  /** Percentiles of the total time of successful iterations. */
  readonly p50_ms: number | null
  readonly p95_ms: number | null
  readonly p99_ms: number | null
  readonly wait_mean_ms: number | null
  readonly wait_max_ms: number | null
  /** Means over the samples of the pool. */
  readonly in_use: number | null
  readonly idle: number | null
  readonly waiting: number | null
}

const bucketMs = 100

/** The events of a tenth of a second. */
export interface Bucket {
  ok: number
  failed: number
  timeouts: number
  waits: number
  waitMs: number
  waitMaxMs: number
  samples: number
  inUse: number
  idle: number
  waiting: number
}

const emptyBucket = (): Bucket => ({
  ok: 0,
  failed: 0,
  timeouts: 0,
  waits: 0,
  waitMs: 0,
  waitMaxMs: 0,
  samples: 0,
  inUse: 0,
  idle: 0,
  waiting: 0,
})

/**
 * Merges the buckets of several shards for the same time. All shards sample their pools at the same rate; the sums of
 * their states therefore have as many samples as one shard.
 */
function merged(buckets: readonly Bucket[]): Bucket {
  const sum = (of: Exclude<keyof Bucket, 'waitMaxMs'>): number =>
    buckets.reduce((total, bucket) => total + bucket[of], 0)
  const sampledPools = buckets.filter(({ samples }) => samples > 0).length
  return {
    ok: sum('ok'),
    failed: sum('failed'),
    timeouts: sum('timeouts'),
    waits: sum('waits'),
    waitMs: sum('waitMs'),
    waitMaxMs: Math.max(0, ...buckets.map(({ waitMaxMs }) => waitMaxMs)),
    samples: sampledPools === 0 ? 0 : sum('samples') / sampledPools,
    inUse: sum('inUse'),
    idle: sum('idle'),
    waiting: sum('waiting'),
  }
}

/** A series in the form that threads send to each other. */
export interface SeriesData {
  readonly buckets: readonly Bucket[]
  readonly times: TimesData
}

/** A run in tenths of a second, from the construction of the series. */
export class Series {
  readonly #started = performance.now()
  readonly #buckets: Bucket[] = []
  #times = new TimesOverTime()

  /** Combines series of the same time; the states of their pools are summed. */
  static of(all: readonly SeriesData[]): Series {
    const length = Math.max(0, ...all.map(({ buckets }) => buckets.length))
    const series = new Series()
    for (let index = 0; index < length; index += 1)
      series.#buckets.push(merged(all.flatMap(({ buckets }) => buckets[index] ?? [])))
    series.#times = TimesOverTime.of(all.map(({ times }) => times))
    return series
  }

  data(): SeriesData {
    return { buckets: this.#buckets, times: this.#times.data() }
  }

  succeeded(waitMs: number, totalMs: number): void {
    const index = this.index()
    const bucket = this.at(index)
    bucket.ok += 1
    waited(bucket, waitMs)
    this.#times.record(index, totalMs)
  }

  failed(waitMs: number, isTimeout: boolean): void {
    const bucket = this.at(this.index())
    bucket.failed += 1
    if (isTimeout) bucket.timeouts += 1
    waited(bucket, waitMs)
  }

  sample({ inUse, idle, waiting }: Pick<PoolStats, 'inUse' | 'idle' | 'waiting'>): void {
    const bucket = this.at(this.index())
    bucket.samples += 1
    bucket.inUse += inUse
    bucket.idle += idle
    bucket.waiting += waiting
  }

  /**
   * Successful iterations per second in the first and in the second half between two times, given in seconds. Only full
   * tenths of a second count.
   */
  halves(from: number, to: number): [number, number] {
    const first = Math.ceil((from * 1_000) / bucketMs)
    const end = Math.floor((to * 1_000) / bucketMs)
    const half = Math.max(0, Math.floor((end - first) / 2))
    return [this.rate(first, first + half), this.rate(end - half, end)]
  }

  /** The intervals of a run that lasted `seconds`; the last one can be shorter. */
  intervals(seconds: number): Interval[] {
    const count = Math.min(this.#buckets.length, Math.max(1, Math.ceil((seconds * 1_000) / bucketMs)))
    const width = this.#times.widthFor(count)
    return Array.from({ length: Math.ceil(count / width) }, (_, index) =>
      this.interval(index * width, Math.min(count, (index + 1) * width), seconds),
    )
  }

  private index(): number {
    return Math.floor((performance.now() - this.#started) / bucketMs)
  }

  private at(index: number): Bucket {
    while (this.#buckets.length <= index) this.#buckets.push(emptyBucket())
    return this.#buckets[index] ?? emptyBucket()
  }

  private rate(from: number, to: number): number {
    if (from === to) return 0
    return sum(this.#buckets.slice(from, to).map(({ ok }) => ok)) / (((to - from) * bucketMs) / 1_000)
  }

  private interval(from: number, to: number, seconds: number): Interval {
    const buckets = this.#buckets.slice(from, to)
    const end = Math.min(seconds, (to * bucketMs) / 1_000)
    const lasted = Math.max(0.001, end - (from * bucketMs) / 1_000)
    const total = (of: (bucket: Bucket) => number): number => sum(buckets.map(of))
    const [waits, samples] = [total(({ waits: n }) => n), total(({ samples: n }) => n)]
    const mean = (of: number, n: number): number | null => (n === 0 ? null : Number((of / n).toFixed(3)))
    const [p50_ms = null, p95_ms = null, p99_ms = null] = this.#times.percentiles(from, to, [50, 95, 99])
    return {
      second: Number(end.toFixed(3)),
      throughput: Number((total(({ ok }) => ok) / lasted).toFixed(1)),
      failed: total(({ failed }) => failed),
      timeouts: total(({ timeouts }) => timeouts),
      p50_ms,
      p95_ms,
      p99_ms,
      wait_mean_ms: mean(
        total(({ waitMs }) => waitMs),
        waits,
      ),
      wait_max_ms: waits === 0 ? null : Number(Math.max(...buckets.map(({ waitMaxMs }) => waitMaxMs)).toFixed(3)),
      in_use: mean(
        total(({ inUse }) => inUse),
        samples,
      ),
      idle: mean(
        total(({ idle }) => idle),
        samples,
      ),
      waiting: mean(
        total(({ waiting }) => waiting),
        samples,
      ),
    }
  }
}

function waited(bucket: Bucket, waitMs: number): void {
  bucket.waits += 1
  bucket.waitMs += waitMs
  if (waitMs > bucket.waitMaxMs) bucket.waitMaxMs = waitMs
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
