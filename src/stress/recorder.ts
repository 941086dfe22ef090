import type { Pool } from '../db/pool/pool.ts'
import { DbtoolError, messageOf } from '../errors.ts'
import { Histogram, type HistogramData } from './histogram.ts'
import { type Bucket, Series } from './series.ts'

export interface ErrorCount {
  readonly code: string
  count: number
  /** Of the first one. */
  readonly message: string
}

/** What was recorded, as it is sent between threads. */
export interface Recording {
  readonly acquire: HistogramData
  readonly execute: HistogramData
  readonly total: HistogramData
  readonly late: HistogramData
  readonly errors: readonly ErrorCount[]
  readonly operations: readonly number[]
  readonly dropped: number
  readonly inUseMs: number
  readonly series: readonly Bucket[]
}

/** What happened, in memory that grows only by a few numbers for every tenth of a second. */
export class Recorder {
  /** Of all iterations that ended. */
  readonly acquire: Histogram
  /** Of those that succeeded. */
  readonly execute: Histogram
  readonly total: Histogram
  /** Open loop: how long after it was due an iteration began. */
  readonly late: Histogram
  readonly errors = new Map<string, ErrorCount>()
  /** Successful iterations of each worker. */
  readonly operations: number[]
  /** Iterations that were due and did not begin. */
  dropped: number
  /** How long connections were in use, all together. */
  inUseMs: number
  readonly series: Series

  /** Goes on from what others have recorded at the same time. */
  constructor(workers: number, others: readonly Recording[] = []) {
    const sum = (of: 'dropped' | 'inUseMs'): number => others.reduce((total, one) => total + one[of], 0)
    const histogram = (of: 'acquire' | 'execute' | 'total' | 'late'): Histogram =>
      Histogram.of(others.map((one) => one[of]))
    this.acquire = histogram('acquire')
    this.execute = histogram('execute')
    this.total = histogram('total')
    this.late = histogram('late')
    this.dropped = sum('dropped')
    this.inUseMs = sum('inUseMs')
    this.series = Series.of(others.map(({ series }) => series))
    this.operations = [...others.flatMap(({ operations }) => operations), ...Array.from({ length: workers }, () => 0)]
    for (const { code, count, message } of others.flatMap(({ errors }) => errors)) this.count(code, count, message)
  }

  recording(): Recording {
    const { acquire, execute, total, late, errors, operations, dropped, inUseMs, series } = this
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
    }
  }

  succeeded(worker: number, acquireMs: number, executeMs: number): void {
    this.acquire.record(acquireMs)
    this.execute.record(executeMs)
    this.total.record(acquireMs + executeMs)
    this.operations[worker] = (this.operations[worker] ?? 0) + 1
    this.inUseMs += executeMs
    this.series.ended(true, acquireMs)
  }

  /** Whoever waited in vain, or for a statement that then failed, has waited: that time counts too. */
  failed(acquireMs: number, executeMs: number, error: unknown): void {
    this.acquire.record(acquireMs)
    this.inUseMs += executeMs
    this.series.ended(false, acquireMs)
    this.count(error instanceof DbtoolError ? error.code : 'UNEXPECTED', 1, messageOf(error))
  }

  private count(code: string, times: number, message: string): void {
    const known = this.errors.get(code)
    if (known !== undefined) known.count += times
    else this.errors.set(code, { code, count: times, message })
  }
}

/** What is going on right now. */
export interface Live {
  /** Since the beginning. */
  readonly seconds: number
  /** Iterations that ended a second, and how long they waited for a connection on average: since the last look. */
  readonly perSecond: number
  readonly waitMs: number | null
  readonly inUse: number
  readonly idle: number
  readonly waiting: number
  /** Iterations that failed, since the beginning. */
  readonly failed: number
}

/** A few frames a second. */
const everyMs = 250

/** Tells what is going on until the returned function is called. */
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

/** An ear for each of several generators; what all of them do is told as often as the first is heard. */
export function together(count: number, onLive: (live: Live) => void): ((live: Live) => void)[] {
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
