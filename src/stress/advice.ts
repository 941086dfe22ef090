import { median } from './median.ts'
import { fitLaw, peakOf, type Fit } from './usl.ts'

/** What one round at one size of the pool gave. */
export interface Round {
  /** Successful iterations a second. */
  readonly throughput: number
  readonly p99Ms: number | null
  /** This process was busy or late: its own limit was measured. */
  readonly clientBound: boolean
  /** Processor time of this process, by threads: 1 is that they were always busy. */
  readonly clientCpu: number
}

export interface Size {
  readonly poolSize: number
  readonly rounds: readonly Round[]
}

/** The most throughput; or the most among the sizes that keep this percentile. */
export type Goal = { readonly kind: 'throughput' } | { readonly kind: 'p99'; readonly belowMs: number }

export type Verdict = 'knee' | 'no-knee' | 'client-bound' | 'noisy'

/** Medians over the rounds of one size; `spread` is between its best and its worst round, relative to the median. */
export interface TunedPoint {
  readonly pool_size: number
  readonly throughput: number
  readonly p99_ms: number | null
  readonly spread: number
  readonly client_cpu: number
}

/**
 * What kept the throughput from being higher; `pool`: more connections would have done more, as far as was measured.
 */
export type Limit = 'server' | 'client' | 'pool'

export interface Advice {
  readonly verdict: Verdict
  /** Null where the measurement does not carry one. */
  readonly recommended: { readonly pool_size: number; readonly max_overflow: number } | null
  /** Null where the rounds do not say. */
  readonly limit: Limit | null
  readonly points: readonly TunedPoint[]
  /** Null where the points are too few. */
  readonly usl: FittedLaw | null
  /** What half and twice as many connections would cost, as far as they were measured: a share of the throughput. */
  readonly sensitivity: { readonly half: number | null; readonly double: number | null }
}

/** The law that fits; it is not asked about sizes that were not measured. */
export interface FittedLaw extends Fit {
  readonly sigma_range: Range
  readonly kappa_range: Range
  /** The number of connections at which it has its maximum; null where that lies outside of what was measured. */
  readonly peak: number | null
}

/**
 * From the 2.5th to the 97.5th percentile of fits to the rounds drawn again with replacement (the bootstrap: Efron
 * 1979).
 */
export type Range = readonly [from: number, to: number]

/** A size within this of the best is as good as the best, and smaller. */
const goodEnough = 0.95
/** Where the rounds of a typical size differ by more than this, their order says nothing. */
const mostSpread = 0.25

/**
 * The smallest size that does nearly the best, if there is one in the range; `sizes` ascending, with at least one round
 * each.
 */
export function adviseOn(sizes: readonly Size[], goal: Goal): Advice {
  const points = sizes.map(pointOf)
  const eligible = points.filter(
    ({ p99_ms }) => goal.kind === 'throughput' || (p99_ms !== null && p99_ms < goal.belowMs),
  )
  const best = Math.max(...eligible.map(({ throughput }) => throughput))
  const chosen = eligible.find(({ throughput }) => throughput >= goodEnough * best)
  const verdict = verdictOn(sizes, points, chosen)
  const sound = verdict === 'knee' && chosen !== undefined
  return {
    verdict,
    recommended: sound ? { pool_size: chosen.pool_size, max_overflow: 0 } : null,
    limit: limits[verdict](eligible.length),
    points,
    usl: lawOf(sizes),
    sensitivity: {
      half: chosen === undefined ? null : costOf(points, chosen, 0.5),
      double: chosen === undefined ? null : costOf(points, chosen, 2),
    },
  }
}

const limits: Readonly<Record<Verdict, (eligible: number) => Limit | null>> = {
  knee: () => 'server',
  'client-bound': () => 'client',
  // Where no size keeps the goal, that is all that is known.
  'no-knee': (eligible) => (eligible === 0 ? null : 'pool'),
  noisy: () => null,
}

function verdictOn(sizes: readonly Size[], points: readonly TunedPoint[], chosen: TunedPoint | undefined): Verdict {
  if ((median(points.map(({ spread }) => spread)) ?? 0) > mostSpread) return 'noisy'
  const at = sizes.find(({ poolSize }) => poolSize === chosen?.pool_size)
  if (at !== undefined && at.rounds.filter(({ clientBound }) => clientBound).length * 2 > at.rounds.length)
    return 'client-bound'
  // At the end of the range nobody knows what would come.
  return chosen === undefined || chosen === points.at(-1) ? 'no-knee' : 'knee'
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

/** How much less throughput there is at a multiple of the size; the nearest that was measured, if it is near. */
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
  const next = repeatable()
  const fits = Array.from({ length: resamples }, () =>
    fitLaw(
      sizes.flatMap(({ poolSize, rounds }) =>
        rounds.map(() => ({ n: poolSize, throughput: rounds[Math.floor(next() * rounds.length)]?.throughput ?? 0 })),
      ),
    ),
  ).filter((one): one is Fit => one !== undefined)
  const peak = peakOf(fit)
  const measured =
    peak >= Math.min(...sizes.map(({ poolSize }) => poolSize)) &&
    peak <= Math.max(...sizes.map(({ poolSize }) => poolSize))
  return {
    ...fit,
    sigma_range: rangeOf(fits.map(({ sigma }) => sigma)),
    kappa_range: rangeOf(fits.map(({ kappa }) => kappa)),
    peak: measured ? peak : null,
  }
}

function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
  return [at(0.025), at(0.975)]
}

/** The same advice for the same measurement: Park and Miller's minimal standard generator. */
function repeatable(): () => number {
  let state = 20_261_124
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
