import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Migrator } from '../../src/db/migrations/migrate.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { parseWhole } from '../../src/values.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { hint } from '../kit/hint.ts'
import { withView, unlessDryRun, withEffect } from '../kit/command.ts'

export const stepView: View = {
  columns: [number('version'), text('name'), text('direction')],
  id: 'version',
  empty: 'Nothing to do.',
}

export interface MigrateOptions {
  readonly to?: number
  readonly dryRun?: boolean
}

export const parseVersion = parseWhole(0, 9_999)

export function dbMigrate(db: Command, ctx: Context, run = migrate): void {
  withEffect(withView(db.command('migrate'), stepView), { changes: unlessDryRun, isWholesale: unlessDryRun })
    .description('Apply all pending migrations; safe to run from several places at once')
    .option('--to <version>', 'apply only up to this migration', value(parseVersion))
    .option('-n, --dry-run', 'show the pending migrations, and apply none')
    .addHelpText('after', examples('dbtool db migrate'))
    .action((options: MigrateOptions) => run(ctx, options))
}

/** The second connection for a migration, and the note of a wait for another process. */
export function lockingOf(ctx: Context): Pick<Migrator, 'open' | 'onWait'> {
  return {
    open: (work) => ctx.connection(work),
    onWait: ({ who, since }) =>
      ctx.out.note(`waiting: ${who} is migrating this database${since === undefined ? '' : `, since ${since}`}`),
  }
}

export async function migrate(ctx: Context, { to, dryRun = false }: MigrateOptions): Promise<void> {
  const [migrations, { loadMigrations }] = await Promise.all([
    import('../../src/db/migrations/migrate.ts'),
    import('../../src/db/migrations/migration-files.ts'),
  ])
  const steps = await ctx.connection((session) => {
    const migrator = {
      session,
      known: loadMigrations(),
      ...lockingOf(ctx),
      onStep: ({ version, name }: { version: number; name: string }) =>
        ctx.out.success(`applied migration ${version} (${name})`),
    }
    return dryRun ? migrations.pendingSteps(migrator, to) : migrations.migrate(migrator, to)
  })
  // People have seen each step when it was applied.
  if (dryRun || steps.length === 0) ctx.out.list(stepView, steps)
  else ctx.out.listForScripts(stepView, steps)
  if (dryRun) ctx.out.note('dry run: nothing was changed')
  // The first migration was applied, so the shop is new and empty.
  else if (steps.some(({ version }) => version === 1)) hint(ctx)
}
