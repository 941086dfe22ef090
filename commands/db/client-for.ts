import type { Context } from '../../src/context/context.ts'
import type { ClientRun } from '../../src/client/client.ts'
import { DbtoolError } from '../../src/errors.ts'

export type Client = Pick<ClientRun, 'program' | 'options' | 'env' | 'signal'> & { readonly database: string }

/**
 * Finds a client program, and connects once. dbtool explains a failed login better than the program does, and only a
 * connection shows whether the server encrypts.
 */
export async function clientFor(ctx: Context, wanted: { names: readonly string[]; debian: string }): Promise<Client> {
  const [{ findClient }, { optionText }] = await Promise.all([
    import('../../src/server/programs.ts'),
    import('../../src/client/option-text.ts'),
  ])
  const { env, signal } = ctx.io
  const program = findClient(env, wanted)
  const { database } = (await ctx.config()).target
  if (database === undefined)
    throw new DbtoolError('USAGE', 'no database is configured', { hint: 'choose one with --database or DB_NAME' })
  // The program knows one host: the one of several that dbtool has reached.
  const { target, encrypted } = await ctx.connection(
    ({ target: reached, encrypted: isEncrypted }) => Promise.resolve({ target: reached, encrypted: isEncrypted }),
    {},
  )
  return { program, options: optionText({ target, encrypted }), env, signal, database }
}

const kibibyte = 1_024

/** `12 KiB`, `3.4 MiB`. */
export function sizeOf(bytes: number): string {
  if (bytes < kibibyte ** 2) return `${Math.ceil(bytes / kibibyte)} KiB`
  return `${(bytes / kibibyte ** 2).toFixed(1)} MiB`
}
