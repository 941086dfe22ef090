import { createReadStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { contestantOf, type Program, programs, runProgram } from '../builds.ts'
import type { Ended } from '../child.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { WrongRun, type Trial } from '../core/results.ts'
import { hasClient, linesOf, runClient, clientExport } from '../mariadb-client.ts'
import { fillOrders } from '../order-lines.ts'
import { fillShop } from '../shop.ts'

const people = 'bench_export'
const lines = 'bench_export_lines'

interface Work {
  readonly noun: string
  readonly database: typeof people | typeof lines
  /** The statement of the peer: the same columns, as the server writes them. */
  readonly select: string
}

const works: readonly Work[] = [
  {
    noun: 'products',
    database: people,
    select: 'SELECT sku, name, price, description, stock, is_active, created_at FROM products ORDER BY id',
  },
  {
    noun: 'users',
    database: people,
    select: `SELECT username, email, first_name, last_name, is_active, is_admin, created_at, last_login
      FROM users ORDER BY id`,
  },
  {
    noun: 'orders',
    database: lines,
    select: `SELECT o.idempotency_key AS order_ref, u.email, p.sku, i.quantity, i.price, p.name, o.created_at, o.status,
        NULL AS shipping, NULL AS discount, NULL AS tax
      FROM order_items i JOIN orders o ON o.id = i.order_id JOIN users u ON u.id = o.user_id
        JOIN products p ON p.id = i.product_id
      WHERE o.status <> 'cancelled' ORDER BY i.order_id, i.product_id`,
  },
]

export const exportWorks = works.map(({ noun }) => noun)

/** Exports as CSV into a file, as whole processes: this build, an earlier one, and the client of MariaDB. */
export async function exports(bench: Bench): Promise<void> {
  const { results, server, size } = bench
  const peer = hasClient(results)
  results.doing('export: filling two shops')
  const shops = { [people]: await programs(bench, people), [lines]: await programs(bench, lines) }
  for (const { database } of shops[people])
    await server.connection(database, (connection) =>
      fillShop(connection, { users: size.exportRows, products: size.exportRows }),
    )
  for (const { database } of shops[lines])
    await server.connection(database, (connection) => fillOrders(connection, size.exportRows))
  for (const work of works) await contest(bench, work, shops[work.database], peer)
}

/** The contestants must write as many lines as each other, and each build the same bytes in every round. */
async function contest(bench: Bench, work: Work, contending: readonly Program[], peer: boolean): Promise<void> {
  const { noun, database, select } = work
  const written = join(bench.server.home, `${noun}.csv`)
  const [first] = contending
  if (first === undefined) return
  await runProgram(bench, first, [noun, 'export'], { into: written })
  const rows = (await linesOf(written)) - 1
  const contestants = contending.map((program) => exporting(bench, program, { noun, written, rows }))
  if (peer) contestants.push(clientOf(bench, { database, select, written, rows }))
  await alternate(
    { group: 'export', work: noun, unit: 'rows/s', rounds: bench.size.rounds, contestants },
    bench.results,
  )
}

interface ExportWork {
  readonly noun: string
  readonly written: string
  readonly rows: number
}

function exporting(bench: Bench, program: Program, { noun, written, rows }: ExportWork): Contestant {
  let expected: string | undefined
  return contestantOf(program, async () => {
    const ended = await runProgram(bench, program, [noun, 'export'], { into: written })
    const digest = await digestOf(written)
    expected ??= digest
    if (digest !== expected) throw new WrongRun(`${noun} export wrote other bytes`)
    await assertLines(written, rows)
    return trialOf(ended, rows)
  })
}

async function assertLines(path: string, rows: number): Promise<void> {
  const found = (await linesOf(path)) - 1
  if (found !== rows) throw new WrongRun(`${rows} rows should be as many lines, not ${found}`)
}

interface ClientWork {
  readonly database: string
  readonly select: string
  readonly written: string
  readonly rows: number
}

function clientOf(bench: Bench, { database, select, written, rows }: ClientWork): Contestant {
  return {
    who: clientExport,
    underTest: false,
    run: async () => {
      const ended = await runClient(bench, { database, statement: select, into: written })
      await assertLines(written, rows)
      return trialOf(ended, rows)
    },
  }
}

function trialOf({ seconds, peakMegabytes }: Ended, rows: number): Trial {
  return { value: rows / seconds, ...(peakMegabytes === undefined ? {} : { also: { peakMegabytes } }) }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
