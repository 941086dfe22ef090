import { DbtoolError } from '../errors.ts'
import type { StressResult } from './result.ts'
import type { Distribution } from './stress-run.ts'

/** The values of a run that can be compared. */
type Figures = Shape & Pick<StressResult, 'throughput' | 'acquire_ms' | 'total_ms'>

type Settings = Readonly<Record<string, unknown>>

/** An earlier run that a new one is compared with. A result without its report has no distribution and no settings. */
export type Baseline = Figures & {
  readonly distribution?: Distribution | undefined
  readonly settings?: Settings | undefined
}

/** Two runs are the same test if these fields are equal. */
const shape = ['mode', 'pool_size', 'max_overflow', 'workers', 'loop'] as const
export type Shape = Pick<StressResult, (typeof shape)[number]>
/** The same for the settings in a report: the work of an iteration, and the rate. */
const sameSettings = { closed: ['an iteration'], open: ['an iteration', 'load'] } as const

interface Compared {
  readonly name: string
  readonly of: (result: Figures) => number | null
  readonly unit: string
  /** Whether a higher value is worse. */
  readonly cost: boolean
}

const compared: readonly Compared[] = [
  { name: 'throughput', of: ({ throughput }) => throughput, unit: 'per second', cost: false },
  { name: 'total.p50', of: ({ total_ms }) => total_ms.p50, unit: 'ms', cost: true },
  { name: 'total.p99', of: ({ total_ms }) => total_ms.p99, unit: 'ms', cost: true },
  { name: 'acquire.p99', of: ({ acquire_ms }) => acquire_ms.p99, unit: 'ms', cost: true },
]

/** Differences between percentiles below this, in milliseconds, are noise. */
const leastMs = 1

const baselineHint = 'use a file that --out json=FILE has written'

/** Parses a result that `--out json` or `--json` wrote. Throws BAD_INPUT for other content. */
export function readBaseline(path: string, text: string): Baseline {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new DbtoolError('BAD_INPUT', `${path} is not JSON`, { hint: baselineHint })
  }
  const report = parsed as { result?: unknown; distribution?: unknown; about?: { settings?: Settings } } | null
  const result = report?.result ?? parsed
  if (!isResult(result))
    throw new DbtoolError('BAD_INPUT', `${path} is not the result of a load test`, {
      hint: baselineHint,
    })
  return {
    ...result,
    distribution: isDistribution(report?.distribution) ? report.distribution : undefined,
    settings: report?.about?.settings,
  }
}

function isDistribution(value: unknown): value is Distribution {
  const { percentiles, total_ms } = (value ?? {}) as Record<string, unknown>
  const areNumbers = (list: unknown): list is (number | null)[] =>
    Array.isArray(list) && list.every((entry) => entry === null || typeof entry === 'number')
  return areNumbers(percentiles) && areNumbers(total_ms) && percentiles.length === total_ms.length
}

function isResult(value: unknown): value is Figures {
  const { throughput, total_ms, acquire_ms } = (value ?? {}) as Record<string, unknown>
  const has = (times: unknown, name: string): boolean => typeof times === 'object' && times !== null && name in times
  return typeof throughput === 'number' && has(total_ms, 'p50') && has(total_ms, 'p99') && has(acquire_ms, 'p99')
}

/** Throws USAGE if a run of this shape, with these settings, is a different test than the baseline. */
export function assertSameTest(baseline: Baseline, run: Shape, settings: Settings = {}): void {
  const changed = (name: string, before: unknown, now: unknown): string[] =>
    before === now ? [] : [`${name} was ${String(before)} and is now ${String(now)}`]
  const changes = [
    ...shape.flatMap((name) => changed(name, baseline[name], run[name])),
    ...(baseline.settings === undefined
      ? []
      : sameSettings[run.loop].flatMap((name) =>
          changed(name, baseline.settings?.[name], settings[name] ?? baseline.settings?.[name]),
        )),
  ]
  if (changes.length === 0) return
  throw new DbtoolError('USAGE', `the baseline is from a different test: ${changes.join('; ')}`)
}

/** A value of the run beside the one of the baseline. */
export interface ComparedValue {
  readonly metric: string
  readonly baseline: number
  readonly measured: number
  readonly unit: string
  /** The change relative to the baseline: 0.1 is 10 % more. */
  readonly change: number
  /** False if the value is worse by more than the tolerated share. */
  readonly ok: boolean
}

/** Compares the values that both have; worse by up to `share` (0.1 is 10 %) is tolerated. */
export function compareWith(baseline: Figures, result: Figures, share: number): ComparedValue[] {
  return compared.flatMap(({ name: metric, of, unit, cost }) => {
    const [before, now] = [of(baseline), of(result)]
    if (before === null || now === null) return []
    const worse = cost ? now > before * (1 + share) && Math.max(before, now) >= leastMs : now < before * (1 - share)
    const change = before === 0 ? 0 : Number((now / before - 1).toFixed(4))
    return [{ metric, baseline: before, measured: now, unit, change, ok: !worse }]
  })
}

/** One sentence for each value that is too much worse. */
export function regressionsOf(comparison: readonly ComparedValue[]): string[] {
  return comparison
    .filter(({ ok }) => !ok)
    .map(
      ({ metric, baseline, measured, unit }) =>
        `${metric} ${measured > baseline ? 'rose' : 'fell'} from ${baseline} to ${measured} ${unit}`,
    )
}
