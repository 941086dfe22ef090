import type { BenchServer } from './private-server.ts'
import type { Results } from './core/results.ts'
import type { Size } from './core/size.ts'
import type { Peers } from './peers.ts'

/** The tools and settings that a group of measurements uses. */
export interface Bench {
  readonly size: Size
  readonly server: BenchServer
  readonly peers: Peers
  readonly results: Results
  readonly signal: AbortSignal
  /** The root of a checkout of an earlier commit, with its build, if one is given. */
  readonly before: string | undefined
  /** The folder that contains online-retail/, if the real month is available. */
  readonly realData: string | undefined
}

/** Measures, and adds the figures to the results. */
export type Group = (bench: Bench) => Promise<void>
