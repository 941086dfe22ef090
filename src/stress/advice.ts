import { estimateKnee, type Knee } from './knee.ts'
import { median } from './median.ts'
import { seededRandom } from './random.ts'
import type { Goal, Size } from './rounds.ts'
import { fitLaw, peakOf, type Fit } from './usl.ts'

/** A sweep, for the advice on it. */
export interface Measured {
  /** Ascending, with at least one round each. */
  readonly sizes: readonly Size[]
  readonly workers: number
  /** The share of this machine that other programs used, 0 to 1. */
  readonly otherLoad: number
  /** Sizes or rounds are missing, because the time was up. */
  readonly incomplete: boolean
  /** The user ended the sweep. */
  readonly interrupted: boolean
}

export type Verdict = 'knee' | 'no-knee' | 'client-bound'

/** Medians over the rounds of one size. `spread` is the best round less the worst one, relative to the median. */
export interface TunedPoint {
  readonly pool_size: number
  readonly throughput: number
  readonly p99_ms: number | null
  readonly spread: number
  readonly client_cpu: number
}

/**
 * The cause that limited the throughput. `pool` means that throughput still grew with more connections, up to the
 * largest size that was measured. `load` means that there were no more workers to use another connection.
 */
export type Limit = 'server' | 'client' | 'pool' | 'load'

/**
 * A reason for low confidence: load of other programs, rounds that differ too much for a narrow range, too little time,
 * an interrupt, or a busy client.
 */
export type Doubt = 'other-load' | 'wide-range' | 'too-little-time' | 'interrupted' | 'client-bound'

export interface Advice {
  readonly verdict: Verdict
  /** The best estimate of the knee. Null if the measured sizes do not include it. */
  readonly recommended: { readonly pool_size: number; readonly max_overflow: number } | null
  /** The 95 % interval of the knee. Null: beyond the largest size. */
  readonly range: { readonly from: number | null; readonly to: number | null }
  readonly confidence: 'high' | 'low'
  readonly doubts: readonly Doubt[]
  /** Null if the rounds do not show it. */
  readonly limit: Limit | null
  /** The number of rounds. */
  readonly rounds: number
  /** The share of this machine that other programs used between the rounds, 0 to 1. */
  readonly other_load: number
  readonly points: readonly TunedPoint[]
  /** Null if there are too few points to fit. */
  readonly usl: FittedLaw | null
  /** The share of throughput that half and twice as many connections would lose; null for sizes not measured. */
  readonly sensitivity: { readonly half: number | null; readonly double: number | null }
}

/** The fitted law. It makes no statement about sizes that were not measured. */
export interface FittedLaw extends Fit {
  readonly sigma_range: Range
  readonly kappa_range: Range
  /** The number of connections at the maximum of the law; null if that lies outside of the measured sizes. */
  readonly peak: number | null
}

/** The 2.5th to the 97.5th percentile of fits to rounds resampled with replacement (bootstrap, Efron 1979). */
export type Range = readonly [from: number, to: number]

/** From this share of the machine on, the load of other programs changes the result. */
const noticeableLoad = 0.15

/** Recommends the knee: the smallest size within 5 % of the best throughput, among the sizes that meet the goal. */
export function adviseOn(measured: Measured, goal: Goal): Advice {
  const { sizes, otherLoad } = measured
  const points = sizes.map(pointOf)
  const knee = estimateKnee(sizes, goal)
  const chosen = knee.at === undefined ? undefined : points[knee.at]
  const verdict = verdictOn(sizes, knee)
  const doubts = doubtsAbout(measured, knee, verdict)
  return {
    verdict,
    recommended:
      verdict === 'no-knee' || chosen === undefined ? null : { pool_size: chosen.pool_size, max_overflow: 0 },
    range: rangeOf(sizes, knee, verdict),
    confidence: doubts.length === 0 ? 'high' : 'low',
    doubts,
    limit: chosen === undefined ? null : limitAt(chosen.pool_size, verdict, measured.workers),
    rounds: Math.min(...sizes.map(({ rounds }) => rounds.length)),
    other_load: Number(otherLoad.toFixed(3)),
    points,
    usl: lawOf(sizes),
    sensitivity: {
      half: chosen === undefined ? null : costOf(points, chosen, 0.5),
      double: chosen === undefined ? null : costOf(points, chosen, 2),
    },
  }
}

