import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAway } from '../db/retry-table.ts'
import { DbtoolError, type ErrorCode } from '../errors.ts'
import { durationText } from '../values.ts'
import type { StressPlan } from './plan.ts'
import { meansOf } from './observer.ts'
import type { Round, Size } from './rounds.ts'
import type { StressRun } from './stress-run.ts'
import { pauseMs, type Probe, reserveMs, type Schedule, scheduleOf, type SweepPlan } from './schedule.ts'

/** The parts of a run that a sweep uses. */
export type SweptRun = Pick<StressRun, 'result' | 'server'>

export interface SweepHooks {
  /** Runs one load test on a pool of `size` connections, and cuts it when `signal` aborts. */
  readonly trial: (size: number, plan: StressPlan, signal: AbortSignal) => Promise<SweptRun>
  /** Waits for `ms`, and resolves to the share of this machine that other programs use meanwhile. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<number>
  /** Whether the rounds until now are enough for a clear answer. */
  readonly enough: (sizes: readonly Size[]) => boolean
  readonly signal: AbortSignal
  /** Called once, before the first round. */
  readonly onSchedule: (schedule: Schedule) => void
  /** Called before each trial with the numbers of its round and of its size, from 1. */
  readonly onTrial: (round: number, trial: number) => void
  /** The clock, in milliseconds. */
  readonly now?: () => number
}

/** The measurements of a sweep. */
export interface Sweep {
  /** Ascending; sizes without a round are missing. All sizes have the same number of rounds. */
  readonly sizes: readonly Size[]
  /** The mean share of this machine that other programs used between the rounds. */
  readonly otherLoad: number
  /** Sizes or rounds are missing, because the time was up. */
  readonly incomplete: boolean
  /** The user ended it. */
  readonly interrupted: boolean
  /** Rounds that do not count: the server was lost meanwhile, or the pool moved to another host. */
  readonly discardedRounds: number
}

/**
 * Measures one statement, announces the time, and then measures all sizes in each round. The order alternates between
 * ascending and descending, so that drift affects all sizes alike. Ends when the answer is clear, or when another round
 * would exceed the time. Rejects with USAGE if the time is too short, with QUERY_FAILED if no iteration of a trial
 * succeeds. After an interrupt, it resolves to the measurements until then, or rejects with INTERRUPTED if there is
 * nothing to compare.
 */
export async function sweep(plan: SweepPlan, hooks: SweepHooks): Promise<Sweep> {
  const now = hooks.now ?? ((): number => performance.now())
  const started = now()
  const trials = new Trials(hooks)
  try {
    if (plan.timeMs !== undefined) trials.cutAfter(plan.timeMs - reserveMs)
    const probes = await probe(plan, trials, now)
    const schedule = scheduleOf(plan, probes, now() - started)
    hooks.onSchedule(schedule)
    const endMs = started + schedule.timeMs - reserveMs
    trials.cutAfter(endMs - now())
    const rounds = new Map<number, Round[]>(plan.sizes.map((size) => [size, []]))
    const loads: number[] = []
    let [longestMs, discardedRounds] = [0, 0]
    for (let round = 1; round <= schedule.mostRounds && !hooks.signal.aborted;) {
      if (round > schedule.leastRounds && hooks.enough(measuredSizes(rounds))) break
      const roundStarted = now()
      if (roundStarted + longestMs > endMs) break
      loads.push(await trials.pause())
      const { measured, isDisturbed } = await measureRound(plan, trials, round, hooks.onTrial)
      if (isDisturbed) {
        discardedRounds += 1
        continue
      }
      longestMs = Math.max(longestMs, now() - roundStarted)
      // A round that was cut has not measured all sizes under the same conditions; of the first one, they are all.
      if (measured.size === plan.sizes.length || round === 1)
        for (const [size, result] of measured) rounds.get(size)?.push(result)
      round += 1
    }
    const sizes = measuredSizes(rounds)
    const interrupted = hooks.signal.aborted
    if (interrupted && sizes.length < Math.min(2, plan.sizes.length)) throw interruption()
    if (sizes.length === 0) throw new DbtoolError('QUERY_FAILED', 'the time was up before any size was measured')
    const isShort = [...rounds.values()].some((measured) => measured.length < schedule.leastRounds)
    return { sizes, otherLoad: meanOf(loads), incomplete: isShort && !interrupted, interrupted, discardedRounds }
  } finally {
    trials.end()
  }
}

/** A server that is away is asked again for this long, as in a failover. */
const longestOutageMs = 10_000
const outagePauseMs = 100

/** Runs trials until the time is up. */
class Trials {
  readonly #hooks: SweepHooks
  readonly #cut = new AbortController()
  readonly #signal: AbortSignal
  #timer: NodeJS.Timeout | undefined
  #hasRun = false
  /** How often the server was away. */
  outages = 0

