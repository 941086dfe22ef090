import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { counted } from '../../src/in-words.ts'
import { parseAge } from '../../src/values.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { purgedUserView } from './deleted-view.ts'

export interface PurgeOptions {
  /** In milliseconds. */
  readonly inactiveFor?: number
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function usersPurge(users: Command, ctx: Context, run = purge): void {
  withView(users.command('purge'), purgedUserView)
    .description('Delete users who are inactive and not seen for a long time; asks first')
    .option('--inactive-for <duration>', 'time since the last login, or the creation, such as 365d', value(parseAge))
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the users, and delete nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool users purge --inactive-for 365d --dry-run',
        'dbtool users purge --inactive-for 365d --yes --format csv',
      ),
    )
    .action((options: PurgeOptions) => run(ctx, options))
}

export async function purge(ctx: Context, { inactiveFor, yes = false, dryRun = false }: PurgeOptions): Promise<void> {
  const { findPurgeable, purgeUsers } = await import('../../src/shop/users/delete-users.ts')
  const { age } = await ctx.ask.resolve({
    age: {
      given: inactiveFor,
      flag: '--inactive-for',
      message: 'Time since the last login, or the creation (such as 365d)',
      parse: parseAge,
    },
  })
  const since = new Date(ctx.io.now().getTime() - age)
  await ctx.shop(
    async (db) => {
      const { users, kept } = await findPurgeable(db, since)
      if (kept > 0)
        ctx.out.note(
          `skipped ${counted(kept, 'inactive user who has orders', 'inactive users who have orders')}; ` +
            'dbtool users anonymise USER forgets a person and keeps the orders',
        )
      if (users.length === 0) {
        ctx.out.list(purgedUserView, [])
        return
      }
      if (!dryRun)
        await ctx.ask.confirm({
          message: `Delete ${counted(users.length, 'user')}, with their addresses?`,
          yes,
          show: () => ctx.out.preview(purgedUserView, users),
        })
      const deleted = await db.transaction((tx) => purgeUsers(tx, ctx.author(), users, since))
      if (yes || dryRun) ctx.out.list(purgedUserView, deleted)
      else ctx.out.listForScripts(purgedUserView, deleted)
      const changed = users.length - deleted.length
      if (changed > 0)
        ctx.out.warn(`skipped ${counted(changed, 'user who has changed', 'users who have changed')} meanwhile`)
      ctx.out.success(
        `${counted(deleted.length, 'user')} ${dryRun ? 'would be deleted; nothing was changed' : 'deleted'}`,
      )
    },
    { dryRun },
  )
}
