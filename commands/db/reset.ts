import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { DroppedTable } from '../../src/db/migrations/dropped-tables.ts'
import type { BackStep, Migrator } from '../../src/db/migrations/migrate.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = { columns: [text('table'), number('rows')], id: 'table', empty: 'There was nothing to lose.' }

export interface ResetOptions {
  readonly confirm?: string
  readonly dryRun?: boolean
}

export function dbReset(db: Command, ctx: Context, run = reset): void {
  withView(db.command('reset'), view)
    .description('Drop all that the migrations made, with its data, and make it anew; asks first')
    .option('--confirm <database>', 'the name of the database, instead of typing it when asked')
    .option('-n, --dry-run', 'show what would be lost')
    .addHelpText(
      'after',
      `\nOther tables in the database stay.\n${examples('dbtool db reset', 'dbtool db reset --confirm dbtool')}`,
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
      onStep: ({ version, name, direction }) =>
        ctx.out.success(`${direction === 'down' ? 'took back' : 'applied'} migration ${version} (${name})`),
    }
    const steps = await migrations.rollbackSteps(migrator, 0)
    const lost = await droppedTables(session, steps)
    if (dryRun) {
      show(ctx, lost, steps)
      return
    }
    const message = `Drop ${lost.map(({ table, rows }) => `${table} (${rows} ${rows === 1 ? 'row' : 'rows'})`).join(', ')}, and make them anew, empty?`
    if (lost.length > 0 || confirm !== undefined)
      await ctx.ask.confirmName({ message, name: target.database ?? '', given: confirm, flag: '--confirm' })
    else await ctx.ask.confirm({ message: 'Make the schema?', yes: true })
    await migrations.rollback(migrator, 0)
    await migrations.migrate(migrator)
    ctx.out.list(view, lost)
    ctx.out.success('everything was dropped and made anew; the shop is empty')
  })
}

function show({ out }: Context, lost: readonly DroppedTable[], steps: readonly BackStep[]): void {
  out.list(view, lost)
  for (const statement of steps.flatMap(({ statements }) => statements)) out.note(`would run: ${statement}`)
  out.note('dry run: nothing was changed')
}