  constructor(hooks: SweepHooks) {
    this.#hooks = hooks
    this.#signal = AbortSignal.any([hooks.signal, this.#cut.signal])
    // Each connection of the largest pool listens.
    setMaxListeners(0, this.#signal)
  }

  get isInterrupted(): boolean {
    return this.#hooks.signal.aborted
  }

  cutAfter(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#cut.abort(), Math.max(0, ms))
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  pause(): Promise<number> {
    return this.#hooks.pause(pauseMs, this.#signal)
  }

  /**
   * Resolves to undefined if the time was up before the trial ended, or after an interrupt. A trial during which the
   * server was away is repeated, unless it is the first one.
   */
  async run(size: number, plan: StressPlan): Promise<SweptRun | undefined> {
    const giveUpAt = performance.now() + longestOutageMs
    for (;;) {
      try {
        const run = await this.runOnce(size, plan)
        this.#hasRun = true
        return run
      } catch (error) {
        if (this.#signal.aborted) return undefined
        if (!this.#hasRun || !isAway(error) || performance.now() > giveUpAt) throw error
        this.outages += 1
        await sleep(outagePauseMs)
      }
    }
  }

  private async runOnce(size: number, plan: StressPlan): Promise<SweptRun> {
    this.#signal.throwIfAborted()
    const run = await this.#hooks.trial(size, plan, this.#signal)
    this.#signal.throwIfAborted()
    if (run.result.ok > 0) return run
    const [first] = run.result.errors
    const away = new DbtoolError((first?.code ?? 'QUERY_FAILED') as ErrorCode, first?.message ?? '')
    if (isAway(away)) throw away
    const hint = first?.message
    throw new DbtoolError('QUERY_FAILED', `no iteration succeeded with a pool of ${size}`, { hint })
  }
}

/** One statement alone, and then one on each connection of the largest pool. */
async function probe({ sizes, timeMs }: SweepPlan, trials: Trials, now: () => number): Promise<Probe[]> {
  const probes: Probe[] = []
  for (const connections of new Set([1, sizes.at(-1) ?? 1])) {
    const started = now()
    const load = { loop: 'closed', workers: connections } as const
    const run = await trials.run(connections, { load, until: { iterations: 1 }, warmupMs: 0, rampMs: 0 })
    if (run === undefined && trials.isInterrupted) throw interruption()
    if (run === undefined)
      throw new DbtoolError('USAGE', `--time ${durationText(timeMs ?? 0)} is too short for one statement`, {
        hint: 'use a longer --time, or a faster statement',
      })
    probes.push({ connections, statementMs: run.result.total_ms.max ?? 0, trialMs: now() - started })
  }
  return probes
}

interface MeasuredRound {
  readonly measured: ReadonlyMap<number, Round>
  /** The sizes were not measured on one server that was always there. */
  readonly isDisturbed: boolean
}

/** Measures each size once, until the time is up. */
async function measureRound(
  { sizes, workers, trialMs, warmupMs }: SweepPlan,
  trials: Trials,
  round: number,
  onTrial: SweepHooks['onTrial'],
): Promise<MeasuredRound> {
  const plan: StressPlan = {
    load: { loop: 'closed', workers },
    until: { durationMs: trialMs, waiting: 'dropped' },
    warmupMs,
    rampMs: 0,
  }
  const measured = new Map<number, Round>()
  const used = new Set<string>()
  const outages = trials.outages
  let isDisturbed = false
  for (const [index, size] of (round % 2 === 1 ? sizes : [...sizes].reverse()).entries()) {
    onTrial(round, index + 1)
    const run = await trials.run(size, plan)
    if (run === undefined) break
    measured.set(size, roundOf(run))
    const { hosts, failovers } = run.result
    for (const { host, ok } of hosts) if (ok > 0) used.add(host)
    isDisturbed ||= failovers.length > 0 || used.size > 1
  }
  return { measured, isDisturbed: isDisturbed || trials.outages > outages }
}

const interruption = (): DbtoolError => new DbtoolError('INTERRUPTED', 'interrupted before two sizes were measured')

function roundOf({ result: { throughput, total_ms, validity, client_cpu }, server }: SweptRun): Round {
  // The check holds also for a trial that is too short for a verdict. Late timers of an idle process do not count: they
  // show that the machine is busy.
  const clientBound = validity.checks.some(({ check, ok }) => check === 'client_cpu' && ok === false)
  return { throughput, p99Ms: total_ms.p99, clientBound, clientCpu: client_cpu, server: meansOf(server) }
}

const measuredSizes = (rounds: ReadonlyMap<number, readonly Round[]>): Size[] =>
  [...rounds].map(([poolSize, measured]) => ({ poolSize, rounds: measured })).filter((size) => size.rounds.length > 0)

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Pool sizes 1, 2, 3, 4, 6, 8, 12, …: closer to each other at small sizes. Both ends are included. */
export function sizesBetween(from: number, to: number): number[] {
  const steps = new Set([from, to])
  for (let power = 1; power <= to; power *= 2)
    for (const size of [power, power * 1.5]) if (Number.isInteger(size) && size > from && size < to) steps.add(size)
  return [...steps].sort((a, b) => a - b)
}
