import { median } from '../../src/stress/median.ts'

export { median }

/** The median of several rounds, with the smallest and the largest value. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread | undefined {
  const middle = median(values)
  return middle === undefined ? undefined : { median: middle, min: Math.min(...values), max: Math.max(...values) }
}

/**
 * The ratio of two series, round by round, because two trials of one round saw the same state of the machine. Undefined
 * if a round is missing or the denominator of a round is zero.
 */
export function ratioOf(values: readonly number[], peers: readonly number[]): Spread | undefined {
  if (values.length !== peers.length) return undefined
  const ratios = values.map((value, round) => value / (peers[round] ?? 0))
  return ratios.every(Number.isFinite) ? spreadOf(ratios) : undefined
}

/** The smallest value that `share` of all values do not exceed; 0 without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0
}
