import type { BenchServer } from './private-server.ts'
import type { Results } from './core/results.ts'
import type { Size } from './core/size.ts'
import type { Peers } from './peers.ts'

/** What a group of measurements works with. */
export interface Bench {
  readonly size: Size
  readonly server: BenchServer
  readonly peers: Peers
  readonly results: Results
  readonly signal: AbortSignal
  /** Folder with online-retail/ in it, where the real month is at hand. */
  readonly realData: string | undefined
}

/** Measures, and puts what it finds into the results. */
export type Group = (bench: Bench) => Promise<void>
