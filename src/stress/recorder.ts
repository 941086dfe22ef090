import type { Pool } from '../db/pool/pool.ts'
import { DbtoolError, messageOf } from '../errors.ts'
import { Histogram, type HistogramData } from './histogram.ts'
import { type HostData, HostRecord } from './host-record.ts'
import { Series, type SeriesData } from './series.ts'

/** The number of iterations that failed with one code. */
export interface ErrorCount {
  readonly code: string
  count: number
  /** The message of the first error with this code. */
  readonly message: string
}

/** The times of one iteration, in milliseconds. */
export interface Times {
  readonly acquireMs: number
  readonly executeMs: number
  /** The part of a connection that the iteration used: less than 1 if several iterations shared one. */
  readonly share: number
  /** The position of the statement, if there are several. */
  readonly statement: number | undefined
}

/** The iterations of one statement. */
interface StatementRecord {
  readonly execute: Histogram
  failed: number
}

/** A recording in the form that threads send to each other. */
export interface Recording {
  readonly acquire: HistogramData
  readonly execute: HistogramData
  readonly total: HistogramData
  readonly late: HistogramData
  readonly errors: readonly ErrorCount[]
  readonly operations: readonly number[]
  readonly dropped: number
  readonly inUseMs: number
  readonly series: SeriesData
  readonly hosts: HostData
  /** By position; empty if there is only one statement. */
  readonly statements: readonly { readonly execute: HistogramData; readonly failed: number }[]
}

/** Records the outcome of iterations. Its memory grows by a few numbers per tenth of a second. */
export class Recorder {
  /** Acquire waits of all iterations that ended. */
  readonly acquire: Histogram
  /** Execution and total times of the iterations that succeeded. */
  readonly execute: Histogram
  readonly total: Histogram
  /** Open loop: the time by which iterations started late. */
  readonly late: Histogram
  readonly errors = new Map<string, ErrorCount>()
  /** The number of successful iterations of each worker. */
  readonly operations: number[]
  /** Iterations that fell due but were not started. */
  dropped: number
  /** The time for which connections were in use, summed over all connections. */
  inUseMs: number
  readonly series: Series
  readonly hosts: HostRecord
  /** By position; empty if there is only one statement. */
  readonly statements: StatementRecord[]

  /** Starts with the sum of recordings made at the same time, for example in several threads. */
  constructor(workers: number, others: readonly Recording[] = []) {
    const sum = (of: 'dropped' | 'inUseMs'): number => others.reduce((total, recording) => total + recording[of], 0)
    const histogram = (of: 'acquire' | 'execute' | 'total' | 'late'): Histogram =>
      Histogram.of(others.map((recording) => recording[of]))
    this.acquire = histogram('acquire')
    this.execute = histogram('execute')
    this.total = histogram('total')
    this.late = histogram('late')
    this.dropped = sum('dropped')
    this.inUseMs = sum('inUseMs')
    this.statements = Array.from(
      { length: Math.max(0, ...others.map(({ statements }) => statements.length)) },
      (_, at) => mergedRecords(others.flatMap(({ statements }) => statements[at] ?? [])),
    )
    this.series = Series.of(others.map(({ series }) => series))
    this.hosts = HostRecord.of(others.map(({ hosts }) => hosts))
    this.operations = [...others.flatMap(({ operations }) => operations), ...Array.from({ length: workers }, () => 0)]
    for (const { code, count, message } of others.flatMap(({ errors }) => errors)) this.count(code, count, message)
  }

  recording(): Recording {
    const { acquire, execute, total, late, errors, operations, dropped, inUseMs, series, hosts, statements } = this
    return {
      acquire: acquire.data(),
      execute: execute.data(),
      total: total.data(),
      late: late.data(),
      errors: [...errors.values()],
      operations,
      dropped,
      inUseMs,
      series: series.data(),
      hosts: hosts.data(),
      statements: statements.map((record) => ({ execute: record.execute.data(), failed: record.failed })),
    }
  }

