import { join } from 'node:path'
import { buildBefore, missingBuild, thisBuild } from './before.ts'
import type { Bench } from './bench.ts'
import { root } from './child.ts'
import type { Contestant } from './core/alternate.ts'

/** This build and an earlier one as contestants. `file` is what they need of a build, `run` gets its path. */
export function builds(bench: Bench, file: string, run: (path: string) => ReturnType<Contestant['run']>): Contestant[] {
  const contestant = (who: string, directory: string, underTest: boolean): Contestant => ({
    who,
    underTest,
    run: () => run(join(directory, file)),
  })
  const contestants = [contestant(thisBuild, root, true)]
  const missing = missingBuild(bench.before, file)
  if (bench.before === undefined || missing !== undefined) bench.results.absent(buildBefore, missing)
  else contestants.push(contestant(buildBefore, bench.before, false))
  return contestants
}
