import type { Pool } from '../db/pool.ts'
import type { Series } from './series.ts'

const everyMs = 20

/** Looks at a pool at even intervals: what it says is independent of what the iterations measure. */
export class Gauges {
  #inUse = 0
  #samples = 0
  readonly #timer: NodeJS.Timeout

  constructor(pool: Pool, series: Series) {
    this.#timer = setInterval(() => {
      const figures = pool.figures()
      this.#inUse += figures.inUse
      this.#samples += 1
      series.looked(figures)
    }, everyMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  get inUse(): { mean: number; samples: number } {
    return { mean: this.#samples === 0 ? 0 : this.#inUse / this.#samples, samples: this.#samples }
  }
}
