import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import { fillSampleShop, rush } from '../src/shop/sample.ts'
import { chapterPool } from '../src/stress/plan.ts'
import type { Verbs } from './kit/command.ts'
import { examples } from './kit/help.ts'
import { check } from './db/check.ts'
import { migrate } from './db/migrate.ts'
import { place } from './orders/place.ts'
import { stressPool } from './pool/stress.ts'
import { show as showReport } from './report/report.ts'
import { topProducts } from '../src/reports/products.ts'
import { createUser } from './users/create.ts'

export const verbs: Verbs = { demo }

const database = 'dbtool_demo'
const buyers = 40

export function demo(program: Command, ctx: Context, run = tellStory): void {
  program
    .command('demo')
    .description('Run a tour of dbtool on a private server, in one command')
    .addHelpText(
      'after',
      `\nIt uses a separate database, ${database}, and recreates it on every run.\n${examples('dbtool demo')}`,
    )
    .action(() => run(ctx))
}

/** Starts the private server if it is not running. Stops it afterwards if it was started here. */
export async function tellStory(ctx: Context): Promise<void> {
  const [{ serverPaths }, { startServer }, { stopServer }] = await Promise.all([
    import('../src/server/home.ts'),
    import('../src/server/start.ts'),
    import('../src/server/stop.ts'),
  ])
  const paths = serverPaths(ctx.io.env)
  ctx.out.heading('Start a private MariaDB   $ dbtool server start')
  const { started, status, warnings } = await startServer(paths, {
    signal: ctx.io.signal,
    progress: (message) => ctx.out.note(`${message} …`),
  })
  for (const warning of warnings) ctx.out.warn(warning)
  ctx.out.success(
    `MariaDB ${status.version ?? ''} ${started ? 'is running' : 'was already running'}, on ${paths.socket}`,
  )
  // The user's own settings may protect another database; they do not apply to this one.
  const address = { DB_SOCKET: paths.socket, DB_USER: status.user ?? '', DB_PROTECTED: '0', DB_READ_ONLY: '0' }
  try {
    await ctx.elsewhere({ ...address, DB_NAME: status.database ?? '' }, makeDatabase)
    await ctx.elsewhere({ ...address, DB_NAME: database }, chapters)
  } finally {
    if (started) await stopServer(paths)
  }
  epilogue(ctx, started)
}

async function makeDatabase(ctx: Context): Promise<void> {
  await ctx.db(async (db) => {
    await db.execute(`DROP DATABASE IF EXISTS ${database}`)
    await db.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  })
}

async function chapters(ctx: Context): Promise<void> {
  ctx.out.heading('Create the schema   $ dbtool db migrate')
  await migrate(ctx, {})
  ctx.out.heading('Add a customer   $ dbtool users create --username ada --email ada@example.com --generate-password')
  await createUser(ctx, { username: 'ada', email: 'ada@example.com', generatePassword: true })
  ctx.out.heading(`A rush: ${buyers} orders at once over all connections of the pool, with only 12 red lamps in stock`)
  await ctx.shop(async (db) => {
    const { placed, soldOut, refusal } = await rush(db, ctx.author(), await fillSampleShop(db, ctx.author()), buyers)
    ctx.out.success(`${placed} orders were placed; the other ${soldOut} were rejected, as expected: ${refusal ?? ''}`)
  })
  ctx.out.heading('Place another order   $ dbtool orders place --user ada --item TEA-1:2 --item POT-1:1')
  await place(ctx, {
    user: 'ada',
    item: [
      { product: 'TEA-1', quantity: 2 },
      { product: 'POT-1', quantity: 1 },
    ],
  })
  ctx.out.heading(`${topProducts.question}   $ dbtool report ${topProducts.name}`)
  await showReport(ctx, topProducts, { since: undefined, until: undefined, limit: 5, by: 'units' })
  ctx.out.heading('Check the invariants   $ dbtool db check')
  await check(ctx)
  ctx.out.heading('Load test: 50 workers on 5 + 10 connections   $ dbtool pool stress')
  const { size: poolSize, maxOverflow, timeoutMs: poolTimeout } = chapterPool
  await stressPool(ctx, { poolSize, maxOverflow, poolTimeout, warmup: 0, threads: 1, mode: 'fair', maxRegression: 0 })
}

function epilogue({ out }: Context, started: boolean): void {
  const next = [
    [`--database ${database} orders list`, 'list the orders of the rush'],
    ['db migrate', 'create your own, empty shop'],
    ['pool stress --sql "SELECT 1" --duration 5s', 'measure the maximum rate'],
    ['--help', 'show all commands'],
  ] as const
  out.heading('Next steps')
  if (started) out.note(`  ${'npx dbtool server start'.padEnd(56)}start the server; the demo has stopped it`)
  for (const [line, about] of next) out.note(`  ${`npx dbtool ${line}`.padEnd(56)}${about}`)
}
