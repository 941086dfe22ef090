import type { Random } from './random.ts'
import { Weighted } from './weighted.ts'

const hours = 365 * 24
const hourMs = 3_600_000

/**
 * Weights of the hours, in UTC, and of the weekdays, Sunday first: few orders at night, most in the evening, and more
 * towards the weekend.
 */
const hourWeights = [2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 10, 9, 8, 8, 9, 10, 12, 14, 15, 13, 9, 5]
const weekdayWeights = [12, 9, 8, 8, 9, 11, 13]

/** The weight of a season, by month and day: the weeks before Christmas are busy, the holidays are quiet. */
function seasonWeight(at: Date): number {
  const day = (at.getUTCMonth() + 1) * 100 + at.getUTCDate()
  if (day >= 1120 && day < 1201) return 1.5
  if (day >= 1201 && day <= 1220) return 2
  return day >= 1224 && day <= 1226 ? 0.5 : 1
}

/** The year that ends at `until`, in seconds from its start. */
export class Year {
  readonly #startMs: number

  constructor(until: Date) {
    this.#startMs = until.getTime() - hours * hourMs
  }

  static readonly seconds = (hours * hourMs) / 1_000

  /** Formats a second as a DATETIME; it may lie before the year or at its end. */
  text(second: number): string {
    return new Date(this.#startMs + second * 1_000).toISOString().slice(0, 19).replace('T', ' ')
  }

  /** Draws `count` times in ascending order. Trade doubles over the year and varies with hour, weekday and season. */
  times(count: number, random: Random): Uint32Array {
    const weights = Float64Array.from({ length: hours }, (_, hour) => {
      const at = new Date(this.#startMs + hour * hourMs)
      const growth = 1 + hour / hours
      return growth * (hourWeights[at.getUTCHours()] ?? 0) * (weekdayWeights[at.getUTCDay()] ?? 0) * seasonWeight(at)
    })
    const hour = new Weighted(weights)
    return Uint32Array.from({ length: count }, () => hour.draw(random) * 3_600 + random.below(3_600)).sort()
  }
}
