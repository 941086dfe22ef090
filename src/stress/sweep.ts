import { DbtoolError } from '../errors.ts'
import type { Round, Size } from './advice.ts'
import type { StressPlan } from './plan.ts'
import type { StressResult } from './result.ts'

/** A load test at each of several sizes of the pool, several times. Times in milliseconds. */
export interface SweepPlan {
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly trialMs: number
  readonly warmupMs: number
  /** How many ask at once, whatever the size: as many as can keep the largest pool busy. */
  readonly workers: number
}

export interface SweepHooks {
  /** Puts a load on a pool of so many connections. */
  readonly trial: (size: number, plan: StressPlan) => Promise<StressResult>
  readonly signal: AbortSignal
  /** After each trial, with how many are done. */
  readonly onTrial: (done: number, of: number) => void
}

/**
 * Sizes are interleaved, upwards in one round and downwards in the next: what changes in the meantime is shared by all.
 * Rejects when no iteration succeeds.
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
  // Of a trial that is too short for a verdict this can be told all the same.
  const clientBound = validity.checks.some(
    ({ check, ok: kept }) => kept === false && (check === 'client_cpu' || check === 'event_loop'),
  )
  return { throughput, p99Ms: total_ms.p99, clientBound, clientCpu: client_cpu }
}

/** One to four, then by half and by a third more each time: close where it matters. Both ends are in it. */
export function sizesBetween(from: number, to: number): number[] {
  const steps = new Set([from, to])
  for (let power = 1; power <= to; power *= 2)
    for (const size of [power, power * 1.5]) if (Number.isInteger(size) && size > from && size < to) steps.add(size)
  return [...steps].sort((a, b) => a - b)
}
