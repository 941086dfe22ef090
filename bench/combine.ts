import { readFileSync } from 'node:fs'
import { InvalidValue } from '../src/errors.ts'
import { Figures } from './core/results.ts'
import type { BenchRun } from './report-file.ts'
import { judge } from './targets.ts'

/** Reads the file of a run. Throws InvalidValue for a run whose figures must not be published. */
export function readRun(path: string): BenchRun {
  const run = JSON.parse(readFileSync(path, 'utf8')) as BenchRun
  if (run.size.name !== 'full') throw new InvalidValue(`${path} is a quick run, and its figures mean nothing`)
  if (run.faults.length > 0)
    throw new InvalidValue(`${path} has wrong runs: ${run.faults.map(({ what }) => what).join(', ')}`)
  return run
}

/**
 * Makes one run of several. Each group has the figures of one run, the newest that has measured it, so that no ratio
 * is of two runs.
 */
export function combined(runs: readonly [BenchRun, ...BenchRun[]]): BenchRun {
  const [newest = runs[0], ...others] = runs.toSorted((a, b) => b.date.localeCompare(a.date))
  const sources = new Map<string, BenchRun>()
  for (const run of [newest, ...others])
    for (const group of run.groups) if (!sources.has(group)) sources.set(group, run)
  const series = [...sources].flatMap(([group, run]) => run.series.filter((one) => one.group === group))
  return {
    ...newest,
    groups: [...sources.keys()],
    series,
    targets: judge(new Figures(series), [...sources.keys()]).outcomes,
    parts: [newest, ...others].flatMap(({ date, versions, load, groups }) => {
      const own = groups.filter((group) => sources.get(group)?.date === date)
      return own.length === 0 ? [] : [{ date, commit: versions['commit'] ?? '', load, groups: own }]
    }),
  }
}
