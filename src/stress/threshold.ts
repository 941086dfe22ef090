import type { ComparedValue } from './baseline.ts'
import { InvalidValue } from '../errors.ts'
import { orNearest } from '../nearest.ts'
import { quoteValue } from '../values.ts'
import type { StressResult } from './result.ts'

/** A limit for a value of the result, such as `acquire.p95<50ms`. */
export interface Threshold {
  /** The condition for messages, such as `acquire.p95 < 50 ms`. */
  readonly text: string
  readonly judge: (result: StressResult) => JudgedThreshold
}

/** A threshold with the measured value; null if it was not measured, and then the threshold is not met. */
export interface JudgedThreshold {
  readonly threshold: string
  readonly ok: boolean
  readonly measured: number | null
  /** `ms`, `%` or empty. */
  readonly unit: Unit
}

type Measure = (result: StressResult) => number | null
type Unit = 'ms' | '%' | ''

interface Metric {
  readonly unit: Unit
  readonly of: Measure
}

const percentiles = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const
const share = (part: number, { ok, failed }: StressResult): number | null =>
  ok + failed === 0 ? null : (100 * part) / (ok + failed)

/** The metrics by name; durations are in milliseconds, shares in per cent. */
export const metrics: Readonly<Record<string, Metric>> = {
  ...Object.fromEntries(
    (['acquire', 'execute', 'total'] as const).flatMap((time) =>
      percentiles.map((at): [string, Metric] => [
        `${time}.${at}`,
        { unit: 'ms', of: (result) => result[`${time}_ms`][at] },
      ]),
    ),
  ),
  'late.p99': { unit: 'ms', of: ({ late_ms }) => late_ms.p99 },
  dropped: { unit: '', of: ({ dropped }) => dropped },
  'event_loop.p99': { unit: 'ms', of: ({ event_loop_ms }) => event_loop_ms.p99 },
  throughput: { unit: '', of: ({ throughput }) => throughput },
  ok: { unit: '', of: ({ ok }) => ok },
  failed: { unit: '', of: ({ failed }) => failed },
  timeouts: { unit: '', of: ({ timeouts }) => timeouts },
  failed_share: { unit: '%', of: (result) => share(result.failed, result) },
  timeouts_share: { unit: '%', of: (result) => share(result.timeouts, result) },
  'fairness.jain': { unit: '', of: ({ fairness }) => fairness.jain },
}

const comparisons: Readonly<Record<string, (measured: number, bound: number) => boolean>> = {
  '<': (measured, bound) => measured < bound,
  '<=': (measured, bound) => measured <= bound,
  '>': (measured, bound) => measured > bound,
  '>=': (measured, bound) => measured >= bound,
}

/** Parses a threshold such as `acquire.p95<50ms`, `throughput>=1000` or `failed_share<1%`. Throws InvalidValue. */
export function parseThreshold(text: string): Threshold {
  const [, name = '', sign = '', bound = '', unit = ''] =
    /^([\w.]+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)(?:\s*(ms|s|%))?$/.exec(text.trim()) ?? []
  const compare = comparisons[sign]
  if (compare === undefined)
    throw new InvalidValue(
      `must be a metric, a comparison (<, <=, > or >=) and a number, as in 'acquire.p95<50ms', not ${quoteValue(text)}`,
    )
  const metric = Object.hasOwn(metrics, name) ? metrics[name] : undefined
  if (metric === undefined)
    throw new InvalidValue(
      `names an unknown metric ${quoteValue(name)}; ` +
        `the metrics are ${Object.keys(metrics).join(', ')}${orNearest(name, Object.keys(metrics))}`,
    )
  const limit = Number(bound) * factorOf(name, metric.unit, unit)
  const condition = `${name} ${sign} ${`${bound} ${unit}`.trim()}`
  return {
    text: condition,
    judge: (result) => {
      const measured = metric.of(result)
      return {
        threshold: condition,
        ok: measured !== null && compare(measured, limit),
        measured,
        unit: metric.unit,
      }
    },
  }
}

/** The measured value for people, such as `39.359 ms`, or `not measured`. */
export const measuredText = ({ measured, unit }: Pick<JudgedThreshold, 'measured' | 'unit'>): string =>
  measured === null ? 'not measured' : `${Number(measured.toFixed(3))} ${unit}`.trim()

function factorOf(name: string, wanted: Unit, given: string): number {
  if (wanted === 'ms' && (given === 'ms' || given === 's')) return given === 's' ? 1_000 : 1
  if (wanted === given) return 1
  const expected =
    wanted === 'ms' ? 'a duration, as in 50ms or 2s' : wanted === '%' ? 'a share, as in 1%' : 'a number without a unit'
  throw new InvalidValue(`must compare ${name} with ${expected}`)
}

type ComparedTexts = Readonly<Record<'baseline' | 'measured' | 'change', string>>

/** The compared values for people, with their units and a signed change. */
export function comparedTexts({ baseline, measured, unit, change }: ComparedValue): ComparedTexts {
  const text = (value: number): string => `${value} ${unit === 'per second' ? '/ s' : unit}`
  const percent = (Math.abs(change) * 100).toFixed(1)
  return { baseline: text(baseline), measured: text(measured), change: `${change < 0 ? '−' : '+'}${percent} %` }
}
