import { describe, expect, it } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { isClear } from '../../src/stress/advice.ts'
import type { StressPlan } from '../../src/stress/plan.ts'
import type { Schedule, SweepPlan } from '../../src/stress/schedule.ts'
import { type Sweep, sweep, type SweepHooks, type SweptRun } from '../../src/stress/sweep.ts'

/** A server that answers on a clock of its own: statements take `statementMs` at so many connections. */
interface Server {
  readonly statementMs: (connections: number) => number
  readonly failedCheck?: string
  /** The number of the trial in which the pool moves to another host, and of one in which no host answers. */
  readonly movesIn?: number
  readonly awayIn?: number
}

interface Ran {
  readonly sweep: Sweep
  readonly schedule: Schedule
  /** The pool sizes of all trials, after the probe. */
  readonly trials: readonly number[]
  /** The time from the start to the end, in milliseconds. */
  readonly tookMs: number
}

const plan: SweepPlan = { sizes: [1, 2, 4, 8], rounds: 8, trialMs: 500, warmupMs: 100, workers: 8 }

async function run(server: Server, changed: Partial<SweepPlan> = {}, hooks: Partial<SweepHooks> = {}): Promise<Ran> {
  let [clock, attempts] = [0, 0]
  const trials: number[] = []
  const announced: Schedule[] = []
  const trial = (size: number, { until, warmupMs }: StressPlan): Promise<SweptRun> => {
    const statementMs = server.statementMs(size)
    if ('durationMs' in until) {
      trials.push(size)
      // Statements in flight are waited for, at the end of the warm-up and of the measurement.
      for (const ms of [warmupMs, until.durationMs]) clock += Math.ceil(ms / statementMs) * statementMs
    } else clock += statementMs
    clock += 10
    attempts += 1
    if (attempts === server.awayIn) return Promise.reject(new DbtoolError('UNREACHABLE', 'no host is a writer'))
    const failover = { second: 0.1, from: 'a:3306', to: 'b:3306', reason: 'a:3306 does not answer' }
    const result = {
      ok: 9,
      errors: [],
      hosts: [],
      failovers: attempts === server.movesIn ? [failover] : [],
      pool_size: size,
      throughput: (1_000 * size) / statementMs,
      total_ms: { p99: statementMs, max: statementMs },
      client_cpu: 0.1,
      validity: { verdict: 'valid', checks: [{ check: server.failedCheck, ok: false, finding: '' }] },
    }
    return Promise.resolve({ result, server: [] } as unknown as SweptRun)
  }
  const measured = await sweep(
    { ...plan, ...changed },
    {
      trial,
      pause: (ms) => {
        clock += ms
        return Promise.resolve(0.25)
      },
      enough: () => false,
      signal: new AbortController().signal,
      onSchedule: (schedule) => announced.push(schedule),
      onTrial: () => undefined,
      now: () => clock,
      ...hooks,
    },
  )
  return { sweep: measured, schedule: announced[0]!, trials, tookMs: clock }
}

const cores = (n: number): number => Math.max(1, n / 2)

