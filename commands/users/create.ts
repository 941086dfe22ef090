import type { Command } from 'commander'
import { firstLine, type Context } from '../../src/context.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { parseEmail, parsePassword, parsePersonName, parseUsername } from '../../src/shop/rules.ts'
import { value } from '../flags.ts'
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
  users
    .command('create')
    .description('Add a user; asks for whatever is not given')
    .option('--username <name>', '3 to 50 of A-Z a-z 0-9 _, unique in the shop', value(parseUsername))
    .option('--email <address>', 'unique in the shop', value(parseEmail))
    .option('--first-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--last-name <name>', 'at most 100 characters', value(parsePersonName))
    .option('--admin', 'may administer the shop')
    .option('--password-stdin', 'read the password from standard input, its first line')
    .option('--generate-password', 'make one up, and show it once on standard error')
    .option('-n, --dry-run', 'show what would be added, and add nothing')
    .addHelpText('after', examples('dbtool users create --username ada --email ada@example.com --generate-password'))
    .action((options: CreateUserOptions) => run(ctx, options))
}

export async function createUser(ctx: Context, options: CreateUserOptions): Promise<void> {
  const { hashPassword, generatePassword } = await import('../../src/shop/passwords.ts')
  const { insertUser } = await import('../../src/shop/users.ts')
  const { passwordStdin, generatePassword: generate, firstName, lastName, admin, dryRun = false } = options
  if (passwordStdin === true && generate === true) throw new DbtoolError('USAGE', '--password-stdin and --generate-password exclude each other')
  const generated = generate === true ? generatePassword() : undefined
  const { username, email, password } = await ctx.ask.fill({
    username: { given: options.username, flag: '--username', message: 'Username (3 to 50 of A-Z a-z 0-9 _)', parse: parseUsername },
    email: { given: options.email, flag: '--email', message: 'Email address', parse: parseEmail },
    password: {
      given: generated ?? (passwordStdin === true ? await passwordFrom(ctx) : undefined),
      flag: '--password-stdin or --generate-password',
      message: 'Password (12 or more: upper and lower case, digit, special character)',
      parse: parsePassword,
      secret: 'twice',
    },
  })
  const passwordHash = await hashPassword(password)
  const user = await ctx.shop((db) => db.transaction((tx) => insertUser(tx, ctx.author(), { username, email, passwordHash, firstName, lastName, admin })), { dryRun })
  ctx.out.item(userView, user)
  if (generated !== undefined && !dryRun) ctx.out.secret(`password: ${generated}`)
  ctx.out.success(dryRun ? `${user.username} would be added; nothing was changed` : `added ${user.username} (id ${user.id})`)
}

async function passwordFrom(ctx: Context): Promise<string> {
  try {
    return parsePassword(await firstLine(ctx.io.stdin))
  } catch (error) {
    if (error instanceof InvalidValue) throw new DbtoolError('USAGE', `the password from standard input ${error.message}`)
    throw error
  }
}
