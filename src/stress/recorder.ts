import { DbtoolError, messageOf } from '../errors.ts'
import { Histogram } from './histogram.ts'
import { Series } from './series.ts'

export interface ErrorCount {
  readonly code: string
  count: number
  /** Of the first one. */
  readonly message: string
}

/** What happened, in memory that grows only by a few numbers for every tenth of a second. */
export class Recorder {
  /** Of all iterations that ended. */
  readonly acquire = new Histogram()
  /** Of those that succeeded. */
  readonly execute = new Histogram()
  readonly total = new Histogram()
  /** Open loop: how long after it was due an iteration began. */
  readonly late = new Histogram()
  readonly errors = new Map<string, ErrorCount>()
  /** Successful iterations of each worker. */
  readonly operations: number[]
  /** Iterations that were due and did not begin. */
  dropped = 0
  /** How long connections were in use, all together. */
  inUseMs = 0
  readonly series = new Series()

  constructor(workers: number) {
    this.operations = Array.from({ length: workers }, () => 0)
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
    const code = error instanceof DbtoolError ? error.code : 'UNEXPECTED'
    const known = this.errors.get(code)
    if (known !== undefined) known.count += 1
    else this.errors.set(code, { code, count: 1, message: messageOf(error) })
  }
}
