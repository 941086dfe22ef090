import { median } from '../../src/stress/median.ts'

export { median }

/** The middle of several rounds, and how far they lie apart. */
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
 * How many times `peers` fit into `ours`, round by round: two that ran one after the other had the same machine.
 * Undefined
 * where a round is missing or the peer did nothing in one, for a number divided by nothing is no ratio.
 */
export function ratioOf(ours: readonly number[], peers: readonly number[]): Spread | undefined {
  if (ours.length !== peers.length) return undefined
  const ratios = ours.map((value, round) => value / (peers[round] ?? 0))
  return ratios.every(Number.isFinite) ? spreadOf(ratios) : undefined
}
