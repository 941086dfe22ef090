import { DbtoolError, messageOf } from '../errors.ts'
import { Histogram, type HistogramData } from './histogram.ts'
import { Series, type Bucket } from './series.ts'

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
