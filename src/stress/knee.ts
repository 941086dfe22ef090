import { median } from './median.ts'
import { normal, type Random, seededRandom } from './random.ts'
import type { Goal, Size } from './rounds.ts'

/** The knee with its uncertainty. All three are positions in the list of sizes; undefined: no size meets the goal. */
export interface Knee {
  /** The best estimate. */
  readonly at: number | undefined
  /** The 95 % interval of the estimate; `to` is undefined if a size that meets the goal may not exist. */
  readonly from: number | undefined
  readonly to: number | undefined
}

/** A smaller size counts as equally good from this share of the best throughput on. */
const goodEnough = 0.95
const draws = 200

/**
 * Estimates the knee: the smallest size that reaches 95 % of the best throughput, among the sizes that meet the goal.
 *
 * The estimate compares logarithms, so that differences are ratios. Each throughput is the level of its size, the
 * effect of its round, and noise; medians estimate levels and effects, so one outlier moves neither. The noise of all
 * sizes together gives the standard error of a level. The interval holds 95 % of the knees of levels that are drawn
 * from the errors; with few rounds, the errors follow Student's t distribution.
 */
export function estimateKnee(sizes: readonly Size[], goal: Goal): Knee {
  const levels = levelsOf(sizes)
  const random = seededRandom()
  const at = kneeAt(levels, eligibleSizes(sizes, goal))
  const knees = Array.from({ length: draws }, () => {
    const error = levels.error * studentFactor(levels.freedom, random)
    const values = levels.values.map((value) => value + error * normal(random))
    return kneeAt({ ...levels, values, error }, eligibleSizes(resampled(sizes, goal, random), goal)) ?? Infinity
  }).sort((a, b) => a - b)
  const quantile = (share: number): number => knees[Math.min(draws - 1, Math.floor(share * draws))] ?? Infinity
  const known = (position: number): number | undefined => (position === Infinity ? undefined : position)
  return {
    at,
    from: known(Math.min(quantile(0.025), at ?? Infinity)),
    to: known(Math.max(quantile(0.975), at ?? Infinity)),
  }
}

interface Levels {
  /** The logarithm of the throughput of each size. */
  readonly values: readonly number[]
  /** The standard error of a value. */
  readonly error: number
  /** The degrees of freedom of the error. */
  readonly freedom: number
}

/** Two levels that differ by less than this many standard errors of a level count as equal: two of their difference. */
const indistinguishable = 2 * Math.SQRT2

/**
 * The position of the smallest eligible level that is good enough. The best throughput is the mean of the levels that
 * cannot be distinguished from the highest one. The highest of many equal levels is high by chance.
 */
function kneeAt({ values, error }: Levels, eligible: readonly boolean[]): number | undefined {
  const candidates = values.filter((_, index) => eligible[index])
  const highest = Math.max(...candidates)
  const alike = candidates.filter((value) => value >= highest - indistinguishable * error)
  const best = alike.reduce((sum, value) => sum + value, 0) / alike.length
  const found = values.findIndex((value, index) => eligible[index] === true && value >= best + Math.log(goodEnough))
  return found === -1 ? undefined : found
}

/** The noise of a single round if there is only one, so that it cannot be measured. */
const assumedNoise = 0.1
/** The standard error of a median in relation to the one of a mean, for the usual number of rounds. */
const medianPenalty = 1.2

function levelsOf(sizes: readonly Size[]): Levels {
  const logs = sizes.map(({ rounds }) => rounds.map(({ throughput }) => Math.log(Math.max(throughput, 1e-9))))
  const count = Math.min(...logs.map((row) => row.length))
  const centres = logs.map(middle)
  const effects = Array.from({ length: count }, (_, round) =>
    middle(logs.map((row, index) => (row[round] ?? 0) - (centres[index] ?? 0))),
  )
  const adjusted = logs.map((row) => effects.map((effect, round) => (row[round] ?? 0) - effect))
  // The effects of the rounds take up a share of the noise.
  const noise =
    count < 2 ? assumedNoise : Math.sqrt((varianceOf(adjusted) * sizes.length) / Math.max(1, sizes.length - 1))
  return {
    values: adjusted.map(middle),
    error: (medianPenalty * noise) / Math.sqrt(count),
    freedom: Math.max(1, (sizes.length - 1) * (count - 1)),
  }
}

const middle = (values: readonly number[]): number => median(values) ?? 0

/** The median of the variances of all sizes: one size with an outlier does not widen the errors of the others. */
function varianceOf(rows: readonly (readonly number[])[]): number {
  const freedom = (rows[0]?.length ?? 2) - 1
  const variances = rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length
    return row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom
  })
  // The median of a χ² distribution is below its mean (Wilson and Hilferty 1931).
  return middle(variances) / (1 - 2 / (9 * freedom)) ** 3
}

/** Turns a standard normal error into one of Student's t distribution. */
function studentFactor(freedom: number, random: Random): number {
  const squares = Array.from({ length: freedom }, () => normal(random) ** 2)
  return Math.sqrt(freedom / squares.reduce((sum, square) => sum + square, 0))
}

function eligibleSizes(sizes: readonly Size[], goal: Goal): boolean[] {
  return sizes.map(({ rounds }) => {
    if (goal.kind === 'throughput') return true
    const p99 = median(rounds.flatMap(({ p99Ms }) => p99Ms ?? []))
    return p99 !== undefined && p99 < goal.belowMs
  })
}

/** The same sizes with rounds drawn with replacement, the same ones for all sizes (bootstrap, Efron 1979). */
function resampled(sizes: readonly Size[], goal: Goal, random: Random): readonly Size[] {
  if (goal.kind === 'throughput') return sizes
  const count = Math.min(...sizes.map(({ rounds }) => rounds.length))
  const drawn = Array.from({ length: count }, () => Math.floor(random() * count))
  return sizes.map((size) => ({ ...size, rounds: drawn.flatMap((round) => size.rounds[round] ?? []) }))
}
