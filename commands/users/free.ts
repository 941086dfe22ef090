import type { Context } from '../../src/context/context.ts'

/** Returns a check of the typed value, which fails if a user has it already. */
export function free(ctx: Context, column: 'username' | 'email'): (text: string) => Promise<string | undefined> {
  return async (text) => {
    const { userExists } = await import('../../src/shop/users/users.ts')
    return (await ctx.shop((db) => userExists(db, column, text.trim())))
      ? `This ${column} is already in use`
      : undefined
  }
}
