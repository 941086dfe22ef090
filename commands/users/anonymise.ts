import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { counted } from '../../src/in-words.ts'
import { withView } from '../kit/command.ts'
import { footer } from '../kit/help.ts'
import { whichUser } from '../kit/which.ts'
import { deletedUserView } from './deleted-view.ts'

export interface AnonymiseOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function usersAnonymise(users: Command, ctx: Context, run = anonymise): void {
  withView(users.command('anonymise'), deletedUserView)
    .description('Forget a person, and keep the orders and their figures; asks first')
    .argument('[user]', 'id, username or email')
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the user as it would be, and change nothing')
    .addHelpText(
      'after',
      footer(
        ['Name, email, password, last login and addresses go; they cannot be restored.'],
        'dbtool users anonymise ada',
        'dbtool users anonymise ada@example.com --dry-run',
      ),
    )
    .action((user: string | undefined, options: AnonymiseOptions) => run(ctx, user, options))
}

export async function anonymise(
  ctx: Context,
  reference: string | undefined,
  { yes = false, dryRun = false }: AnonymiseOptions,
): Promise<void> {
  const [{ anonymiseUser, ordersOfUser }, { getUser }] = await Promise.all([
    import('../../src/shop/users/anonymise-user.ts'),
    import('../../src/shop/users/users.ts'),
  ])
  const { user } = await ctx.ask.resolve({ user: whichUser(ctx, reference) })
  await ctx.shop(
    async (db) => {
      const found = await getUser(db, user)
      const { orders, open } = await ordersOfUser(db, found)
      const undelivered = open === 0 ? '' : `; ${open} not delivered yet`
      const name = `user ${found.id}, ${found.username} <${found.email}>`
      const message = `Forget ${name}, and keep ${counted(orders, 'order')}${undelivered}?`
      if (!dryRun) await ctx.ask.confirm({ message, yes })
      const nobody = await db.transaction((tx) => anonymiseUser(tx, ctx.author(), found.id))
      ctx.out.itemForScripts(deletedUserView, nobody)
      ctx.out.success(
        dryRun ? `${name} would become ${nobody.username}; nothing was changed` : `${name} became ${nobody.username}`,
      )
    },
    { dryRun },
  )
}
