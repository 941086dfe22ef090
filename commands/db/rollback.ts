import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { value } from '../flags.ts'
import { examples } from '../help.ts'
import { parseVersion, stepView } from './migrate.ts'

export interface RollbackOptions {
  readonly to?: number
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function dbRollback(db: Command, ctx: Context, run = rollback): void {
  db.command('rollback')
    .description('Take the last migration back, with the data in what it made; asks first')
    .option('--to <version>', 'take back everything after this migration; 0 is everything', value(parseVersion))
    .option('-y, --yes', 'do not ask')
    .option('-n, --dry-run', 'show what would be taken back')
    .addHelpText('after', examples('dbtool db rollback --to 0 --yes'))
    .action((options: RollbackOptions) => run(ctx, options))
}

export async function rollback(ctx: Context, { to, yes = false, dryRun = false }: RollbackOptions): Promise<void> {
  const [room, { loadMigrations }, { describeTarget }] = await Promise.all([import('../../src/db/migrate.ts'), import('../../src/db/migration-files.ts'), import('../../src/db/target.ts')])
  const { target } = await ctx.config()
  await ctx.connection(async (session) => {
    const migrator = { session, known: loadMigrations(), onStep: ({ version, name }: { version: number; name: string }) => ctx.out.success(`took back ${version} ${name}`) }
    const steps = await room.rollbackSteps(migrator, to)
    if (dryRun || steps.length === 0) {
      ctx.out.list(stepView, steps)
      if (dryRun) ctx.out.note('dry run: nothing was changed')
      return
    }
    const names = steps.map(({ version, name }) => `${version} ${name}`).join(', ')
    await ctx.ask.confirm({ message: `Take back ${names} on ${describeTarget(target)}, with all data in it?`, yes })
    ctx.out.list(stepView, await room.rollback(migrator, to))
  })
}