describe('a sweep', () => {
  it.each<[string, Server['statementMs'], Partial<SweepPlan>]>([
    ['fast statements', (n) => 2 * cores(n), {}],
    ['statements that compute for 60 ms', (n) => 60 * cores(n), { sizes: [1, 2, 4, 8, 16, 32, 64] }],
    ['statements that wait for two seconds', () => 2_000, {}],
    ['statements that run one after the other', (n) => 100 * n, { sizes: [1, 8, 64], warmupMs: 0 }],
    ['statements of ten seconds', (n) => 10_000 * cores(n), { rounds: 3 }],
    ['a time limit', (n) => 20 * cores(n), { timeMs: 15_000, rounds: 100 }],
    ['a single size', (n) => 20 * cores(n), { sizes: [1] }],
  ])('%s: stays within the announced time, with at least three rounds', async (_what, statementMs, changed) => {
    const { sweep: measured, schedule, tookMs } = await run({ statementMs }, changed)
    expect([tookMs <= schedule.timeMs, measured.incomplete]).toEqual([true, false])
    if (changed.timeMs !== undefined) expect(schedule.timeMs).toBe(changed.timeMs)
    for (const { rounds } of measured.sizes) expect(rounds.length).toBeGreaterThanOrEqual(3)
  })

  it('uses the time: another round would not have fitted', async () => {
    const { sweep: measured, tookMs } = await run({ statementMs: () => 5 }, { rounds: 100, timeMs: 20_000 })
    const roundMs = 200 + 4 * 610
    expect(measured.sizes[0]!.rounds.length).toBe(Math.floor((20_000 - 1_500 - 30) / roundMs))
    expect(tookMs + roundMs).toBeGreaterThan(20_000 - 1_500)
  })

  it('ends after three rounds if the answer is clear, and alternates the order', async () => {
    const { trials, sweep: measured } = await run(
      { statementMs: (n) => 10 * cores(n) },
      {},
      { enough: (sizes) => isClear(sizes, { kind: 'throughput' }) },
    )
    expect(trials).toEqual([1, 2, 4, 8, 8, 4, 2, 1, 1, 2, 4, 8])
    expect(measured.sizes.map(({ poolSize }) => poolSize)).toEqual([1, 2, 4, 8])
    expect(measured.otherLoad).toBe(0.25)
  })

  it.each<[check: string, clientBound: boolean]>([
    ['client_cpu', true],
    // Late timers of an idle process are the doing of other programs.
    ['event_loop', false],
    ['long_enough', false],
    ['steady', false],
  ])('a trial that fails the check %s: the client was the limit is %s', async (failedCheck, clientBound) => {
    const { sweep: measured } = await run({ statementMs: () => 5, failedCheck })
    expect(measured.sizes[0]!.rounds.map((round) => round.clientBound)).toEqual(Array(8).fill(clientBound))
  })

  it('a time that is too short for three rounds: says how long they take, before the first one', async () => {
    const refused = await run({ statementMs: () => 400 }, { timeMs: 5_000 }).catch((error: unknown) => error)
    const { code, message, hint } = refused as DbtoolError
    expect(code).toBe('USAGE')
    expect(message).toMatch(/^--time 5s is too short: 3 rounds over 4 sizes take about \d+s$/)
    const [, needed] = /--time (\d+)s/.exec(hint!)!
    const { sweep: measured } = await run({ statementMs: () => 400 }, { timeMs: Number(needed) * 1_000 })
    expect(measured.incomplete).toBe(false)
  })

  it.each<[string, Partial<Server>]>([
    ['in which the pool moves to another host', { movesIn: 8 }],
    ['in which no host answers for a moment', { awayIn: 8 }],
  ])('a round %s is discarded, and measured again', async (_what, changed) => {
    const { sweep: measured } = await run({ statementMs: () => 5, ...changed })
    expect([measured.discardedRounds, measured.incomplete]).toEqual([1, false])
    expect(measured.sizes.map(({ rounds }) => rounds.length)).toEqual([8, 8, 8, 8])
  })

  it('statements that become much slower in the middle: the answer comes from the complete rounds', async () => {
    let trials = 0
    const { sweep: measured } = await run({ statementMs: () => ((trials += 1) > 8 ? 60_000 : 10) })
    expect(measured.incomplete).toBe(true)
    expect(measured.sizes.map(({ rounds }) => rounds.length)).toEqual([2, 2, 2, 2])
  })

  it.each<[when: string, round: number, trial: number, measured: number[] | undefined]>([
    ['before the second size', 1, 2, undefined],
    ['in the first round', 1, 4, [1, 1, 1]],
    ['in the third round', 3, 2, [2, 2, 2, 2]],
  ])('an interrupt %s: the measurements until then, if they can be compared', async (_when, round, trial, rounds) => {
    const stop = new AbortController()
    const onTrial = (inRound: number, size: number): void =>
      inRound === round && size === trial ? stop.abort('SIGINT') : undefined
    const ended = await run({ statementMs: () => 5 }, {}, { signal: stop.signal, onTrial }).catch((e: unknown) => e)
    if (rounds === undefined) expect((ended as DbtoolError).code).toBe('INTERRUPTED')
    else {
      const { sizes, interrupted, incomplete } = (ended as Ran).sweep
      expect([sizes.map((size) => size.rounds.length), interrupted, incomplete]).toEqual([rounds, true, false])
    }
  })
})
