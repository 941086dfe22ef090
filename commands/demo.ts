import type { Command } from 'commander'
import type { Context } from '../src/context/context.ts'
import { fillSampleShop, rush } from '../src/shop/sample.ts'
import { chapterPool } from '../src/stress/plan.ts'
import type { Verbs } from './kit/command.ts'
import { footer } from './kit/help.ts'
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
      footer([`It uses a separate database, ${database}, and recreates it on every run.`], 'dbtool demo'),
    )
    .action(() => run(ctx))
}

/**
 * Starts the private server if it is not running. The server stays up for the commands that come next, unless the
 * story fails.
 */
export async function tellStory(ctx: Context): Promise<void> {
  const [{ serverPaths }, { startServer }, { stopServer }] = await Promise.all([
    import('../src/server/home.ts'),
    import('../src/server/start.ts'),
    import('../src/server/stop.ts'),
  ])
  const paths = serverPaths(ctx.io.env)
  chapter(ctx, 'Start a private MariaDB', 'server start')
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
  } catch (error) {
    if (started) await stopServer(paths)
    throw error
  }
  nextSteps(ctx)
}

/** Prints the title of a part, with the command line that does the same. */
function chapter({ out }: Context, title: string, line: string): void {
  out.heading(title)
  out.commandLine(`$ dbtool ${line}`)
}

async function makeDatabase(ctx: Context): Promise<void> {
  await ctx.db(async (db) => {
    await db.execute(`DROP DATABASE IF EXISTS ${database}`)
    await db.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  })
}

async function chapters(ctx: Context): Promise<void> {
  chapter(ctx, 'Create the schema', 'db migrate')
  await migrate(ctx, {})
  chapter(ctx, 'Add a customer', 'users create --username ada --email ada@example.com --generate-password')
  await createUser(ctx, { username: 'ada', email: 'ada@example.com', generatePassword: true })
  ctx.out.heading(`A rush: ${buyers} orders at once over all connections of the pool, with only 12 red lamps in stock`)
  await ctx.shop(async (db) => {
    const { placed, soldOut, refusal } = await rush(db, ctx.author(), await fillSampleShop(db, ctx.author()), buyers)
    ctx.out.success(`${placed} orders were placed; the other ${soldOut} were rejected, as expected: ${refusal ?? ''}`)
  })
  chapter(ctx, 'Place another order', 'orders place --user ada --item TEA-1:2 --item POT-1:1')
  await place(ctx, {
    user: 'ada',
    item: [
      { product: 'TEA-1', quantity: 2 },
      { product: 'POT-1', quantity: 1 },
    ],
  })
  chapter(ctx, 'Check the invariants', 'db check')
  await check(ctx)
  chapter(ctx, 'Load test: 50 workers on 5 + 10 connections', 'pool stress')
  const { size: poolSize, maxOverflow, timeoutMs: poolTimeout } = chapterPool
  await stressPool(ctx, { poolSize, maxOverflow, poolTimeout, warmup: 0, threads: 1, mode: 'fair', maxRegression: 0 })
  // The last part is short: the next steps and all of it are on one screen of 80 × 24.
  chapter(ctx, topProducts.question, `report ${topProducts.name} --limit 5`)
  await showReport(ctx, topProducts, { since: undefined, until: undefined, limit: 5, by: 'units' })
}

const widestCommand = 54
const widestStep = 80

/** The next commands; on a narrow terminal, each is described below it. */
export function nextSteps({ out, io }: Pick<Context, 'out' | 'io'>): void {
  const next = [
    ['', 'open the menu of commands'],
    [` --database ${database} orders list`, 'list the orders'],
    [' db migrate', 'create your own shop'],
    [' pool stress --sql "SELECT 1" --duration 5s', 'measure the maximum rate'],
    [' server stop', 'stop the private server'],
  ] as const
  out.heading('Next steps')
  const narrow = (io.stderr.columns || Infinity) < widestStep
  for (const [line, about] of next) {
    const command = `  dbtool${line}`
    if (!narrow) out.commandLine(`${command.padEnd(widestCommand)}${about}`)
    else {
      out.commandLine(command)
      out.note(`    ${about}`)
    }
  }
}
