import { DbtoolError } from '../errors.ts'
import type { Round, Size } from './advice.ts'
import type { StressPlan } from './plan.ts'
import type { StressResult } from './result.ts'

/** Repeated load tests at several pool sizes. Times in milliseconds. */
export interface SweepPlan {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly trialMs: number
  readonly warmupMs: number
  /** The number of workers, the same at all sizes; it should keep the largest pool busy. */
  readonly workers: number
}

export interface SweepHooks {
  /** Runs one load test on a pool of `size` connections. */
  readonly trial: (size: number, plan: StressPlan) => Promise<StressResult>
  readonly signal: AbortSignal
  /** Called after each trial with the number of trials done. */
  readonly onTrial: (done: number, of: number) => void
}

/**
 * Measures all sizes in each round. The order alternates between ascending and descending, so that drift affects all
 * sizes alike. Rejects with QUERY_FAILED if no iteration of a trial succeeds, and with INTERRUPTED.
 */
export async function sweep(
  { sizes, rounds, workers, trialMs, warmupMs }: SweepPlan,
  { trial, signal, onTrial }: SweepHooks,
): Promise<Size[]> {
  const plan: StressPlan = { load: { loop: 'closed', workers }, until: { durationMs: trialMs }, warmupMs, rampMs: 0 }
  const results = new Map<number, Round[]>(sizes.map((size) => [size, []]))
  let done = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const size of round % 2 === 0 ? sizes : [...sizes].reverse()) {
      if (signal.aborted) throw new DbtoolError('INTERRUPTED', 'interrupted before every size was measured')
      results.get(size)?.push(roundOf(await trial(size, plan), signal))
      onTrial((done += 1), sizes.length * rounds)
    }
  }
  return sizes.map((poolSize) => ({ poolSize, rounds: results.get(poolSize) ?? [] }))
}

function roundOf(
  { ok, errors, pool_size, throughput, total_ms, validity, client_cpu }: StressResult,
  signal: AbortSignal,
): Round {
  if (ok === 0 && !signal.aborted)
    throw new DbtoolError('QUERY_FAILED', `no iteration succeeded with a pool of ${pool_size}`, {
      hint: errors[0]?.message,
    })
  // These checks hold also for a trial that is too short for a verdict.
  const clientBound = validity.checks.some(
    ({ check, ok: passed }) => passed === false && (check === 'client_cpu' || check === 'event_loop'),
  )
  return { throughput, p99Ms: total_ms.p99, clientBound, clientCpu: client_cpu }
}

/** Pool sizes 1, 2, 3, 4, 6, 8, 12, …: closer to each other at small sizes. Both ends are included. */
export function sizesBetween(from: number, to: number): number[] {
  const steps = new Set([from, to])
  for (let power = 1; power <= to; power *= 2)
    for (const size of [power, power * 1.5]) if (Number.isInteger(size) && size > from && size < to) steps.add(size)
  return [...steps].sort((a, b) => a - b)
}
