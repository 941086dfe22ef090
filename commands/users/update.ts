import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { parseEmail, parsePersonName } from '../../src/shop/rules.ts'
import type { UserPatch } from '../../src/shop/users/user-changes.ts'
import { conversational, withView } from '../kit/command.ts'
import { activeFlag, either, orNull, removable, value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { assertPatch, type ColumnPrompts, showUpdated, updatedView, patchFor } from '../kit/update-prompt.ts'
import { isBulk, oneOrMany, userView } from '../kit/views.ts'
import { whichUser } from '../kit/which.ts'
import { free } from './free.ts'

export interface UpdateUserOptions {
  readonly email?: string
  /** An empty text clears the name. */
  readonly firstName?: string
  readonly lastName?: string
  readonly active?: true
  readonly inactive?: true
  readonly dryRun?: boolean
}

export function usersUpdate(users: Command, ctx: Context, run = changeUsers): void {
  const update = conversational(withView(users.command('update'), oneOrMany<UpdateUserOptions>(updatedView(userView))))
    .description('Change the email, the names or the login permission of users')
    .argument('[user...]', 'id, username or email; - reads them from standard input')
  either(update, ['--active', 'allow login'], ['--inactive', 'forbid login; orders and addresses stay'])
    .option('--email <address>', 'unique in the shop', value(parseEmail))
    .option('--first-name <name>', "at most 100 characters; '' removes it", removable(parsePersonName))
    .option('--last-name <name>', "at most 100 characters; '' removes it", removable(parsePersonName))
    .option('-n, --dry-run', 'show what would be changed, and change nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool users update ada --first-name Ada --last-name Lovelace',
        'dbtool users update ada bob --inactive',
      ),
    )
    .action((given: string[], options: UpdateUserOptions) => run(ctx, given, options))
}

const columnPrompts = (ctx: Context): ColumnPrompts<UserPatch> => ({
  email: { flag: '--email', message: 'Email address', parse: parseEmail, check: free(ctx, 'email') },
  first_name: { flag: '--first-name', message: 'First name', parse: parsePersonName, canBeNone: true },
  last_name: { flag: '--last-name', message: 'Last name', parse: parsePersonName, canBeNone: true },
  is_active: { yes: '--active', no: '--inactive', message: 'May log in' },
})

async function changeUsers(ctx: Context, given: readonly string[], options: UpdateUserOptions): Promise<void> {
  if (!isBulk(given)) return changeUser(ctx, given[0], options)
  const patch = patchOf(options)
  const { assertForMany } = await import('../kit/bulk.ts')
  assertForMany(patch, {
    names: '--email, --first-name, --last-name, --active or --inactive',
    unique: { email: '--email' },
  })
  await (await import('./many.ts')).updateUsers(ctx, given, { patch, dryRun: options.dryRun === true })
}

function patchOf(options: UpdateUserOptions): UserPatch {
  const { email, firstName, lastName } = options
  return { email, first_name: orNull(firstName), last_name: orNull(lastName), is_active: activeFlag(options) }
}

export async function changeUser(
  ctx: Context,
  reference: string | undefined,
  options: UpdateUserOptions,
): Promise<void> {
  const { dryRun = false } = options
  const given = patchOf(options)
  assertPatch(ctx, given, '--email, --first-name, --last-name, --active or --inactive')
  const [{ updateUser }, { getUser }] = await Promise.all([
    import('../../src/shop/users/user-changes.ts'),
    import('../../src/shop/users/users.ts'),
  ])
  const { user } = await ctx.ask.resolve({ user: whichUser(ctx, reference) })
  const { patch, seen = user } = await patchFor(ctx, given, {
    prompts: () => columnPrompts(ctx),
    current: () => ctx.shop((db) => getUser(db, user)),
  })
  const updated = await ctx.shop((db) => db.transaction((tx) => updateUser(tx, ctx.author(), String(seen), patch)), {
    dryRun,
  })
  showUpdated(ctx, userView, updated, { name: updated.thing.username, dryRun })
}
