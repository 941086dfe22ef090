import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { parseEmail, parsePersonName, parseUsername } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { userView } from '../kit/views.ts'
import { free } from './free.ts'
import { newPassword, newPasswordFlags, type NewPasswordOptions, withPassword } from './new-password.ts'

export interface CreateUserOptions extends NewPasswordOptions {
  readonly username?: string
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly admin?: boolean
  readonly dryRun?: boolean
}

export function usersCreate(users: Command, ctx: Context, run = createUser): void {
  const create = withView(users.command('create'), withPassword(userView)).description(
    'Add a user; asks for missing values',
  )
  create
    .option('--username <name>', '3 to 50 of A-Z a-z 0-9 _, unique in the shop', value(parseUsername))
    .option('--email <address>', 'unique in the shop', value(parseEmail))
    .option('--first-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--last-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--admin', 'administrator of the shop')
    .option('-n, --dry-run', 'show the user, and add nothing')
    .addHelpText('after', examples('dbtool users create --username ada --email ada@example.com --generate-password'))
    .action((options: CreateUserOptions) => run(ctx, options))
  newPasswordFlags(create)
}

export async function createUser(ctx: Context, options: CreateUserOptions): Promise<void> {
  const { hashPassword } = await import('../../src/shop/users/passwords.ts')
  const { insertUser } = await import('../../src/shop/users/users.ts')
  const { firstName, lastName, admin, dryRun = false } = options
  const chosen = await newPassword(ctx, options)
  const { username, email, password } = await ctx.ask.resolve({
    username: {
      given: options.username,
      flag: '--username',
      message: 'Username (3 to 50 of A-Z a-z 0-9 _)',
      parse: parseUsername,
      check: free(ctx, 'username'),
    },
    email: {
      given: options.email,
      flag: '--email',
      message: 'Email address',
      parse: parseEmail,
      check: free(ctx, 'email'),
    },
    password: chosen.field,
  })
  const passwordHash = await hashPassword(password)
  const user = await ctx.shop(
    (db) =>
      db.transaction((tx) =>
        insertUser(tx, ctx.author(), { username, email, passwordHash, firstName, lastName, admin }),
      ),
    { dryRun },
  )
  const answer = dryRun ? { ...user, id: null, created_at: null } : { ...user, ...chosen.answer }
  ctx.out.item(withPassword(userView)(options), answer)
  if (!dryRun) chosen.show()
  ctx.out.success(
    dryRun ? `${user.username} would be added; nothing was changed` : `added ${user.username} (id ${user.id})`,
  )
}
