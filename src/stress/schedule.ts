import { DbtoolError } from '../errors.ts'
import { counted } from '../in-words.ts'
import { durationText } from '../values.ts'

/** The measured cost of one statement, at one connection or at several at the same time. Times in milliseconds. */
export interface Probe {
  readonly connections: number
  /** The longest time of a statement. */
  readonly statementMs: number
  /** The time of the whole trial, with opening and closing its connections. */
  readonly trialMs: number
}

/** Repeated load tests at several pool sizes. Times in milliseconds. */
export interface SweepPlan {
  /** Ascending. */
  readonly sizes: readonly number[]
  /** The largest number of rounds. */
  readonly rounds: number
  readonly trialMs: number
  readonly warmupMs: number
  /** The number of workers, the same at all sizes; it should keep the largest pool busy. */
  readonly workers: number
  /** The time limit of the whole sweep; undefined: the time of `rounds` rounds. */
  readonly timeMs?: number | undefined
}

export interface Schedule {
  readonly sizes: number
  /** The rounds that are sure to be measured, and the largest number of rounds. */
  readonly leastRounds: number
  readonly mostRounds: number
  /** The time limit of the whole sweep, including the probe. */
  readonly timeMs: number
}

/** Fewer rounds show no noise. */
export const leastRounds = 3
/** The pause before each round that shows the load of other programs. */
export const pauseMs = 200
/** The end of the time that no trial is planned into, so that one that takes too long can be cut. */
export const reserveMs = 1_500
/** Statements may become slower than the probe has measured. */
const margin = 1.2

/**
 * Plans a sweep from one statement alone and one on each connection of the largest pool. A trial ends when the
 * statements in flight have ended. Slow statements therefore count twice: after the warm-up, and after the measurement.
 * Throws USAGE if the time limit is too short.
 */
export function scheduleOf(plan: SweepPlan, probes: readonly Probe[], elapsedMs: number): Schedule {
  const { sizes, rounds, timeMs } = plan
  const roundMs = margin * (pauseMs + sizes.reduce((sum, size) => sum + trialCostMs(plan, probes, size), 0))
  const least = Math.min(leastRounds, rounds)
  const neededMs = (count: number): number => Math.ceil((elapsedMs + count * roundMs + reserveMs) / 1_000) * 1_000
  if (timeMs !== undefined && timeMs < neededMs(least))
    throw new DbtoolError(
      'USAGE',
      `--time ${durationText(timeMs)} is too short: ` +
        `${counted(least, 'round')} over ${counted(sizes.length, 'size')} take about ${durationText(neededMs(least))}`,
      { hint: `use --time ${durationText(neededMs(least))}, a shorter --duration or a smaller --max` },
    )
  return { sizes: sizes.length, leastRounds: least, mostRounds: rounds, timeMs: timeMs ?? neededMs(rounds) }
}

function trialCostMs({ trialMs, warmupMs }: SweepPlan, probes: readonly Probe[], size: number): number {
  const statementMs = between(probes, size, ({ statementMs }) => statementMs)
  const overheadMs = between(probes, size, (probe) => Math.max(0, probe.trialMs - probe.statementMs))
  return overheadMs + trialMs + statementMs + (warmupMs > 0 ? warmupMs + statementMs : 0)
}

/** A value at `size` connections, on the straight line between the first and the last probe. */
function between(probes: readonly Probe[], size: number, of: (probe: Probe) => number): number {
  const [first, last] = [probes[0], probes.at(-1)]
  if (first === undefined || last === undefined) return 0
  const share = first === last ? 0 : (size - first.connections) / (last.connections - first.connections)
  return Math.max(0, of(first) + share * (of(last) - of(first)))
}
