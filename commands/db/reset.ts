import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { DroppedTable } from '../../src/db/migrations/dropped-tables.ts'
import type { RollbackStep, Migrator } from '../../src/db/migrations/migrate.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { counted } from '../../src/in-words.ts'
import { footer } from '../kit/help.ts'
import { withView, unlessDryRun, withEffect } from '../kit/command.ts'
import { lockingOf } from './migrate.ts'

const view: View = { columns: [text('table'), number('rows')], id: 'table', empty: 'There were no tables to drop.' }

export interface ResetOptions {
  readonly confirm?: string
  readonly dryRun?: boolean
}

export function dbReset(db: Command, ctx: Context, run = reset): void {
  withEffect(withView(db.command('reset'), view), { changes: unlessDryRun })
    .description('Drop and recreate the schema; all data is lost. Asks first')
    .option('--confirm <database>', 'name of the database, instead of a prompt')
    .option('-n, --dry-run', 'show the data that would be lost, and change nothing')
    .addHelpText(
      'after',
      footer(['Other tables in the database stay.'], 'dbtool db reset', 'dbtool db reset --confirm dbtool'),
    )
    .action((options: ResetOptions) => run(ctx, options))
}

export async function reset(ctx: Context, { confirm, dryRun = false }: ResetOptions): Promise<void> {
  const [migrations, { droppedTables }, { loadMigrations }] = await Promise.all([
    import('../../src/db/migrations/migrate.ts'),
    import('../../src/db/migrations/dropped-tables.ts'),
    import('../../src/db/migrations/migration-files.ts'),
  ])
  const { target } = await ctx.config()
  await ctx.connection(async (session) => {
    const migrator: Migrator = {
      session,
      known: loadMigrations(),
      ...lockingOf(ctx),
      onStep: ({ version, name, direction }) =>
        ctx.out.success(`${direction === 'down' ? 'rolled back' : 'applied'} migration ${version} (${name})`),
    }
    const steps = await migrations.rollbackSteps(migrator, 0)
    const lost = await droppedTables(session, steps)
    if (dryRun) {
      show(ctx, lost, steps)
      return
    }
    const tables = lost.map(({ table, rows }) => `${table} (${counted(rows, 'row')})`).join(', ')
    const message = `Drop ${tables}, and recreate them empty?`
    if (lost.length > 0 || confirm !== undefined)
      await ctx.ask.confirmName({ message, name: target.database ?? '', given: confirm, flag: '--confirm' })
    else await ctx.ask.confirm({ message: 'Create the schema?', yes: true })
    await migrations.rollback(migrator, 0)
    await migrations.migrate(migrator)
    ctx.out.list(view, lost)
    ctx.out.success('dropped and recreated the schema; the shop is empty')
  })
}

function show({ out }: Context, lost: readonly DroppedTable[], steps: readonly RollbackStep[]): void {
  out.list(view, lost)
  for (const statement of steps.flatMap(({ statements }) => statements)) out.note(`would run: ${statement}`)
  out.note('dry run: nothing was changed')
}