  succeeded(worker: number, { acquireMs, executeMs, share, statement }: Times): void {
    this.acquire.record(acquireMs)
    this.execute.record(executeMs)
    this.total.record(acquireMs + executeMs)
    this.operations[worker] = (this.operations[worker] ?? 0) + 1
    this.inUseMs += executeMs * share
    this.series.succeeded(acquireMs, acquireMs + executeMs)
    this.hosts.succeeded()
    if (statement !== undefined) this.recordOf(statement).execute.record(executeMs)
  }

  /** The wait counts even if it timed out or the statement failed. */
  failed({ acquireMs, executeMs, share, statement }: Times, error: unknown): void {
    this.acquire.record(acquireMs)
    this.inUseMs += executeMs * share
    const code = error instanceof DbtoolError ? error.code : 'UNEXPECTED'
    this.series.failed(acquireMs, code === 'POOL_TIMEOUT')
    this.hosts.failed()
    if (statement !== undefined) this.recordOf(statement).failed += 1
    this.count(code, 1, messageOf(error))
  }

  private recordOf(position: number): StatementRecord {
    while (this.statements.length <= position) this.statements.push({ execute: new Histogram(), failed: 0 })
    return this.statements[position] ?? { execute: new Histogram(), failed: 0 }
  }

  private count(code: string, times: number, message: string): void {
    const known = this.errors.get(code)
    if (known !== undefined) known.count += times
    else this.errors.set(code, { code, count: times, message })
  }
}

function mergedRecords(records: Recording['statements']): StatementRecord {
  return {
    execute: Histogram.of(records.map(({ execute }) => execute)),
    failed: records.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/** The current state of a running load test. */
export interface Live {
  /** Seconds since the start. */
  readonly seconds: number
  /** Iterations per second and their mean acquire wait, since the last report. */
  readonly perSecond: number
  readonly waitMs: number | null
  readonly inUse: number
  readonly idle: number
  readonly waiting: number
  /** Iterations that failed since the start. */
  readonly failed: number
}

/** The interval between two reports. */
const everyMs = 250

/** Calls `onLive` with the current state, four times per second, until the returned function is called. */
export function watch(pool: Pool, { acquire, execute }: Recorder, onLive: (live: Live) => void): () => void {
  const started = performance.now()
  let last = { at: started, ended: 0, waitedMs: 0 }
  const timer = setInterval(() => {
    const { count: ended, sumMs: waitedMs } = acquire
    const now = performance.now()
    const since = ended - last.ended
    const { inUse, idle, waiting } = pool.stats()
    onLive({
      seconds: (now - started) / 1_000,
      perSecond: since / ((now - last.at) / 1_000),
      waitMs: since === 0 ? null : (waitedMs - last.waitedMs) / since,
      inUse,
      idle,
      waiting,
      failed: ended - execute.count,
    })
    last = { at: now, ended, waitedMs }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Combines the live states of several generators. Returns a listener for each generator; `onLive` receives the sum each
 * time that the first generator reports.
 */
export function combineLive(count: number, onLive: (live: Live) => void): ((live: Live) => void)[] {
  const latest: Live[] = []
  return Array.from({ length: count }, (_, index) => (live) => {
    latest[index] = live
    if (index === 0) onLive(latest.reduce(sumOf))
  })
}

function sumOf(a: Live, b: Live): Live {
  const perSecond = a.perSecond + b.perSecond
  const waited = (a.waitMs ?? 0) * a.perSecond + (b.waitMs ?? 0) * b.perSecond
  return {
    seconds: a.seconds,
    perSecond,
    waitMs: perSecond === 0 ? null : waited / perSecond,
    inUse: a.inUse + b.inUse,
    idle: a.idle + b.idle,
    waiting: a.waiting + b.waiting,
    failed: a.failed + b.failed,
  }
}
