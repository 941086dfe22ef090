import type { Random } from './random.ts'

/** Draws indexes with probabilities proportional to their weights. */
export class Weighted {
  readonly #sums: Float64Array

  constructor(weights: ArrayLike<number>) {
    let sum = 0
    this.#sums = Float64Array.from(weights, (weight) => (sum += weight))
  }

  draw(random: Random): number {
    const sums = this.#sums
    let [low, high] = [0, sums.length - 1]
    const wanted = random.share() * (sums[high] ?? 0)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** Zipf's law: the k-th most popular item is drawn 1/k as often as the first. The order of popularity is shuffled. */
export function longTail(count: number, random: Random): Weighted {
  const weights = Float64Array.from({ length: count }, (_, index) => 1 / (index + 1))
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random.below(last + 1)
    const saved = weights[last] ?? 0
    weights[last] = weights[other] ?? 0
    weights[other] = saved
  }
  return new Weighted(weights)
}
