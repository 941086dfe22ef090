import { join, resolve } from 'node:path'
import type { Screen } from '../src/output/output.ts'
import { root } from './child.ts'
import { Figures, Results } from './core/results.ts'
import { combined, readRun } from './combine.ts'
import { readEnvironment, type RunEnvironment } from './environment.ts'
import type { Options } from './options.ts'
import { publish } from './page.ts'
import { Peers } from './peers.ts'
import { withPrivateServer } from './private-server.ts'
import { defaultPath, writeRun, type BenchRun } from './report-file.ts'
import { Display } from './show.ts'
import { judge } from './targets.ts'

export interface BenchIo {
  readonly env: NodeJS.ProcessEnv
  readonly stdout: Screen
  readonly stderr: Screen
  readonly signal: AbortSignal
}

/**
 * Measures, prints the figures and writes the file of the run. Resolves to the exit code: 1 if any run of dbtool was
 * wrong or failed, regardless of its speed.
 */
export async function runBench(options: Options, io: BenchIo): Promise<number> {
  if (options.from !== undefined) {
    const [first, ...more] = options.from
    publish(join(root, 'docs'), combined([readRun(first), ...more.map(readRun)]))
    return 0
  }
  const display = new Display(io.stdout, io.stderr, io.env)
  const results = new Results(io.signal, (what) => display.say(what))
  const started = new Date()
  const conditions = await measure(options, io, results)
  const { outcomes, unmeasured } = judge(new Figures(results.series), Object.keys(options.groups))
  const run: BenchRun = {
    date: started.toISOString(),
    size: options.size,
    groups: Object.keys(options.groups),
    ...conditions,
    series: results.series,
    targets: outcomes,
    absences: results.absences,
    faults: results.faults,
  }
  display.series(run.series)
  display.targets(outcomes)
  for (const { work, peer } of unmeasured) display.say(`not measured: ${work}${peer === '–' ? '' : ` against ${peer}`}`)
  for (const { what, why } of run.absences) display.say(`not here: ${what}: ${why}`)
  const path = options.out ?? defaultPath(started)
  writeRun(path, run)
  display.say(`every round is in ${path}`)
  for (const { what, why } of run.faults) display.say(`WRONG: ${what}: ${why}`)
  if (run.faults.length > 0) return 1
  if (options.chart) publish(join(root, 'docs'), run)
  return 0
}

async function measure(
  { groups, size, before }: Options,
  { env, signal }: BenchIo,
  results: Results,
): Promise<RunEnvironment> {
  const { DBTOOL_PEERS: folder, DBTOOL_REAL_DATA: realData } = env
  const peers = new Peers(folder && resolve(folder), signal)
  return withPrivateServer(signal, async (server) => {
    const conditions = await server.connection(undefined, readEnvironment)
    const bench = { size, server, peers, results, signal, realData, before: before && resolve(before) }
    for (const [name, group] of Object.entries(groups))
      await group(bench).catch((error: unknown) => results.failed(name, error))
    return conditions
  })
}
