import type { ServerFigures } from './observer.ts'

/** The measurement of one round at one pool size. */
export interface Round {
  /** Successful iterations per second. */
  readonly throughput: number
  readonly p99Ms: number | null
  /** This process used its whole processor time, so the round measured the limit of the client. */
  readonly clientBound: boolean
  /** Processor time of this process per thread; 1 means that all threads were always busy. */
  readonly clientCpu: number
  /** Null if nobody watched the server. */
  readonly server: ServerFigures | null
}

/** One pool size with its rounds. Round `i` of all sizes was measured at about the same time. */
export interface Size {
  readonly poolSize: number
  readonly rounds: readonly Round[]
}

/** The highest throughput of all sizes, or of the sizes that meet a limit for the 99th percentile. */
export type Goal = { readonly kind: 'throughput' } | { readonly kind: 'p99'; readonly belowMs: number }
