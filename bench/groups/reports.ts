import type { Bench } from '../bench.ts'
import { dbtool, verbs } from '../command.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { Figures, valuesOf, type Results } from '../core/results.ts'
import { counted } from '../core/figures.ts'
import { fillOrders } from '../order-lines.ts'
import { makeDatabase } from '../shop.ts'

const databaseOf = (lines: number): string => `bench_reports_${lines}`

/** Each report over a series of shops, each with ten times the order lines of the one before. */
export async function reports(bench: Bench): Promise<void> {
  const {
    results,
    server,
    signal,
    size: { reportRounds: rounds, reportLines },
  } = bench
  for (const lines of reportLines) {
    results.doing(`reports: filling a shop of ${counted(lines, 'line')}`)
    await makeDatabase(server, databaseOf(lines))
    await server.connection(databaseOf(lines), (connection) => fillOrders(connection, lines))
    await dbtool(['db', 'check'], { env: server.environment(databaseOf(lines)), cwd: server.home, signal })
  }
  const names = (await verbs()).flatMap((verb) => (verb.startsWith('report ') ? [verb.slice('report '.length)] : []))
  for (const name of names) {
    const contestants = reportLines.map((lines): Contestant => ({
      who: counted(lines, 'line'),
      underTest: true,
      run: async () => ({ value: await statementsMs(bench, name, lines) }),
    }))
    await alternate({ group: 'reports', work: name, unit: 'ms', rounds, contestants }, results)
    for (const lines of reportLines.slice(1)) addGrowth(results, name, lines)
  }
}

/** Adds the ratio of its time to the time over a tenth of the lines, round by round. */
function addGrowth(results: Results, name: string, lines: number): void {
  const [full, tenth] = [lines, lines / 10].map((count) =>
    valuesOf(new Figures(results.series).of('reports', name, counted(count, 'line'))),
  )
  const rounds = (full ?? []).map((ms, round) => ({ value: ms / (tenth?.[round] ?? NaN) }))
  if (rounds.length > 0 && rounds.length === tenth?.length)
    results.add({
      group: 'reports',
      work: `${name}, for 10 × the lines`,
      who: counted(lines, 'line'),
      unit: '×',
      rounds,
    })
}

/** The time of the report's statements alone, because starting and connecting would hide its growth. */
async function statementsMs({ server, signal }: Bench, name: string, lines: number): Promise<number> {
  const { stderr } = await dbtool(['report', name, '--limit', '10', '--json', '--sql'], {
    env: server.environment(databaseOf(lines)),
    cwd: server.home,
    signal,
  })
  const times = [...stderr.matchAll(/^→ ([\d.]+) ms /gm)].map(([, ms]) => Number(ms))
  if (times.length === 0) throw new Error(`report ${name} printed no statement with its time`)
  return times.reduce((sum, ms) => sum + ms, 0)
}
