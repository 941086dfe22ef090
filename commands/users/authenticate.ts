import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { parseEmail } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { userView } from '../kit/views.ts'
import { pipedLine } from './new-password.ts'

export interface AuthenticateOptions {
  readonly email?: string
  readonly passwordStdin?: boolean
  readonly dryRun?: boolean
}

export function usersAuthenticate(users: Command, ctx: Context, run = checkLogin): void {
  withView(users.command('authenticate'), userView)
    .description('Check email and password, and record the login')
    .option('--email <address>', 'email of the user', value(parseEmail))
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('-n, --dry-run', 'only check, and record no login')
    .addHelpText('after', examples('dbtool users authenticate --email ada@example.com --password-stdin'))
    .action((options: AuthenticateOptions) => run(ctx, options))
}

export async function checkLogin(ctx: Context, options: AuthenticateOptions): Promise<void> {
  const { authenticate } = await import('../../src/shop/users/authenticate.ts')
  const { dryRun = false } = options
  const given = options.passwordStdin === true ? await pipedLine(ctx) : undefined
  const credentials = await ctx.ask.resolve({
    email: { given: options.email, flag: '--email', message: 'Email address', parse: parseEmail },
    // Any text is accepted: only a new password has rules.
    password: { given, flag: '--password-stdin', message: 'Password', parse: (text: string) => text, secret: 'once' },
  })
  const user = await ctx.shop((db) => authenticate(db, ctx.author(), credentials), { dryRun })
  ctx.out.item(userView, user)
  ctx.out.success(dryRun ? `${user.username} could log in; nothing was changed` : `${user.username} logged in`)
}
