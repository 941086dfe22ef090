/** The measured values that decide about validity. All times are in milliseconds, except the ones in seconds. */
export interface Evidence {
  readonly loop: 'closed' | 'open'
  readonly seconds: number
  /** All iterations that ended, successful or not. */
  readonly iterations: number
  /** The time for which connections were in use, from acquire to release, summed over all, as the pool counts it. */
  readonly poolInUseMs: number
  /** The same time as the iterations measure it. */
  readonly inUseMs: number
  /** The 99th percentile of the delay of timers in this process. */
  readonly eventLoopP99Ms: number
  /** Processor time of this process per thread; 1 is a thread that is always busy. */
  readonly clientCpu: number
  /** The number of threads that generate load. */
  readonly threads: number
  /** Duration of the ramp-up. */
  readonly rampSeconds: number
  /** Successful iterations per second in the first and in the second half after the ramp-up. */
  readonly halves: readonly [number, number]
  /** Open loop: the 99th percentile of the time by which iterations started late. */
  readonly lateP99Ms: number | null
  /** Open loop: iterations that were not started. */
  readonly dropped: number
}

/** The name of a check of a load test. */
export type CheckName = 'long_enough' | 'littles_law' | 'event_loop' | 'client_cpu' | 'steady' | 'on_time'

/** One check, and its finding. */
export interface Check {
  readonly check: CheckName
  /** Null if there is too little data to judge by. */
  readonly ok: boolean | null
  /** The measured value and its meaning, in a sentence. */
  readonly finding: string
}

/** Whether the result of a load test can be trusted, and why. */
export interface Validity {
  /** `client-bound` means that the run has measured this process, not the pool or the server. */
  readonly verdict: 'valid' | 'client-bound' | 'too-short' | 'unsteady' | 'contradictory'
  readonly checks: readonly Check[]
}

const leastSeconds = 1
const leastIterations = 100
/** Little's law (1961): the average number in a system is the arrival rate times the time spent in it. */
/** Of the connections in use, or of one if there are fewer: each release takes microseconds that only the pool sees. */
const mostDeviation = 0.05
const mostEventLoopMs = 20
const mostClientCpu = 0.9
const mostDrift = 0.1
const mostLateMs = 10

/** Judges whether a run has measured the pool and the server, and for long enough. */
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
  const advice = `; a result needs at least ${leastIterations} iterations and ${leastSeconds} s: use --duration`
  return {
    check: 'long_enough',
    ok,
    finding: `${iterations} iterations in ${seconds.toFixed(2)} s${ok ? '' : advice}`,
  }
}

function littlesLaw({ seconds, poolInUseMs, inUseMs }: Evidence, longEnough: boolean): Check {
  const [inUse, expected] = [poolInUseMs / 1_000 / seconds, inUseMs / 1_000 / seconds]
  const finding = `${inUse.toFixed(2)} connections in use; throughput × time in use is ${expected.toFixed(2)}`
  if (!longEnough || expected < 0.1)
    return { check: 'littles_law', ok: null, finding: `${finding}; too little data to compare` }
  return { check: 'littles_law', ok: Math.abs(inUse - expected) <= mostDeviation * Math.max(1, expected), finding }
}

function eventLoop({ eventLoopP99Ms }: Evidence): Check {
  return {
    check: 'event_loop',
    ok: eventLoopP99Ms <= mostEventLoopMs,
    finding: `timers of this process fired up to ${eventLoopP99Ms.toFixed(1)} ms late (p99)`,
  }
}

function clientCpu({ clientCpu: share, threads }: Evidence): Check {
  const advice =
    threads === 1
      ? 'use --threads, or reduce the load'
      : 'use more --threads if there are processors for them, or reduce the load'
  const processors = threads === 1 ? 'a processor' : `each of ${threads} processors`
  const used = `this process used ${Math.round(share * 100)} % of ${processors}`
  return {
    check: 'client_cpu',
    ok: share <= mostClientCpu,
    finding: `${used}${share <= mostClientCpu ? '' : `: it could not send more; ${advice}`}`,
  }
}

function steady({ seconds, rampSeconds, halves: [first, second] }: Evidence, longEnough: boolean): Check {
  const drift = Math.max(first, second) === 0 ? 0 : (second - first) / Math.max(first, second)
  const finding = `${Math.round(first)} per second in the first half, ${Math.round(second)} in the second half`
  if (!longEnough || seconds - rampSeconds < leastSeconds)
    return { check: 'steady', ok: null, finding: `${finding}; too little data to compare` }
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
    finding: `iterations started up to ${(lateP99Ms ?? 0).toFixed(1)} ms late (p99); ${dropped} were dropped`,
  }
}
