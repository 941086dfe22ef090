import type { Context } from '../../src/context/context.ts'

/** Says at once when somebody else has what was typed. */
export function free(ctx: Context, column: 'username' | 'email'): (text: string) => Promise<string | undefined> {
  return async (text) => {
    const { userExists } = await import('../../src/shop/users/users.ts')
    return (await ctx.shop((db) => userExists(db, column, text.trim())))
      ? `Somebody has this ${column} already`
      : undefined
  }
}
