import type { PoolMode } from '../db/pool/modes.ts'
import type { Measurement } from './generator.ts'
import type { Percentiles } from './histogram.ts'
import type { Load } from './plan.ts'
import type { ErrorCount, Recorder } from './recorder.ts'
import { judge, type Validity } from './validity.ts'

/** The result of a load test; times in milliseconds but for `seconds`, throughput in successful iterations a second. */
export interface StressResult {
  readonly mode: PoolMode
  readonly pool_size: number
  readonly max_overflow: number
  /** Zero in an open loop, which has none. */
  readonly workers: number
  readonly ok: number
  /** All that did not succeed; `timeouts` are those among them that got no connection in time. */
  readonly failed: number
  readonly timeouts: number
  readonly errors: readonly ErrorCount[]
  readonly seconds: number
  readonly throughput: number
  readonly acquire_ms: Percentiles
  readonly execute_ms: Percentiles
  readonly total_ms: Percentiles
  readonly connections: { readonly opened: number; readonly closed: number; readonly peak: number }
  readonly queue_peak: number
  readonly fairness: Fairness
  readonly loop: Load['loop']
  /** Open loop: how long after they were due iterations began; those that did not begin at all are `dropped`. */
  readonly late_ms: Percentiles
  readonly dropped: number
  /** How long the event loop of this process was late; when it is, the client is what was measured. */
  readonly event_loop_ms: Pick<Percentiles, 'p50' | 'p99' | 'max'>
  /** How long it took to open the connections that the pool keeps, before anything else. */
  readonly cold_start_ms: number
  /** Threads that put the load; each had its share of workers, rate and pool. What they have at most, is added. */
  readonly threads: number
  /** Processor time of this process, by threads: 1 is that they were always busy. */
  readonly client_cpu: number
  readonly validity: Validity
  /** It was interrupted: this is what there was until then. */
  readonly partial: boolean
}

export interface Fairness {
  readonly min_ops: number
  readonly max_ops: number
  /** Jain's index: 1 when every worker got the same, 1/n when one got all (Jain, Chiu, Hawe, DEC-TR-301, 1984). */
  readonly jain: number
}

export interface Run {
  readonly mode: PoolMode
  readonly pool: { readonly size: number; readonly maxOverflow: number }
  readonly loop: Load['loop']
  readonly rampMs: number
  /** Of all parts together. */
  readonly recorder: Recorder
  readonly parts: readonly Measurement[]
  /** Of the threads that put the load: 1 is that they were always busy. */
  readonly clientCpu: number
  readonly partial: boolean
}

export function summarise({ mode, pool, loop, rampMs, recorder, parts, clientCpu, partial }: Run): StressResult {
  const sum = (of: (part: Measurement) => number): number => parts.reduce((total, part) => total + of(part), 0)
  const most = (of: (part: Measurement) => number | null): number => Math.max(0, ...parts.map((part) => of(part) ?? 0))
  const seconds = most((part) => part.seconds)
  const ok = recorder.operations.reduce((total, count) => total + count, 0)
  const errors = [...recorder.errors.values()].sort((a, b) => b.count - a.count)
  const eventLoop = {
    p50: most((part) => part.eventLoop.p50),
    p99: most((part) => part.eventLoop.p99),
    max: most((part) => part.eventLoop.max),
  }
  return {
    mode,
    pool_size: pool.size,
    max_overflow: pool.maxOverflow,
    workers: loop === 'closed' ? recorder.operations.length : 0,
    ok,
    failed: errors.reduce((total, { count }) => total + count, 0),
    timeouts: recorder.errors.get('POOL_TIMEOUT')?.count ?? 0,
    errors,
    seconds: Number(seconds.toFixed(3)),
    throughput: Number((ok / seconds).toFixed(1)),
    acquire_ms: recorder.acquire.percentiles(),
    execute_ms: recorder.execute.percentiles(),
    total_ms: recorder.total.percentiles(),
    connections: {
      opened: sum(({ connections }) => connections.opened),
      closed: sum(({ connections }) => connections.closed),
      peak: sum(({ connections }) => connections.peak),
    },
    queue_peak: sum(({ queuePeak }) => queuePeak),
    fairness: fairnessOf(recorder.operations),
    loop,
    late_ms: recorder.late.percentiles(),
    dropped: recorder.dropped,
    event_loop_ms: eventLoop,
    cold_start_ms: Number(most(({ coldStartMs }) => coldStartMs).toFixed(3)),
    threads: parts.length,
    client_cpu: Number(clientCpu.toFixed(3)),
    validity: judge({
      loop,
      seconds,
      clientCpu,
      iterations: recorder.acquire.count,
      poolInUseMs: sum(({ inUseMs }) => inUseMs),
      inUseMs: recorder.inUseMs,
      eventLoopP99Ms: eventLoop.p99,
      rampSeconds: rampMs / 1_000,
      halves: recorder.series.halves(rampMs / 1_000, seconds),
      lateP99Ms: recorder.late.percentile(0.99),
      dropped: recorder.dropped,
      threads: parts.length,
    }),
    partial,
  }
}

export function fairnessOf(operations: readonly number[]): Fairness {
  const sum = operations.reduce((a, b) => a + b, 0)
  const squares = operations.reduce((a, b) => a + b * b, 0)
  const jain = squares === 0 ? 1 : (sum * sum) / (operations.length * squares)
  return { min_ops: Math.min(...operations), max_ops: Math.max(...operations), jain: Number(jain.toFixed(4)) }
}
