import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { type Child, dbtoolBinary, type Ended, root, runDbtool } from './child.ts'
import type { Contestant } from './core/alternate.ts'
import { makeEmptyDatabase } from './shop.ts'

export const thisBuild = 'this build'
/** The peer that `--before` names. */
export const buildBefore = 'the build before'

/** The reason why the earlier build cannot run; `path` is a file of its build that is needed. */
function missingBuild(directory: string | undefined, ...path: readonly string[]): string | undefined {
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

/** The program of a build with a database of its own, because each build has its own schema. */
export interface Program {
  readonly who: typeof thisBuild | typeof buildBefore
  readonly binary: string
  readonly database: string
}

/** This build and an earlier one, each with an empty shop that its own `db migrate` made. */
export async function programs(bench: Bench, database: string): Promise<Program[]> {
  const programs: Program[] = [{ who: thisBuild, binary: dbtoolBinary, database }]
  const missing = missingBuild(bench.before, 'dist', 'cli', 'dbtool.cjs')
  if (bench.before === undefined || missing !== undefined) bench.results.absent(buildBefore, missing)
  else {
    const binary = join(bench.before, 'dist', 'cli', 'dbtool.cjs')
    programs.push({ who: buildBefore, binary, database: `${database}_before` })
  }
  for (const program of programs) {
    await makeEmptyDatabase(bench.server, program.database)
    await runProgram(bench, program, ['db', 'migrate'])
  }
  return programs
}

/** The program of a build as a contestant. */
export function contestantOf({ who }: Program, run: Contestant['run']): Contestant {
  return { who, underTest: who === thisBuild, run }
}

/** Runs a command of a build on its database. Rejects if its exit code is not one of `expected`. */
export function runProgram(
  { server, signal }: Bench,
  { binary, database }: Program,
  args: readonly string[],
  { expected = [0], ...child }: Pick<Child, 'into'> & { readonly expected?: readonly number[] } = {},
): Promise<Ended> {
  return runDbtool(args, { ...child, binary, env: server.environment(database), cwd: server.home, signal }, expected)
}
