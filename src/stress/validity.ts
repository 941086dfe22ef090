/** What a run says about itself. Times in milliseconds but for `seconds`. */
export interface Evidence {
  readonly loop: 'closed' | 'open'
  readonly seconds: number
  /** All iterations that ended, successful or not. */
  readonly iterations: number
  /**
   * All the time that connections were in use, as the pool counts it: from the hand-over to the return, whoever has
   * them.
   */
  readonly poolInUseMs: number
  /** The same, as the iterations measured it. */
  readonly inUseMs: number
  /** By how much timers of this process came late, at the 99th percentile. */
  readonly eventLoopP99Ms: number
  /** Processor time of this process, by threads: 1 is one thread that is always busy. */
  readonly clientCpu: number
  /** That put the load. */
  readonly threads: number
  /**
   * How long the load took to become whole, and successful iterations a second in the first and in the second half of
   * what followed.
   */
  readonly rampSeconds: number
  readonly halves: readonly [number, number]
  /** Open loop: by how much iterations began late, at the 99th percentile, and how many did not begin at all. */
  readonly lateP99Ms: number | null
  readonly dropped: number
}

export type CheckName = 'long_enough' | 'littles_law' | 'event_loop' | 'client_cpu' | 'steady' | 'on_time'

export interface Check {
  readonly check: CheckName
  /** Null where there is too little to judge by. */
  readonly ok: boolean | null
  /** For people: what was measured and what it means. */
  readonly finding: string
}

export interface Validity {
  /** `client-bound`: this process was measured, not the pool or the server. */
  readonly verdict: 'valid' | 'client-bound' | 'too-short' | 'unsteady' | 'contradictory'
  readonly checks: readonly Check[]
}

const leastSeconds = 1
const leastIterations = 100
/** Little (1961): what is in a system on average is the rate at which it comes times the time it stays. */
const mostDeviation = 0.05
const mostEventLoopMs = 20
const mostClientCpu = 0.9
const mostDrift = 0.1
const mostLateMs = 10

/** Whether a run measured what it was to measure. */
export function judge(evidence: Evidence): Validity {
  const long = longEnough(evidence)
  const checks = [
    long,
    littlesLaw(evidence, long.ok === true),
    eventLoop(evidence),
    clientCpu(evidence),
    steady(evidence, long.ok === true),
    ...(evidence.loop === 'open' ? [onTime(evidence)] : []),
  ]
  const failed = new Set(checks.filter(({ ok }) => ok === false).map(({ check }) => check))
  return { verdict: verdictOf(failed), checks }
}

function verdictOf(failed: ReadonlySet<CheckName>): Validity['verdict'] {
  if (failed.has('long_enough')) return 'too-short'
  if (failed.has('client_cpu') || failed.has('event_loop') || failed.has('on_time')) return 'client-bound'
  if (failed.has('steady')) return 'unsteady'
  return failed.has('littles_law') ? 'contradictory' : 'valid'
}

function longEnough({ seconds, iterations }: Evidence): Check {
  const ok = seconds >= leastSeconds && iterations >= leastIterations
  return {
    check: 'long_enough',
    ok,
    finding: `${iterations} iterations in ${seconds.toFixed(2)} s${ok ? '' : `; at least ${leastIterations} and ${leastSeconds} s are needed to say anything: use --duration`}`,
  }
}

function littlesLaw({ seconds, poolInUseMs, inUseMs }: Evidence, longEnough: boolean): Check {
  const [inUse, expected] = [poolInUseMs / 1_000 / seconds, inUseMs / 1_000 / seconds]
  const finding = `${inUse.toFixed(2)} connections in use; throughput × time in use is ${expected.toFixed(2)}`
  if (!longEnough || expected < 0.1)
    return { check: 'littles_law', ok: null, finding: `${finding}; too little to compare` }
  return { check: 'littles_law', ok: Math.abs(inUse - expected) <= mostDeviation * expected, finding }
}

function eventLoop({ eventLoopP99Ms }: Evidence): Check {
  return {
    check: 'event_loop',
    ok: eventLoopP99Ms <= mostEventLoopMs,
    finding: `this process was up to ${eventLoopP99Ms.toFixed(1)} ms late (p99)`,
  }
}

function clientCpu({ clientCpu: share, threads }: Evidence): Check {
  const advice =
    threads === 1
      ? 'use --threads, or less load'
      : 'use more --threads where there are processors for them, or less load'
  const used = `this process used ${Math.round(share * 100)} % of ${threads === 1 ? 'a processor' : `each of ${threads} processors`}`
  return {
    check: 'client_cpu',
    ok: share <= mostClientCpu,
    finding: `${used}${share <= mostClientCpu ? '' : `: it could not ask faster; ${advice}`}`,
  }
}

function steady({ seconds, rampSeconds, halves: [first, second] }: Evidence, longEnough: boolean): Check {
  const drift = Math.max(first, second) === 0 ? 0 : (second - first) / Math.max(first, second)
  const finding = `${Math.round(first)} a second in the first half, ${Math.round(second)} in the second`
  if (!longEnough || seconds - rampSeconds < leastSeconds)
    return { check: 'steady', ok: null, finding: `${finding}; too little to compare` }
  return {
    check: 'steady',
    ok: Math.abs(drift) <= mostDrift,
    finding: `${finding}${Math.abs(drift) <= mostDrift ? '' : '; use --warmup, or a longer run'}`,
  }
}

function onTime({ lateP99Ms, dropped }: Evidence): Check {
  const ok = dropped === 0 && (lateP99Ms ?? 0) <= mostLateMs
  return {
    check: 'on_time',
    ok,
    finding: `iterations began up to ${(lateP99Ms ?? 0).toFixed(1)} ms after they were due (p99), ${dropped} did not begin`,
  }
}
