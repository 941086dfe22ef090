import { coarse, Histogram, type HistogramData } from './histogram.ts'

/** Longer runs have longer intervals instead of more of them. */
const mostIntervals = 240

/** The histograms of a run in the form that threads send to each other. */
export interface TimesData {
  readonly width: number
  /** By interval; undefined: no iteration ended in it. */
  readonly histograms: readonly (HistogramData | undefined)[]
}

/**
 * Histograms of the times of a run, by interval. An interval is `width` steps long, a power of two, and the width
 * doubles when a run becomes too long. The memory is therefore limited, to about a megabyte.
 */
export class TimesOverTime {
  #width = 1
  #histograms: (Histogram | undefined)[] = []

  /** The sum of several runs at the same time. */
  static of(all: readonly TimesData[]): TimesOverTime {
    const sum = new TimesOverTime()
    const parts = all.map(({ width, histograms }) => {
      const part = new TimesOverTime()
      part.#width = width
      part.#histograms = histograms.map((data) => (data === undefined ? data : Histogram.of([data], coarse)))
      return part
    })
    sum.#width = Math.max(1, ...parts.map((part) => part.#width))
    for (const part of parts) while (part.#width < sum.#width) part.double()
    const length = Math.max(0, ...parts.map((part) => part.#histograms.length))
    sum.#histograms = Array.from({ length }, (_, index) => merged(parts.map((part) => part.#histograms[index])))
    return sum
  }

  data(): TimesData {
    return { width: this.#width, histograms: this.#histograms.map((histogram) => histogram?.data()) }
  }

  /** Records a time in the interval of a step. */
  record(step: number, ms: number): void {
    let index = Math.floor(step / this.#width)
    while (index >= mostIntervals) {
      this.double()
      index = Math.floor(step / this.#width)
    }
    const histogram = (this.#histograms[index] ??= new Histogram(coarse))
    histogram.record(ms)
  }

  /** The width of the intervals of a run of so many steps. */
  widthFor(steps: number): number {
    let width = this.#width
    while (Math.ceil(steps / width) > mostIntervals) width *= 2
    return width
  }

  /** The percentiles between two steps, which are multiples of the width; null if nothing ended between them. */
  percentiles(from: number, to: number, percents: readonly number[]): (number | null)[] {
    const within = this.#histograms.slice(Math.floor(from / this.#width), Math.ceil(to / this.#width))
    return (merged(within) ?? new Histogram(coarse)).at(percents)
  }

  private double(): void {
    this.#width *= 2
    this.#histograms = Array.from({ length: Math.ceil(this.#histograms.length / 2) }, (_, index) =>
      merged(this.#histograms.slice(2 * index, 2 * index + 2)),
    )
  }
}

function merged(histograms: readonly (Histogram | undefined)[]): Histogram | undefined {
  const some = histograms.filter((histogram) => histogram !== undefined)
  if (some.length < 2) return some[0]
  return Histogram.of(
    some.map((histogram) => histogram.data()),
    coarse,
  )
}
