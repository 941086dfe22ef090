import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { chapterPool, chapterSql } from '../../src/stress/plan.ts'
import type { ConnectionHeadroom } from '../../src/stress/prepare.ts'
import { type DataRow, parseStatement, type Statement } from '../../src/stress/statement.ts'
import { builtIn, type OrdersOptions, ordersWork, scratchWork, sqlWork, type Work } from '../../src/stress/workload.ts'
import { durationText, parseChoice, parseWait, parseWhole } from '../../src/values.ts'
import { value, values, withDefault } from '../kit/flags.ts'

export interface WorkloadOptions extends Partial<OrdersOptions> {
  readonly sql?: readonly Statement[]
  readonly workload?: WorkloadName
  readonly data?: string
}

const workloads = ['ping', 'sleep', 'read', 'write', 'orders'] as const
const ordinary: OrdersOptions = { lines: 3, products: 1_000 }
type WorkloadName = (typeof workloads)[number]

/** What an iteration does. */
export function workloadFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--sql <statement>',
        "what an iteration runs; several are chosen from, '9: SELECT …' nine times as often; {{random 1 1000}}, {{uuid}} and {{column}} of --data are bound",
      )
        .argParser(values(parseStatement))
        .default(undefined, chapterSql),
    )
    .addOption(
      new Option(
        '--workload <name>',
        'instead of a statement: ping (DO 0), sleep (a tenth of a second), read or write (a row by its key, in a table of its own), orders (real ones, in the shop that is there)',
      )
        .argParser(value(parseChoice(workloads)))
        .conflicts('sql'),
    )
    .addOption(
      new Option('--lines <n>', 'different products in each of the orders')
        .argParser(value(parseWhole(1, 1_000)))
        .default(undefined, String(ordinary.lines)),
    )
    .addOption(
      new Option('--products <n>', 'how many products the orders choose from: the fewer, the more they contend')
        .argParser(value(parseWhole(1, 1_000_000)))
        .default(undefined, String(ordinary.products)),
    )
    .option(
      '--data <file>',
      'CSV or NDJSON with the columns that statements name, a row for each iteration, again from the first after the last',
    )
}

/** What an iteration does, in the words in which it was asked for. */
export function askedOf({
  sql = [],
  workload,
  data,
  lines = ordinary.lines,
  products = ordinary.products,
}: WorkloadOptions): string {
  if (workload === 'orders') return `an order of ${lines} lines, of ${products} products`
  if (workload !== undefined) return workload
  const statements = sql.length === 0 ? chapterSql : sql.map(({ text }) => text).join(' | ')
  return data === undefined ? statements : `${statements}, with the rows of ${data}`
}

/**
 * Runs `use` with what an iteration does, once it is certain that the server understands it, and that so much load may
 * be put here, on so many connections.
 * Whatever becomes of it, a table of the load's own is removed.
 */
export async function underLoad<T>(
  ctx: Context,
  options: WorkloadOptions,
  connections: number,
  use: (work: Work, headroom: ConnectionHeadroom) => Promise<T>,
): Promise<T> {
  const work = await workOf(ctx, options)
  const { limits } = await ctx.config()
  // A wrong password or host is said at once, not counted fifty times.
  const { headroomFor, mustBeUnderstood } = await import('../../src/stress/prepare.ts')
  const headroom = await ctx.connection(async (connection) => {
    await mustBeUnderstood(connection, options.sql ?? [])
    return headroomFor(connection, connections)
  }, limits)
  const scratch = work.kind === 'statements' ? work.scratch : undefined
  if (scratch === undefined) return use(work, headroom)
  try {
    await ctx.connection(async (connection) => {
      for (const statement of scratch.make) await connection.execute(statement)
    })
    return await use(work, headroom)
  } finally {
    await ctx.connection((connection) => connection.execute(scratch.remove))
  }
}

/** Rejects with USAGE when statements and data do not fit each other. */
async function workOf(ctx: Context, { workload, sql, data, lines, products }: WorkloadOptions): Promise<Work> {
  const statements = sql ?? []
  const columns = [...new Set(statements.flatMap((statement) => statement.columns))]
  if (columns.length > 0 && data === undefined)
    throw new DbtoolError(
      'USAGE',
      `{{${columns.join('}}, {{')}}} ${columns.length === 1 ? 'is a column' : 'are columns'} of --data, and --data is missing`,
      { hint: 'without --data there are only {{random 1 1000}} and {{uuid}}' },
    )
  if (columns.length === 0 && data !== undefined)
    throw new DbtoolError('USAGE', '--data is given, but no --sql names a column of it', {
      hint: 'as in --sql "SELECT {{id}}"',
    })
  if (workload === 'orders') {
    const asked = { lines: lines ?? ordinary.lines, products: products ?? ordinary.products }
    return { kind: 'orders', ...(await ctx.shop((db) => ordersWork(db, ctx.author(), asked))) }
  }
  if (lines !== undefined || products !== undefined)
    throw new DbtoolError('USAGE', '--lines and --products are for --workload orders')
  if (workload === 'read' || workload === 'write') return { kind: 'statements', ...scratchWork(workload) }
  if (statements.length === 0)
    return { kind: 'statements', ...sqlWork(workload === undefined ? chapterSql : builtIn[workload]) }
  return { kind: 'statements', statements, data: data === undefined ? [] : await rowsOf(ctx, data, columns) }
}

/** As many as one would want to tell apart; all are kept in memory. */
const mostRows = 1_000_000

async function rowsOf(
  { io: { stdin, signal }, rawCells }: Context,
  path: string,
  columns: readonly string[],
): Promise<DataRow[]> {
  const { openRecordFile } = await import('../../src/files/record-file.ts')
  const file = await openRecordFile(path, {
    stdin,
    signal,
    fields: { required: columns, optional: [] },
    map: new Map(),
    raw: rawCells,
  })
  const rows: DataRow[] = []
  try {
    for await (const { line, fault, values: row } of file.records({ signal })) {
      if (fault !== undefined) throw new DbtoolError('BAD_INPUT', `${file.name}, line ${line}: ${fault}`)
      if (rows.length === mostRows)
        throw new DbtoolError('BAD_INPUT', `${file.name} has more than ${mostRows} rows`, {
          hint: 'take fewer of them',
        })
      rows.push(
        Object.fromEntries(columns.flatMap((column) => (row[column] === undefined ? [] : [[column, row[column]]]))),
      )
    }
  } finally {
    await file.close()
  }
  if (rows.length === 0) throw new DbtoolError('BAD_INPUT', `${file.name} has no rows`)
  return rows
}

export interface PoolFlags {
  readonly poolSize: number
  readonly maxOverflow: number
  readonly poolTimeout: number
}

/** The pool that is put under load: the chapter's, with so much overflow. */
export function poolFlags(command: Command, maxOverflow: number): Command {
  return command
    .option('--pool-size <n>', 'connections kept', value(parseWhole(1, 10_000)), chapterPool.size)
    .option('--max-overflow <n>', 'connections added on demand', value(parseWhole(0, 10_000)), maxOverflow)
    .addOption(
      withDefault(
        '--pool-timeout <duration>',
        'how long a worker waits for a connection',
        parseWait,
        durationText(chapterPool.timeoutMs),
      ),
    )
}
