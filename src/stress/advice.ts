import { median } from './median.ts'
import { fitLaw, peakOf, type Fit } from './usl.ts'

/** The measurement of one round at one pool size. */
export interface Round {
  /** Successful iterations per second. */
  readonly throughput: number
  readonly p99Ms: number | null
  /** This process was busy or late, so the round measured the limit of the client. */
  readonly clientBound: boolean
  /** Processor time of this process per thread; 1 means that all threads were always busy. */
  readonly clientCpu: number
}

export interface Size {
  readonly poolSize: number
  readonly rounds: readonly Round[]
}

/** The highest throughput of all sizes, or of the sizes that meet a limit for the 99th percentile. */
export type Goal = { readonly kind: 'throughput' } | { readonly kind: 'p99'; readonly belowMs: number }

export type Verdict = 'knee' | 'no-knee' | 'client-bound' | 'noisy'

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
 * largest size that was measured.
 */
export type Limit = 'server' | 'client' | 'pool'

export interface Advice {
  readonly verdict: Verdict
  /** Null if the measurement does not support a recommendation. */
  readonly recommended: { readonly pool_size: number; readonly max_overflow: number } | null
  /** Null if the rounds do not show it. */
  readonly limit: Limit | null
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

/** A smaller size counts as equally good from this share of the best throughput on. */
const goodEnough = 0.95
/** If the rounds of a typical size differ by more than this, comparing sizes is meaningless. */
const mostSpread = 0.25

/**
 * Recommends the knee: the smallest size within 5 % of the best throughput. The recommendation is null if the verdict
 * is not `knee`. `sizes` must be ascending, with at least one round each.
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
  // If no size meets the goal, the rounds do not show a limit.
  'no-knee': (eligible) => (eligible === 0 ? null : 'pool'),
  noisy: () => null,
}

function verdictOn(sizes: readonly Size[], points: readonly TunedPoint[], chosen: TunedPoint | undefined): Verdict {
  if ((median(points.map(({ spread }) => spread)) ?? 0) > mostSpread) return 'noisy'
  const at = sizes.find(({ poolSize }) => poolSize === chosen?.pool_size)
  if (at !== undefined && at.rounds.filter(({ clientBound }) => clientBound).length * 2 > at.rounds.length)
    return 'client-bound'
  // Beyond the largest size, throughput might still grow.
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
  const next = repeatable()
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

/** A seeded generator (Park and Miller's minimal standard), so that the same measurement gives the same advice. */
function repeatable(): () => number {
  let state = 20_261_124
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
