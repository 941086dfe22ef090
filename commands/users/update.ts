import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { parseEmail, parsePersonName } from '../../src/shop/rules.ts'
import { activeFlag, either, orNull, removable, value } from '../flags.ts'
import { examples } from '../help.ts'
import { shows } from '../shown.ts'
import { assertWishes, showUpdated, updatedView } from '../updated.ts'
import { userView } from '../views.ts'
import { whichUser } from '../which.ts'

export interface UpdateUserOptions {
  readonly email?: string
  /** Empty: none. */
  readonly firstName?: string
  readonly lastName?: string
  readonly active?: true
  readonly inactive?: true
  readonly dryRun?: boolean
}

export function usersUpdate(users: Command, ctx: Context, run = changeUser): void {
  const update = shows(users.command('update'), updatedView(userView)).description('Change the email or names, or whether a user may log in').argument('[user]', 'id, username or email')
  either(update, ['--active', 'may log in'], ['--inactive', 'may not log in; orders and addresses stay'])
    .option('--email <address>', 'unique in the shop', value(parseEmail))
    .option('--first-name <name>', "at most 100 characters; '' removes it", removable(parsePersonName))
    .option('--last-name <name>', "at most 100 characters; '' removes it", removable(parsePersonName))
    .option('-n, --dry-run', 'show what would be changed, and change nothing')
    .addHelpText('after', examples('dbtool users update ada --first-name Ada --last-name Lovelace', 'dbtool users update ada --inactive'))
    .action((user: string | undefined, options: UpdateUserOptions) => run(ctx, user, options))
}

export async function changeUser(ctx: Context, reference: string | undefined, options: UpdateUserOptions): Promise<void> {
  const { email, firstName, lastName, dryRun = false } = options
  const wishes = { email, first_name: orNull(firstName), last_name: orNull(lastName), is_active: activeFlag(options) }
  assertWishes(wishes, '--email, --first-name, --last-name, --active or --inactive')
  const { updateUser } = await import('../../src/shop/user-changes.ts')
  const { user } = await ctx.ask.fill({ user: whichUser(ctx, reference) })
  const updated = await ctx.shop((db) => db.transaction((tx) => updateUser(tx, ctx.author(), user, wishes)), { dryRun })
  showUpdated(ctx, userView, updated, { name: updated.thing.username, dryRun })
}
