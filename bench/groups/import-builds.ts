import type { Queries } from '../../src/db/queries.ts'
import { firstRow } from '../../src/db/queries.ts'
import { contestantOf, type Program, programs, runProgram } from '../builds.ts'
import type { Bench } from '../bench.ts'
import { alternate } from '../core/alternate.ts'
import { type Trial, WrongRun } from '../core/results.ts'
import { withoutOrders } from '../shop.ts'

export interface ImportFiles {
  /** Files of one month and of ten. */
  readonly once: string
  readonly tenfold: string
  readonly flags: readonly string[]
}

/** Success except for orders that the file or the shop rejects. */
const expected = [0, 7]

export const ofMonths = (months: number): string => `${months} × the month, as a process`

/** Imports as whole processes, of this build and of an earlier one: lines of the file per second, and memory. */
export async function importBuilds(bench: Bench, files: ImportFiles): Promise<void> {
  const contending = await programs(bench, 'bench_import_builds')
  // This run creates the users and products.
  for (const program of contending)
    await runProgram(bench, program, ['orders', 'import', files.once, ...files.flags], { expected })
  for (const [months, path] of [
    [1, files.once],
    [10, files.tenfold],
  ] as const) {
    const contestants = contending.map((program) =>
      contestantOf(program, () => importing(bench, program, path, files.flags)),
    )
    // A run of one month is short, and what else the machine does decides over single ones.
    const rounds = months === 1 ? 3 * bench.size.rounds : bench.size.rounds
    const contest = { group: 'import', work: ofMonths(months), unit: 'lines/s', rounds }
    await alternate({ ...contest, contestants }, bench.results)
  }
}

async function importing(bench: Bench, program: Program, path: string, flags: readonly string[]): Promise<Trial> {
  await bench.server.connection(program.database, withoutOrders)
  const { stdout, seconds, peakMegabytes } = await runProgram(bench, program, ['orders', 'import', path, ...flags], {
    expected,
  })
  const summary = JSON.parse(stdout) as { lines_read: number; orders_placed: number }
  await bench.server.connection(program.database, (queries) => assertPlaced(queries, summary.orders_placed))
  // The rules of the shop are those of the build.
  await runProgram(bench, program, ['db', 'check'])
  if (peakMegabytes === undefined) throw new Error('the process did not report its memory')
  return { value: summary.lines_read / seconds, also: { peakMegabytes } }
}

async function assertPlaced(queries: Queries, reported: number): Promise<void> {
  const count = (await firstRow<{ n: number }>(queries, 'SELECT COUNT(*) AS n FROM orders'))?.n
  if (count !== reported)
    throw new WrongRun(`the run reported ${reported} orders, but the database has ${count ?? 'none'}`)
}
