import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { RollbackStep } from '../../src/db/migrations/migrate.ts'
import { data, type View } from '../../src/output/view.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView, unlessDryRun, withEffect } from '../kit/command.ts'
import { lockingOf, parseVersion, stepView } from './migrate.ts'

const view: View = { ...stepView, columns: [...stepView.columns, data('statements')] }

export interface RollbackOptions {
  readonly to?: number
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function dbRollback(db: Command, ctx: Context, run = rollback): void {
  withEffect(withView(db.command('rollback'), view), { changes: unlessDryRun })
    .description('Roll back the last migration, and lose the data in its tables; asks first')
    .option('--to <version>', 'roll back all migrations after this one (0 = all)', value(parseVersion))
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the statements, and run none')
    .addHelpText('after', examples('dbtool db rollback --to 0 --yes'))
    .action((options: RollbackOptions) => run(ctx, options))
}

export async function rollback(ctx: Context, { to, yes = false, dryRun = false }: RollbackOptions): Promise<void> {
  const [migrations, { loadMigrations }] = await Promise.all([
    import('../../src/db/migrations/migrate.ts'),
    import('../../src/db/migrations/migration-files.ts'),
  ])
  await ctx.connection(async (session) => {
    const migrator = {
      session,
      known: loadMigrations(),
      ...lockingOf(ctx),
      onStep: ({ version, name }: { version: number; name: string }) =>
        ctx.out.success(`rolled back migration ${version} (${name})`),
    }
    const steps = await migrations.rollbackSteps(migrator, to)
    if (dryRun || steps.length === 0) {
      ctx.out.list(view, steps)
      for (const statement of steps.flatMap(({ statements }) => statements)) ctx.out.note(`would run: ${statement}`)
      if (dryRun) ctx.out.note('dry run: nothing was changed')
      return
    }
    await ctx.ask.confirm({
      message: `Roll back ${named(steps)}, with all data in ${steps.length === 1 ? 'it' : 'them'}?`,
      yes,
    })
    // Exactly the confirmed migrations, even if another process has rolled some back meanwhile.
    const confirmed = Math.min(...steps.map(({ version }) => version)) - 1
    ctx.out.listForScripts(view, await migrations.rollback(migrator, to ?? confirmed))
  })
}

/** `migration 2 (sales)`, `migrations 2 (sales), 1 (shop, 2 of its 6 statements)`. */
function named(steps: readonly RollbackStep[]): string {
  const each = steps.map(
    ({ version, name, statements, total }) =>
      `${version} (${name}${statements.length === total ? '' : `, ${statements.length} of its ${total} statements`})`,
  )
  return `migration${each.length === 1 ? '' : 's'} ${each.join(', ')}`
}
