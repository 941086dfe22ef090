import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Absence, Series } from './core/results.ts'
import type { Size } from './core/size.ts'
import type { RunEnvironment } from './environment.ts'
import { root } from './child.ts'
import type { Outcome } from './targets.ts'

/** The groups that one of several runs has measured. */
export interface RunPart {
  /** ISO 8601, in UTC. */
  readonly date: string
  readonly commit: string
  readonly load: number | undefined
  readonly groups: readonly string[]
}

/** A run in its file: all measurements and their conditions. */
export interface BenchRun extends RunEnvironment {
  /** ISO 8601, in UTC. */
  readonly date: string
  readonly size: Size
  readonly groups: readonly string[]
  readonly series: readonly Series[]
  readonly targets: readonly Outcome[]
  readonly absences: readonly Absence[]
  readonly faults: readonly Absence[]
  /** The runs of which this one is made; undefined for a single run. */
  readonly parts?: readonly RunPart[]
}

/** The path of the file of a run, with its date. */
export function defaultPath(now: Date): string {
  return join(root, 'bench-results', `${now.toISOString().slice(0, 19).replaceAll(':', '-')}.json`)
}

export function writeRun(path: string, run: BenchRun): void {
  mkdirSync(dirname(path), { recursive: true })
  // JSON has no Infinity, which means all lines of the file.
  writeFileSync(path, `${JSON.stringify(run, (_key, value: unknown) => (value === Infinity ? 'all' : value), 2)}\n`)
}
