/** Percentiles in milliseconds; all null if nothing was recorded. */
export interface Percentiles {
  readonly p50: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly p999: number | null
  readonly max: number | null
  readonly mean: number | null
}

/** A histogram in the form that threads send to each other. */
export interface HistogramData {
  readonly counts: Uint32Array
  readonly total: number
  readonly sumMs: number
  readonly maxMs: number
}

/** Below this number of microseconds, values are exact; above, the error is at most one part in a thousand. */
const exactUpTo = 2_048
const halfBuckets = exactUpTo / 2
const doublings = 26

/**
 * A log-linear histogram of durations, after HdrHistogram (https://hdrhistogram.org). It takes constant memory (about
 * 110 kB) and constant time per value. The longest duration is 38 hours.
 */
export class Histogram {
  /** The sum of several histograms. */
  static of(all: readonly HistogramData[]): Histogram {
    const sum = new Histogram()
    for (const { counts, total, sumMs, maxMs } of all) {
      counts.forEach((count, index) => (sum.#counts[index] = (sum.#counts[index] ?? 0) + count))
      sum.#total += total
      sum.#sumMs += sumMs
      sum.#maxMs = Math.max(sum.#maxMs, maxMs)
    }
    return sum
  }

  readonly #counts = new Uint32Array(exactUpTo + doublings * halfBuckets)
  #total = 0
  #sumMs = 0
  #maxMs = 0

  record(ms: number): void {
    const index = bucketOf(Math.max(0, Math.round(ms * 1_000)))
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total += 1
    this.#sumMs += ms
    if (ms > this.#maxMs) this.#maxMs = ms
  }

  data(): HistogramData {
    return { counts: this.#counts, total: this.#total, sumMs: this.#sumMs, maxMs: this.#maxMs }
  }

  /** The smallest value that is at least as large as the share `fraction` of all values, in milliseconds. */
  percentile(fraction: number): number | null {
    if (this.#total === 0) return null
    const rank = Math.max(1, Math.ceil(fraction * this.#total))
    let seen = 0
    for (let index = 0; index < this.#counts.length; index += 1) {
      seen += this.#counts[index] ?? 0
      if (seen >= rank) return rounded(Math.min(this.#maxMs, upperEndOf(index) / 1_000))
    }
    return rounded(this.#maxMs)
  }

  get count(): number {
    return this.#total
  }

  get sumMs(): number {
    return this.#sumMs
  }

  /** The percentiles at these places, given in per cent. */
  at(percents: readonly number[]): (number | null)[] {
    return percents.map((percent) => this.percentile(percent / 100))
  }

  percentiles(): Percentiles {
    const at = (fraction: number): number | null => this.percentile(fraction)
    const some = this.#total > 0
    return {
      p50: at(0.5),
      p90: at(0.9),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      max: some ? rounded(this.#maxMs) : null,
      mean: some ? rounded(this.#sumMs / this.#total) : null,
    }
  }
}

const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000

function bucketOf(us: number): number {
  if (us < exactUpTo) return us
  const shift = Math.min(doublings, Math.floor(Math.log2(us)) - Math.log2(halfBuckets))
  const index = shift * halfBuckets + Math.floor(us / 2 ** shift)
  return Math.min(index, exactUpTo + doublings * halfBuckets - 1)
}

function upperEndOf(index: number): number {
  if (index < exactUpTo) return index
  const shift = Math.floor(index / halfBuckets) - 1
  return (index - shift * halfBuckets + 1) * 2 ** shift - 1
}
