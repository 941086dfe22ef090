import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { isOneServer } from '../../src/db/target.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Observer } from '../../src/stress/observer.ts'
import { chapterPool, chapterSql } from '../../src/stress/plan.ts'
import type { ConnectionHeadroom } from '../../src/stress/prepare.ts'
import { type DataRow, parseStatement, type Statement } from '../../src/stress/statement.ts'
import {
  builtIn,
  type OrdersOptions,
  ordersWork,
  type Scratch,
  scratchWork,
  sqlWork,
  type Work,
} from '../../src/stress/workload.ts'
import { durationText, parseChoice, parseWait, parseWhole } from '../../src/values.ts'
import { always, type EffectOptions, withEffect } from '../kit/command.ts'
import { anyServer } from '../kit/any-server.ts'
import { value, values, withDefault } from '../kit/flags.ts'
import type { Note } from '../kit/help.ts'

export interface WorkloadOptions extends Partial<OrdersOptions> {
  readonly sql?: readonly Statement[]
  readonly workload?: WorkloadName
  readonly data?: string
}

const workloads = ['ping', 'sleep', 'read', 'write', 'orders'] as const
const ordinary: OrdersOptions = { lines: 3, products: 1_000 }
type WorkloadName = (typeof workloads)[number]

/** The workloads that write, to their own tables or to orders. */
const writingLoads: readonly string[] = ['read', 'write', 'orders']

/** Adds the flags that define the work of an iteration. */
export function workloadFlags(command: Command): Command {
  const changes = ({ workload }: EffectOptions): boolean => writingLoads.includes(workload ?? '')
  return withEffect(command, { changes, isWholesale: always })
    .addOption(
      new Option('--sql <statement>', 'statement to run; repeat it for several, with weights')
        .argParser(values(parseStatement))
        .default(undefined, chapterSql),
    )
    .addOption(
      new Option('--workload <name>', 'built-in workload: ping, sleep, read, write or orders')
        .argParser(value(parseChoice(workloads)))
        .conflicts('sql'),
    )
    .addOption(
      new Option('--lines <n>', 'number of different products per order')
        .argParser(value(parseWhole(1, 1_000)))
        .default(undefined, String(ordinary.lines)),
    )
    .addOption(
      new Option('--products <n>', 'number of products that orders choose from')
        .argParser(value(parseWhole(1, 1_000_000)))
        .default(undefined, String(ordinary.products)),
    )
    .option('--data <file>', 'CSV or NDJSON file with the values of {{column}}')
}

/** The part of the help that explains the flags of the workload. */
export const workloadNotes: readonly Note[] = [
  [
    'Statements:',
    "A weight in front of a statement sets how often it runs: '9: SELECT …' runs nine times as often " +
      'as a statement without a weight.\n' +
      '{{random 1 1000}}, {{uuid}} and {{column}} are bound as parameters. A column comes from the file of --data. ' +
      'Each iteration uses its next row, and the first row follows the last one.',
  ],
  [
    'Workloads:',
    [
      ['ping', 'runs DO 0'],
      ['sleep', 'sleeps for a tenth of a second'],
      ['read', 'reads a row by its key, in a table that the run creates and drops'],
      ['write', 'updates a row by its key, in such a table'],
      ['orders', 'places real orders in the existing shop; contention grows with fewer --products'],
    ],
  ],
]

