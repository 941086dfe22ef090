import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { firstLine } from '../../src/context/stdin.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { parseEmail, parsePassword, parsePersonName, parseUsername } from '../../src/shop/rules.ts'
import { either, value } from '../flags.ts'
import { examples } from '../help.ts'
import { userView } from '../views.ts'

export interface CreateUserOptions {
  readonly username?: string
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly admin?: boolean
  readonly passwordStdin?: boolean
  readonly generatePassword?: boolean
  readonly dryRun?: boolean
}

export function usersCreate(users: Command, ctx: Context, run = createUser): void {
  const create = users.command('create').description('Add a user; asks for whatever is not given')
  create
    .option('--username <name>', '3 to 50 of A-Z a-z 0-9 _, unique in the shop', value(parseUsername))
    .option('--email <address>', 'unique in the shop', value(parseEmail))
    .option('--first-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--last-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--admin', 'may administer the shop')
    .option('-n, --dry-run', 'show what would be added, and add nothing')
    .addHelpText('after', examples('dbtool users create --username ada --email ada@example.com --generate-password'))
    .action((options: CreateUserOptions) => run(ctx, options))
  either(create, ['--password-stdin', 'read the password from standard input, its first line'], ['--generate-password', 'make one up, and show it once on standard error'])
}

export async function createUser(ctx: Context, options: CreateUserOptions): Promise<void> {
  const { hashPassword, generatePassword } = await import('../../src/shop/passwords.ts')
  const { insertUser } = await import('../../src/shop/users.ts')
  const { firstName, lastName, admin, dryRun = false } = options
  const generated = options.generatePassword === true ? generatePassword() : undefined
  const { username, email, password } = await ctx.ask.fill({
    username: { given: options.username, flag: '--username', message: 'Username (3 to 50 of A-Z a-z 0-9 _)', parse: parseUsername },
    email: { given: options.email, flag: '--email', message: 'Email address', parse: parseEmail },
    password: {
      given: generated ?? (options.passwordStdin === true ? await pipedPassword(ctx) : undefined),
      flag: '--password-stdin or --generate-password',
      message: 'Password (12 or more characters: upper and lower case, a digit, a special one)',
      parse: parsePassword,
      secret: 'twice',
    },
  })
  const passwordHash = await hashPassword(password)
  const user = await ctx.shop((db) => db.transaction((tx) => insertUser(tx, ctx.author(), { username, email, passwordHash, firstName, lastName, admin })), { dryRun })
  ctx.out.item(userView, dryRun ? { ...user, id: null, created_at: null } : user)
  if (generated !== undefined && !dryRun) ctx.out.secret(`password: ${generated}`)
  ctx.out.success(dryRun ? `${user.username} would be added; nothing was changed` : `added ${user.username} (id ${user.id})`)
}

/** On a terminal there is nothing to read: there it is asked for, unseen. */
async function pipedPassword(ctx: Context): Promise<string | undefined> {
  if (ctx.io.stdin.isTTY === true) return undefined
  try {
    return parsePassword(await firstLine(ctx.io.stdin))
  } catch (error) {
    if (error instanceof InvalidValue) throw new DbtoolError('USAGE', `the password from standard input ${error.message}`)
    throw error
  }
}
