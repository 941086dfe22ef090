import type { Context } from '../../src/context/context.ts'
import type { ClientRun } from '../../src/client/client.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { WantedClient } from '../../src/server/programs.ts'

export type ServerClient = Pick<ClientRun, 'program' | 'options' | 'env' | 'signal'>
export type Client = ServerClient & { readonly database: string }

/** Finds a client program that works in the configured database, and connects once. */
export async function clientFor(ctx: Context, wanted: WantedClient): Promise<Client> {
  const { findClient } = await import('../../src/server/programs.ts')
  const program = findClient(ctx.io.env, wanted)
  const { database } = (await ctx.config()).target
  if (database === undefined)
    throw new DbtoolError('USAGE', 'no database is configured', { hint: 'choose one with --database or DB_NAME' })
  return { ...(await serverClient(ctx, program)), database }
}

/**
 * Connects once for a client program. dbtool explains a failed login better than the program does, and only a
 * connection shows whether the server encrypts. `check` runs on that connection.
 */
export async function serverClient(
  ctx: Context,
  program: string,
  check: (connection: Connection) => Promise<unknown> = () => Promise.resolve(),
): Promise<ServerClient> {
  const { optionText } = await import('../../src/client/option-text.ts')
  const { env, signal } = ctx.io
  // The program knows one host: the one of several that dbtool has reached.
  const settings = await ctx.connection(async (connection) => {
    await check(connection)
    return { target: connection.target, encrypted: connection.encrypted }
  }, {})
  return { program, options: optionText(settings), env, signal }
}

const kibibyte = 1_024

/** `12 KiB`, `3.4 MiB`. */
export function sizeOf(bytes: number): string {
  if (bytes < kibibyte ** 2) return `${Math.ceil(bytes / kibibyte)} KiB`
  return `${(bytes / kibibyte ** 2).toFixed(1)} MiB`
}
