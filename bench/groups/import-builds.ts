import { join } from 'node:path'
import type { Queries } from '../../src/db/queries.ts'
import { firstRow } from '../../src/db/queries.ts'
import { buildBefore, missingBuild, thisBuild } from '../builds.ts'
import type { Bench } from '../bench.ts'
import { dbtoolBinary, type Ended, runDbtool } from '../child.ts'
import { alternate } from '../core/alternate.ts'
import { type Trial, WrongRun } from '../core/results.ts'
import { withoutOrders } from '../shop.ts'

/** A build of dbtool with a database of its own, because each build has its own schema. */
interface Build {
  readonly who: string
  readonly binary: string
  readonly database: string
}

export interface ImportFiles {
  /** Files of one month and of ten. */
  readonly once: string
  readonly tenfold: string
  readonly flags: readonly string[]
  /** Has the schema of this build, and the users and products of the files. */
  readonly database: string
}

export const ofMonths = (months: number): string => `${months} × the month, as a process`

/** Imports as whole processes, of this build and of an earlier one: lines of the file per second, and memory. */
export async function importBuilds(bench: Bench, files: ImportFiles): Promise<void> {
  const builds: Build[] = [{ who: thisBuild, binary: dbtoolBinary, database: files.database }]
  const missing = missingBuild(bench.before, 'dist', 'cli', 'dbtool.cjs')
  if (bench.before === undefined || missing !== undefined) bench.results.absent(buildBefore, missing)
  else builds.push(await prepared(bench, bench.before, files))
  for (const [months, path] of [
    [1, files.once],
    [10, files.tenfold],
  ] as const) {
    const contestants = builds.map((build) => ({
      who: build.who,
      underTest: build.who === thisBuild,
      run: () => importing(bench, build, path, files.flags),
    }))
    const contest = { group: 'import', work: ofMonths(months), unit: 'lines/s', rounds: bench.size.rounds }
    await alternate({ ...contest, contestants }, bench.results)
  }
}

/** Creates the database of the earlier build, with users and products. */
async function prepared(bench: Bench, before: string, { once, flags, database: own }: ImportFiles): Promise<Build> {
  const database = `${own}_before`
  const build = { who: buildBefore, binary: join(before, 'dist', 'cli', 'dbtool.cjs'), database }
  await bench.server.connection(undefined, async (connection) => {
    await connection.execute(`DROP DATABASE IF EXISTS ${database}`)
    await connection.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  })
  await run(bench, build, ['db', 'migrate'])
  await run(bench, build, ['orders', 'import', once, ...flags], [0, 7])
  return build
}

function run(bench: Bench, build: Build, args: readonly string[], expected: readonly number[] = [0]): Promise<Ended> {
  const { server, signal } = bench
  const { binary, database } = build
  return runDbtool(args, { binary, env: server.environment(database), cwd: server.home, signal }, expected)
}

async function importing(bench: Bench, build: Build, path: string, flags: readonly string[]): Promise<Trial> {
  await bench.server.connection(build.database, withoutOrders)
  const { stdout, seconds, peakMegabytes } = await run(bench, build, ['orders', 'import', path, ...flags], [0, 7])
  const summary = JSON.parse(stdout) as { lines_read: number; orders_placed: number }
  await bench.server.connection(build.database, (queries) => assertPlaced(queries, summary.orders_placed))
  // The rules of the shop are those of the build.
  await run(bench, build, ['db', 'check'])
  if (peakMegabytes === undefined) throw new Error('the process did not report its memory')
  return { value: summary.lines_read / seconds, also: { peakMegabytes } }
}

async function assertPlaced(queries: Queries, reported: number): Promise<void> {
  const count = (await firstRow<{ n: number }>(queries, 'SELECT COUNT(*) AS n FROM orders'))?.n
  if (count !== reported)
    throw new WrongRun(`the run reported ${reported} orders, but the database has ${count ?? 'none'}`)
}
