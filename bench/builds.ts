import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { root } from './child.ts'
import type { Contestant } from './core/alternate.ts'

export const thisBuild = 'this build'
/** The peer that `--before` names. */
export const buildBefore = 'the build before'

/** The reason why the earlier build cannot run; `path` is a file of its build that is needed. */
export function missingBuild(directory: string | undefined, ...path: readonly string[]): string | undefined {
  if (directory === undefined) return '--before does not name a checkout of an earlier commit'
  return existsSync(join(directory, ...path)) ? undefined : `${directory} has no build: npm run build`
}

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
