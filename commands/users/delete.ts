import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { deletedUserView } from './deleted-view.ts'
import { isBulk, oneOrMany } from '../kit/views.ts'
import { whichUser } from '../kit/which.ts'

export interface DeleteUserOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function usersDelete(users: Command, ctx: Context, run = removeUsers): void {
  withView(users.command('delete'), oneOrMany<DeleteUserOptions>(deletedUserView))
    .description('Delete users who have no orders; asks first')
    .argument('[user...]', 'id, username or email; - reads them from standard input')
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the user, and delete nothing')
    .addHelpText('after', examples('dbtool users delete bob', 'dbtool users delete bob@example.com carol --yes'))
    .action((given: string[], options: DeleteUserOptions) => run(ctx, given, options))
}

async function removeUsers(ctx: Context, given: readonly string[], options: DeleteUserOptions): Promise<void> {
  const { yes = false, dryRun = false } = options
  if (!isBulk(given)) return removeUser(ctx, given[0], options)
  return (await import('./many.ts')).deleteUsers(ctx, given, { yes, dryRun })
}

export async function removeUser(
  ctx: Context,
  reference: string | undefined,
  { yes = false, dryRun = false }: DeleteUserOptions,
): Promise<void> {
  const { deletable, deleteUser, nameWithAddresses } = await import('../../src/shop/users/delete-users.ts')
  const { getUser } = await import('../../src/shop/users/users.ts')
  const { user } = await ctx.ask.resolve({ user: whichUser(ctx, reference) })
  await ctx.shop(
    async (db) => {
      const found = await deletable(db, await getUser(db, user))
      if (!dryRun) await ctx.ask.confirm({ message: `Delete user ${found.id}, ${nameWithAddresses(found)}?`, yes })
      const deleted = await db.transaction((tx) => deleteUser(tx, ctx.author(), found.id))
      ctx.out.itemForScripts(deletedUserView, deleted)
      const name = `user ${deleted.id}, ${nameWithAddresses(deleted)}`
      ctx.out.success(dryRun ? `${name} would be deleted; nothing was changed` : `deleted ${name}`)
    },
    { dryRun },
  )
}
