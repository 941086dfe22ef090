import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { userView } from '../kit/views.ts'
import { newPassword, newPasswordFlags, type NewPasswordOptions, withPassword } from './new-password.ts'
import { whichUser } from '../kit/which.ts'

export interface SetPasswordOptions extends NewPasswordOptions {
  readonly dryRun?: boolean
}

export function usersSetPassword(users: Command, ctx: Context, run = setUserPassword): void {
  const setPassword = withView(users.command('set-password'), withPassword(userView)).description(
    'Set a new password for a user; asks for it twice, without echo',
  )
  setPassword
    .argument('[user]', 'id, username or email')
    .option('-n, --dry-run', 'show the user, and change nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool users set-password ada --generate-password',
        'dbtool users set-password ada@example.com --password-stdin',
      ),
    )
    .action((user: string | undefined, options: SetPasswordOptions) => run(ctx, user, options))
  newPasswordFlags(setPassword)
}

export async function setUserPassword(
  ctx: Context,
  reference: string | undefined,
  options: SetPasswordOptions,
): Promise<void> {
  const { hashPassword } = await import('../../src/shop/users/passwords.ts')
  const { setPassword } = await import('../../src/shop/users/user-changes.ts')
  const { dryRun = false } = options
  const chosen = await newPassword(ctx, options)
  const { user: wanted, password } = await ctx.ask.resolve({ user: whichUser(ctx, reference), password: chosen.field })
  const passwordHash = await hashPassword(password)
  const user = await ctx.shop((db) => db.transaction((tx) => setPassword(tx, ctx.author(), wanted, passwordHash)), {
    dryRun,
  })
  ctx.out.itemForScripts(withPassword(userView)(options), dryRun ? user : { ...user, ...chosen.answer })
  if (!dryRun) chosen.show()
  ctx.out.success(
    dryRun ? `${user.username} would get a new password; nothing was changed` : `${user.username} has a new password`,
  )
}