/** The work of an iteration in words, for the settings of a report. */
export function workloadText({
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

/** A checked workload, with the server that it runs on. */
export interface CheckedLoad {
  readonly work: Work
  readonly headroom: ConnectionHeadroom
  /** Undefined without report files, which are the only readers of its observations. */
  readonly observer: Observer | undefined
}

/**
 * Calls `use` with the workload and the headroom of the server. Before that, it checks that the server can prepare the
 * statements and has enough free connections; it rejects with USAGE otherwise. The scratch table of the workload is
 * dropped in any case.
 */
export async function underLoad<T>(
  ctx: Context,
  options: WorkloadOptions & { readonly out?: readonly object[] },
  connections: number,
  use: (load: CheckedLoad) => Promise<T>,
): Promise<T> {
  const work = await workOf(ctx, options)
  const { limits, target } = await anyServer(ctx)
  // With a wrong password or host, one error is enough; the workers would report it fifty times.
  const [{ headroomFor, assertPreparable }, { assertLoggable }] = await Promise.all([
    import('../../src/stress/prepare.ts'),
    import('../../src/db/binary-log.ts'),
  ])
  const scratch = work.kind === 'statements' ? work.scratch : undefined
  const observers = (options.out ?? []).length > 0 ? 1 : 0
  const headroom = await ctx.connection(
    async (connection) => {
      await assertPreparable(connection, options.sql ?? [])
      if (scratch !== undefined || work.kind === 'orders') await assertLoggable(connection)
      return headroomFor(connection, connections + observers)
    },
    limits,
    target,
  )
  const run = (): Promise<T> =>
    observers === 0 ? use({ work, headroom, observer: undefined }) : observed(ctx, { work, headroom }, use)
  return scratch === undefined ? run() : withScratch(ctx, scratch, run)
}

/** The pool of an observer. A reading that waits longer than this is skipped. */
const observing = { size: 1, maxOverflow: 0, timeoutMs: 2_000 } as const

/** Calls `use` with an observer of the server on a connection of its own, which follows the failovers of the load. */
async function observed<T>(
  ctx: Context,
  load: Omit<CheckedLoad, 'observer'>,
  use: (load: CheckedLoad) => Promise<T>,
): Promise<T> {
  const [{ observerOf }, { openPool }, { closing }, { PooledDatabase }, { limits, target, pool: options }] =
    await Promise.all([
      import('../../src/stress/observer.ts'),
      import('../../src/db/pool/open.ts'),
      import('../../src/db/pool/pool.ts'),
      import('../../src/db/database.ts'),
      anyServer(ctx),
    ])
  let host: string | undefined
  const onChosen = (address: string): void => void (host = address)
  const pool = openPool('fair', { target, limits, options: { ...options, ...observing }, onChosen })
  const { signal } = ctx.io
  return closing(pool, signal, async () => {
    const observer = await observerOf(new PooledDatabase(pool), isOneServer(target) ? undefined : () => host)
    return use({ ...load, observer })
  })
}

async function withScratch<T>(ctx: Context, { make, remove }: Scratch, use: () => Promise<T>): Promise<T> {
  const { target } = await anyServer(ctx)
  try {
    await ctx.connection(
      async (connection) => {
        for (const statement of make) await connection.execute(statement)
      },
      undefined,
      target,
    )
    return await use()
  } finally {
    await ctx.connection((connection) => connection.execute(remove), undefined, target)
  }
}

/** Rejects with USAGE if statements and data do not match. */
async function workOf(ctx: Context, { workload, sql, data, lines, products }: WorkloadOptions): Promise<Work> {
  const statements = sql ?? []
  const columns = [...new Set(statements.flatMap((statement) => statement.columns))]
  if (columns.length > 0 && data === undefined) {
    const [names, are] = [`{{${columns.join('}}, {{')}}}`, columns.length === 1 ? 'is a column' : 'are columns']
    throw new DbtoolError('USAGE', `${names} ${are} of --data, but --data is missing`, {
      hint: 'without --data, only {{random 1 1000}} and {{uuid}} are available',
    })
  }
  if (columns.length === 0 && data !== undefined)
    throw new DbtoolError('USAGE', '--data needs a --sql that names one of its columns', {
      hint: 'for example: --sql "SELECT {{id}}"',
    })
  if (workload === 'orders') {
    const orders = { lines: lines ?? ordinary.lines, products: products ?? ordinary.products }
    return { kind: 'orders', ...(await ctx.shop((db) => ordersWork(db, ctx.author(), orders))) }
  }
  if (lines !== undefined || products !== undefined)
    throw new DbtoolError('USAGE', '--lines and --products need --workload orders')
  if (workload === 'read' || workload === 'write') return { kind: 'statements', ...scratchWork(workload) }
  if (statements.length === 0)
    return { kind: 'statements', ...sqlWork(workload === undefined ? chapterSql : builtIn[workload]) }
  return { kind: 'statements', statements, data: data === undefined ? [] : await rowsOf(ctx, data, columns) }
}

/** The limit of a data file, whose rows are all held in memory. */
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
          hint: 'use a file with fewer rows',
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

/** Adds the flags of the pool under load. The defaults are the chapter's pool, except for `maxOverflow`. */
export function poolFlags(command: Command, maxOverflow: number): Command {
  return command
    .option('--pool-size <n>', 'number of connections that stay open', value(parseWhole(1, 10_000)), chapterPool.size)
    .option(
      '--max-overflow <n>',
      'number of additional connections on demand',
      value(parseWhole(0, 10_000)),
      maxOverflow,
    )
    .addOption(
      withDefault(
        '--pool-timeout <duration>',
        'time limit for acquiring a connection',
        parseWait,
        durationText(chapterPool.timeoutMs),
      ),
    )
}