/** Whether more rounds would hardly change the answer: its range is one size, or two neighbours. */
export function isClear(sizes: readonly Size[], goal: Goal): boolean {
  return isNarrow(estimateKnee(sizes, goal))
}

const isNarrow = ({ from, to }: Knee): boolean =>
  from === to || (from !== undefined && to !== undefined && to - from <= 1)

function verdictOn(sizes: readonly Size[], { at }: Knee): Verdict {
  const chosen = at === undefined ? undefined : sizes[at]
  if (chosen === undefined) return 'no-knee'
  if (chosen.rounds.filter(({ clientBound }) => clientBound).length * 2 > chosen.rounds.length) return 'client-bound'
  // Beyond the largest size, throughput might still grow.
  return at === sizes.length - 1 ? 'no-knee' : 'knee'
}

function limitAt(poolSize: number, verdict: Verdict, workers: number): Limit {
  if (verdict === 'client-bound') return 'client'
  if (poolSize > workers || (poolSize === workers && verdict === 'knee')) return 'load'
  return verdict === 'knee' ? 'server' : 'pool'
}

function doubtsAbout({ otherLoad, incomplete, interrupted }: Measured, knee: Knee, verdict: Verdict): Doubt[] {
  return [
    ...(otherLoad >= noticeableLoad ? (['other-load'] as const) : []),
    ...(isNarrow(knee) ? [] : (['wide-range'] as const)),
    ...(incomplete ? (['too-little-time'] as const) : []),
    ...(interrupted ? (['interrupted'] as const) : []),
    ...(verdict === 'client-bound' ? (['client-bound'] as const) : []),
  ]
}

function rangeOf(sizes: readonly Size[], { from, to }: Knee, verdict: Verdict): Advice['range'] {
  // The largest size stands for all sizes beyond it. A faster client might use more connections.
  const last = sizes.length - 1
  const sizeAt = (position: number | undefined): number | null =>
    position === undefined ? null : (sizes[position]?.poolSize ?? null)
  return {
    from: sizeAt(from),
    to: verdict === 'client-bound' || to === last ? null : sizeAt(to),
  }
}

function pointOf({ poolSize, rounds }: Size): TunedPoint {
  const throughputs = rounds.map(({ throughput }) => throughput)
  const throughput = median(throughputs) ?? 0
  return {
    pool_size: poolSize,
    throughput,
    p99_ms: median(rounds.flatMap(({ p99Ms }) => p99Ms ?? [])) ?? null,
    spread: throughput === 0 ? 0 : (Math.max(...throughputs) - Math.min(...throughputs)) / throughput,
    client_cpu: median(rounds.map(({ clientCpu }) => clientCpu)) ?? 0,
  }
}

/**
 * The share of throughput lost at a multiple of the size. Uses the nearest measured size; null if that differs from the
 * multiple by more than a quarter.
 */
function costOf(points: readonly TunedPoint[], { pool_size, throughput }: TunedPoint, factor: number): number | null {
  const wanted = pool_size * factor
  const [nearest] = [...points].sort((a, b) => Math.abs(a.pool_size - wanted) - Math.abs(b.pool_size - wanted))
  if (nearest === undefined || nearest.pool_size === pool_size || Math.abs(nearest.pool_size - wanted) > wanted / 4)
    return null
  return 1 - nearest.throughput / throughput
}

const resamples = 200

function lawOf(sizes: readonly Size[]): FittedLaw | null {
  const fit = fitLaw(
    sizes.flatMap(({ poolSize, rounds }) => rounds.map(({ throughput }) => ({ n: poolSize, throughput }))),
  )
  if (fit === undefined) return null
  const next = seededRandom()
  const fits = Array.from({ length: resamples }, () =>
    fitLaw(
      sizes.flatMap(({ poolSize, rounds }) =>
        rounds.map(() => ({ n: poolSize, throughput: rounds[Math.floor(next() * rounds.length)]?.throughput ?? 0 })),
      ),
    ),
  ).filter((resampled): resampled is Fit => resampled !== undefined)
  const peak = peakOf(fit)
  const measured =
    peak >= Math.min(...sizes.map(({ poolSize }) => poolSize)) &&
    peak <= Math.max(...sizes.map(({ poolSize }) => poolSize))
  return {
    ...fit,
    sigma_range: middleOf(fits.map(({ sigma }) => sigma)),
    kappa_range: middleOf(fits.map(({ kappa }) => kappa)),
    peak: measured ? peak : null,
  }
}

function middleOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return [at(0.025), at(0.975)]
}
