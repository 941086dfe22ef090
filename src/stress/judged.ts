import { DbtoolError } from '../errors.ts'
import { type Baseline, type ComparedValue, compareWith, regressionsOf } from './baseline.ts'
import type { StressResult } from './result.ts'
import { type JudgedThreshold, measuredText, type Threshold } from './threshold.ts'

/** A result with its verdicts: each threshold, and each value beside the one of the baseline. */
export interface JudgedResult extends StressResult {
  readonly thresholds: readonly JudgedThreshold[]
  readonly comparison: readonly ComparedValue[]
}

export interface Expectations {
  readonly thresholds: readonly Threshold[]
  readonly baseline: Baseline | undefined
  /** The tolerated regression from the baseline; 0.1 is 10 %. */
  readonly maxRegression: number
}

export function judgedResult(
  result: StressResult,
  { thresholds, baseline, maxRegression }: Expectations,
): JudgedResult {
  return {
    ...result,
    thresholds: thresholds.map(({ judge }) => judge(result)),
    comparison: baseline === undefined ? [] : compareWith(baseline, result, maxRegression),
  }
}

/** Throws QUERY_FAILED if no iteration succeeded, and THRESHOLD_MISSED for a failed threshold or a regression. */
export function assertExpectations({ ok, errors, thresholds, comparison }: JudgedResult): void {
  if (ok === 0) throw new DbtoolError('QUERY_FAILED', 'no iteration succeeded', { hint: errors[0]?.message })
  const missed = thresholds
    .filter((threshold) => !threshold.ok)
    .map((threshold) => `threshold failed: ${threshold.threshold} (${foundText(threshold)})`)
  const faults = [...missed, ...regressionsOf(comparison)]
  if (faults.length > 0) throw new DbtoolError('THRESHOLD_MISSED', faults.join('; '))
}

const foundText = (threshold: JudgedThreshold): string =>
  threshold.measured === null ? measuredText(threshold) : `measured ${measuredText(threshold)}`
