import type { Context } from '../../src/context/context.ts'
import type { DeletedUser } from '../../src/shop/users/delete-users.ts'
import type { UserPatch } from '../../src/shop/users/user-changes.ts'
import { counted } from '../../src/in-words.ts'
import { changeEach, namesOf } from '../kit/bulk.ts'

/** Changes many users in the same way, each in a transaction of its own. */
export async function updateUsers(
  ctx: Context,
  given: readonly string[],
  { patch, dryRun }: { readonly patch: UserPatch; readonly dryRun: boolean },
): Promise<void> {
  const { updateUser } = await import('../../src/shop/users/user-changes.ts')
  const items = await namesOf(ctx, given)
  await ctx.shop(
    (db) =>
      changeEach(ctx, {
        ...users(items, dryRun),
        done: 'updated',
        change: async (reference) => {
          const { rowsChanged, changes } = await db.transaction((tx) => updateUser(tx, ctx.author(), reference, patch))
          return rowsChanged === 0 ? { outcome: 'unchanged' } : { outcome: 'updated', message: changes }
        },
      }),
    { dryRun },
  )
}

/** Deletes many users, each in a transaction of its own. Asks once. */
export async function deleteUsers(
  ctx: Context,
  given: readonly string[],
  { yes, dryRun }: { readonly yes: boolean; readonly dryRun: boolean },
): Promise<void> {
  const [{ deletable, deleteUser, nameWithAddresses }, { getUser }] = await Promise.all([
    import('../../src/shop/users/delete-users.ts'),
    import('../../src/shop/users/users.ts'),
  ])
  const items = await namesOf(ctx, given)
  await ctx.shop(
    async (db) => {
      if (!dryRun && items.length > 0)
        await ctx.ask.confirm({ message: `Delete ${counted(items.length, 'user')}, with their addresses?`, yes })
      await changeEach(ctx, {
        ...users(items, dryRun),
        done: 'deleted',
        change: async (reference) => {
          const user = await deletable(db, await getUser(db, reference))
          const deleted: DeletedUser = await db.transaction((tx) => deleteUser(tx, ctx.author(), user.id))
          return { outcome: 'deleted', message: nameWithAddresses(deleted) }
        },
      })
    },
    { dryRun },
  )
}

const users = (items: readonly string[], dryRun: boolean) => ({
  items,
  dryRun,
  nameOf: (reference: string) => reference,
  counted: (count: number) => counted(count, 'user'),
})
