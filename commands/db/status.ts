import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, text, time, type View, whole } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [number('version'), whole('name'), text('state'), number('steps_done'), number('steps'), time('applied_at')],
  spare: ['steps_done', 'steps'],
  id: 'version',
  omitsNull: true,
}

export function dbStatus(db: Command, ctx: Context, run = status): void {
  withView(db.command('status'), view)
    .description('List all migrations: applied, pending or half-run. Exit code 8 unless all are applied')
    .addHelpText('after', examples('dbtool db status'))
    .action(() => run(ctx))
}

export async function status(ctx: Context): Promise<void> {
  const [{ appliedMigrations, migrationStates }, { assertSchema, missingTables }, { loadMigrations }] =
    await Promise.all([
      import('../../src/db/migrations/schema-state.ts'),
      import('../../src/db/migrations/usable.ts'),
      import('../../src/db/migrations/migration-files.ts'),
    ])
  const known = loadMigrations()
  const missing = await ctx.db(async (db) => {
    ctx.out.list(view, migrationStates(known, await appliedMigrations(db)))
    return missingTables(db, known, await assertSchema(db, known))
  })
  if (missing.length === 0) ctx.out.success('the schema is up to date')
  else
    ctx.out.notice(
      `missing, or not visible to this account: ${missing.join(', ')}; ` +
        'after a restore that stopped early, restore the dump again',
    )
}
