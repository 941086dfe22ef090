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

/** Below `fine` microseconds, values are exact; above, the error is at most one part in a thousand. */
const fine = 2_048
/** An error of three parts in a hundred, for many histograms at the same time. */
export const coarse = 64
const doublings = 26

/**
 * A log-linear histogram of durations, after HdrHistogram (https://hdrhistogram.org). It takes constant memory (about
 * 110 kB, or 4 kB for a coarse one) and constant time per value. The longest duration is 38 hours; in a coarse one, 71
 * minutes.
 */
export class Histogram {
  /** The sum of several histograms of the same precision. */
  static of(all: readonly HistogramData[], exactUpTo = fine): Histogram {
    const sum = new Histogram(exactUpTo)
    for (const { counts, total, sumMs, maxMs } of all) {
      counts.forEach((count, index) => (sum.#counts[index] = (sum.#counts[index] ?? 0) + count))
      sum.#total += total
      sum.#sumMs += sumMs
      sum.#maxMs = Math.max(sum.#maxMs, maxMs)
    }
    return sum
  }

  readonly #exactUpTo: number
  readonly #counts: Uint32Array
  #total = 0
  #sumMs = 0
  #maxMs = 0

  /** `exactUpTo` is a power of two, in microseconds. */
  constructor(exactUpTo = fine) {
    this.#exactUpTo = exactUpTo
    this.#counts = new Uint32Array(exactUpTo + (doublings * exactUpTo) / 2)
  }

  record(ms: number): void {
    const index = bucketOf(Math.max(0, Math.round(ms * 1_000)), this.#exactUpTo)
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
      if (seen >= rank) return rounded(Math.min(this.#maxMs, upperEndOf(index, this.#exactUpTo) / 1_000))
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

function bucketOf(us: number, exactUpTo: number): number {
  if (us < exactUpTo) return us
  const half = exactUpTo / 2
  const shift = Math.min(doublings, Math.floor(Math.log2(us)) - Math.log2(half))
  const index = shift * half + Math.floor(us / 2 ** shift)
  return Math.min(index, exactUpTo + doublings * half - 1)
}

function upperEndOf(index: number, exactUpTo: number): number {
  if (index < exactUpTo) return index
  const half = exactUpTo / 2
  const shift = Math.floor(index / half) - 1
  return (index - shift * half + 1) * 2 ** shift - 1
}
