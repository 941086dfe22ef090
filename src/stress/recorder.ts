import { DbtoolError } from '../errors.ts'
import { Histogram } from './histogram.ts'

export interface ErrorCount {
  readonly code: string
  count: number
  /** Of the first one. */
  readonly message: string
}

/** What happened, in constant memory. */
export class Recorder {
  readonly acquire = new Histogram()
  readonly execute = new Histogram()
  readonly total = new Histogram()
  readonly errors = new Map<string, ErrorCount>()
  /** Successful iterations of each worker. */
  readonly operations: number[]

  constructor(workers: number) {
    this.operations = Array.from({ length: workers }, () => 0)
  }

  succeeded(worker: number, acquireMs: number, executeMs: number): void {
    this.acquire.record(acquireMs)
    this.execute.record(executeMs)
    this.total.record(acquireMs + executeMs)
    this.operations[worker] = (this.operations[worker] ?? 0) + 1
  }

  /** Whoever waited in vain, or for a statement that then failed, has waited: that time counts too. */
  failed(acquireMs: number, error: unknown): void {
    this.acquire.record(acquireMs)
    const code = error instanceof DbtoolError ? error.code : 'UNEXPECTED'
    const known = this.errors.get(code)
    if (known !== undefined) known.count += 1
    else this.errors.set(code, { code, count: 1, message: error instanceof Error ? error.message : String(error) })
  }
}
