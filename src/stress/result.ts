import type { PoolMode } from '../db/pool/modes.ts'
import type { Measurement } from './generator.ts'
import { Histogram, type Percentiles } from './histogram.ts'
import type { HostFigures, RecordedFailover } from './host-record.ts'
import type { Load } from './plan.ts'
import type { ErrorCount, Recorder } from './recorder.ts'
import { type Evidence, judge, type Validity } from './validity.ts'

/** The result of a load test. Times are in milliseconds, except `seconds`; throughput counts successes per second. */
export interface StressResult {
  readonly mode: PoolMode
  readonly pool_size: number
  readonly max_overflow: number
  /** Zero in an open loop, which has no workers. */
  readonly workers: number
  readonly ok: number
  /** All iterations that did not succeed; `timeouts` counts the ones without a connection in time. */
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
  /** Open loop: the time by which iterations started late; `dropped` counts iterations that were not started. */
  readonly late_ms: Percentiles
  readonly dropped: number
  /** The delay of the event loop of this process. If it is long, the run has measured the client. */
  readonly event_loop_ms: Pick<Percentiles, 'p50' | 'p99' | 'max'>
  /** The time to open `pool_size` connections before the measurement. */
  readonly cold_start_ms: number
  /** The number of threads; each runs one shard. Peaks such as `queue_peak` are summed over the shards. */
  readonly threads: number
  /** Processor time of this process per thread; 1 means that all threads were always busy. */
  readonly client_cpu: number
  readonly validity: Validity
  /** One entry per statement if there are several; empty otherwise. */
  readonly statements: readonly StatementFigures[]
  /** One entry per host if there are several, in the order of the list; empty otherwise. */
  readonly hosts: readonly HostFigures[]
  /** The moves of the pool to another host. */
  readonly failovers: readonly RecordedFailover[]
  /** The run was interrupted, and the result covers the time until then. */
  readonly partial: boolean
}

/** The iterations of one of several statements. */
export interface StatementFigures {
  readonly statement: string
  readonly ok: number
  readonly failed: number
  readonly throughput: number
  readonly execute_ms: Percentiles
}

/** How evenly the workers were served. */
export interface Fairness {
  /** The iterations of the worker with the fewest. */
  readonly min_ops: number
  /** The iterations of the worker with the most. */
  readonly max_ops: number
  /** Jain's index: 1 if all workers did the same, 1/n if one did everything (Jain, Chiu, Hawe, DEC-TR-301, 1984). */
  readonly jain: number
}

export interface Run {
  readonly mode: PoolMode
  readonly pool: { readonly size: number; readonly maxOverflow: number }
  readonly loop: Load['loop']
  readonly rampMs: number
  /** The recordings of all shards combined. */
  readonly recorder: Recorder
  /** One measurement per shard. */
  readonly measurements: readonly Measurement[]
  /** Processor time per thread; 1 means that all threads were always busy. */
  readonly clientCpu: number
  readonly partial: boolean
  /** The texts of the statements, if there are several. */
  readonly statements: readonly string[]
  /** The addresses of the hosts, if there are several. */
  readonly hosts: readonly string[]
}

/** Adds up the measurements of all shards and judges their validity. */
export function summarise(run: Run): StressResult {
  const { mode, pool, loop, recorder, measurements, clientCpu, partial } = run
  const seconds = largest(measurements, (measurement) => measurement.seconds)
  const ok = sum(recorder.operations, (count) => count)
  const errors = [...recorder.errors.values()].sort((a, b) => b.count - a.count)
  return {
    mode,
    pool_size: pool.size,
    max_overflow: pool.maxOverflow,
    workers: loop === 'closed' ? recorder.operations.length : 0,
    ok,
    failed: sum(errors, ({ count }) => count),
    timeouts: recorder.errors.get('POOL_TIMEOUT')?.count ?? 0,
    errors,
    seconds: Number(seconds.toFixed(3)),
    throughput: Number((ok / seconds).toFixed(1)),
    acquire_ms: recorder.acquire.percentiles(),
    execute_ms: recorder.execute.percentiles(),
    total_ms: recorder.total.percentiles(),
    connections: {
      opened: sum(measurements, ({ connections }) => connections.opened),
      closed: sum(measurements, ({ connections }) => connections.closed),
      peak: sum(measurements, ({ connections }) => connections.peak),
    },
    queue_peak: sum(measurements, ({ queuePeak }) => queuePeak),
    fairness: fairnessOf(recorder.operations),
    loop,
    late_ms: recorder.late.percentiles(),
    dropped: recorder.dropped,
    event_loop_ms: eventLoopOf(measurements),
    cold_start_ms: Number(largest(measurements, ({ coldStartMs }) => coldStartMs).toFixed(3)),
    threads: measurements.length,
    client_cpu: Number(clientCpu.toFixed(3)),
    validity: judge(evidenceOf(run, seconds)),
    statements: statementsOf(run, seconds),
    hosts: hostsOf(run),
    failovers: recorder.hosts.data().failovers,
    partial,
  }
}

function statementsOf({ statements, recorder }: Run, seconds: number): StatementFigures[] {
  return statements.map((statement, position) => {
    const { execute = new Histogram(), failed = 0 } = recorder.statements[position] ?? {}
    return {
      statement,
      ok: execute.count,
      failed,
      throughput: Number((execute.count / seconds).toFixed(1)),
      execute_ms: execute.percentiles(),
    }
  })
}

/** None for a pool that keeps the host of its first connection. */
function hostsOf({ hosts, recorder }: Run): HostFigures[] {
  const used = new Map(recorder.hosts.data().hosts.map((used) => [used.host, used]))
  return used.size === 0 ? [] : hosts.map((host) => used.get(host) ?? { host, ok: 0, failed: 0 })
}

const sum = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((total, value) => total + of(value), 0)
const largest = <T>(values: readonly T[], of: (value: T) => number | null): number =>
  Math.max(0, ...values.map((value) => of(value) ?? 0))

function eventLoopOf(measurements: readonly Measurement[]): StressResult['event_loop_ms'] {
  return {
    p50: largest(measurements, ({ eventLoop }) => eventLoop.p50),
    p99: largest(measurements, ({ eventLoop }) => eventLoop.p99),
    max: largest(measurements, ({ eventLoop }) => eventLoop.max),
  }
}

function evidenceOf({ loop, rampMs, recorder, measurements, clientCpu }: Run, seconds: number): Evidence {
  return {
    loop,
    seconds,
    clientCpu,
    iterations: recorder.acquire.count,
    poolInUseMs: sum(measurements, ({ inUseMs }) => inUseMs),
    inUseMs: recorder.inUseMs,
    eventLoopP99Ms: largest(measurements, ({ eventLoop }) => eventLoop.p99),
    rampSeconds: rampMs / 1_000,
    halves: recorder.series.halves(rampMs / 1_000, seconds),
    lateP99Ms: recorder.late.percentile(0.99),
    dropped: recorder.dropped,
    threads: measurements.length,
  }
}

/** How evenly the workers were served; `operations` has the number of successful iterations of each worker. */
export function fairnessOf(operations: readonly number[]): Fairness {
  const total = sum(operations, (count) => count)
  const squares = sum(operations, (count) => count * count)
  const jain = squares === 0 ? 1 : (total * total) / (operations.length * squares)
  return { min_ops: Math.min(...operations), max_ops: Math.max(...operations), jain: Number(jain.toFixed(4)) }
}
