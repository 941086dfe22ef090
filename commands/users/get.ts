import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { userView } from '../kit/views.ts'
import { whichUser } from '../kit/which.ts'

export function usersGet(users: Command, ctx: Context, run = showUser): void {
  withView(users.command('get'), userView)
    .description('Show one user')
    .argument('[user]', 'id, username or email')
    .option('--email <address>', 'email of the user, instead of the argument')
    .addHelpText('after', examples('dbtool users get ada', 'dbtool users get ada@example.com --json'))
    .action((user: string | undefined, { email }: { email?: string }) => run(ctx, onlyOne(user, email)))
}

function onlyOne(user: string | undefined, email: string | undefined): string | undefined {
  if (user !== undefined && email !== undefined) throw new DbtoolError('USAGE', '<user> and --email exclude each other')
  return user ?? email
}

export async function showUser(ctx: Context, reference: string | undefined): Promise<void> {
  const { getUser } = await import('../../src/shop/users/users.ts')
  const { user } = await ctx.ask.resolve({ user: whichUser(ctx, reference) })
  ctx.out.item(userView, await ctx.shop((db) => getUser(db, user)))
}
