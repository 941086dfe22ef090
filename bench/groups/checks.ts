import type { Bench } from '../bench.ts'
import { contestantOf, programs, runProgram } from '../builds.ts'
import { alternate } from '../core/alternate.ts'
import { fillOrders } from '../order-lines.ts'

/** Commands that read the whole shop, by their names in the figures. */
export const checkWorks = {
  'db check': ['db', 'check'],
  doctor: ['doctor'],
  'report top-products --since 90d': ['report', 'top-products', '--since', '90d'],
  'report top-products --since 400d': ['report', 'top-products', '--since', '400d'],
  'report revenue': ['report', 'revenue'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Checks and reports over a shop with many order lines, as whole processes of this build and of an earlier one. */
export async function checks(bench: Bench): Promise<void> {
  const { results, server, size } = bench
  results.doing('checks: filling a shop')
  const contending = await programs(bench, 'bench_checks')
  for (const { database } of contending)
    await server.connection(database, (connection) => fillOrders(connection, size.exportRows))
  for (const [work, args] of Object.entries(checkWorks)) {
    // doctor ends with 1 where the configuration of the server deserves a warning.
    const expected = args[0] === 'doctor' ? [0, 1] : [0]
    const contestants = contending.map((program) =>
      contestantOf(program, async () => ({
        value: (await runProgram(bench, program, args, { expected })).seconds * 1_000,
      })),
    )
    await alternate({ group: 'checks', work, unit: 'ms', rounds: size.rounds, contestants }, results)
  }
}
