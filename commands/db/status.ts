import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, text, time, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [number('version'), text('name'), text('state'), number('steps_done'), number('steps'), time('applied_at')],
  spare: ['steps_done', 'steps'],
  id: 'version',
  empty: '',
}

export function dbStatus(db: Command, ctx: Context, run = status): void {
  withView(db.command('status'), view)
    .description('List all migrations: applied, pending or half-run. Exit code 8 unless all are applied')
    .addHelpText('after', examples('dbtool db status'))
    .action(() => run(ctx))
}

export async function status(ctx: Context): Promise<void> {
  const [{ appliedMigrations, migrationStates }, { assertSchema }, { loadMigrations }] = await Promise.all([
    import('../../src/db/migrations/schema-state.ts'),
    import('../../src/db/migrations/usable.ts'),
    import('../../src/db/migrations/migration-files.ts'),
  ])
  await ctx.db(async (db) => {
    ctx.out.list(view, migrationStates(loadMigrations(), await appliedMigrations(db)))
    await assertSchema(db, loadMigrations())
  })
  ctx.out.success('the schema is up to date')
}
