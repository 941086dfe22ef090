import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { changesData, effectOf, type EffectOptions } from './command.ts'
import { pathOf } from './flags.ts'

/**
 * Runs before a verb. Rejects with READ_ONLY if the verb would change a read-only database. Requires the name of a
 * protected database for a bulk change or a load test.
 */
export async function guard(ctx: Context, command: Command): Promise<void> {
  const [path, options] = [pathOf(command), command.opts<EffectOptions>()]
  if (changesData(command)) await assertWritable(ctx, path, options.dryRun === true)
  if (effectOf(command).isWholesale?.(options) === true)
    await ctx.ask.confirm({ message: `Run dbtool ${path}?`, yes: true })
}

async function assertWritable(ctx: Context, path: string, dryRun: boolean): Promise<void> {
  const { target, entries } = await ctx.config()
  if (target.readOnly !== true) return
  const { describeTarget } = await import('../../src/db/target.ts')
  const source = entries.find(({ name }) => name === 'DB_READ_ONLY')?.origin ?? ''
  const reason = dryRun ? `${path} --dry-run changes data, with locks, and rolls back` : `${path} changes data`
  throw new DbtoolError('READ_ONLY', `${reason}, but ${describeTarget(target)} is read-only (${source})`, {
    hint: 'nothing was changed; use another profile, or remove readOnly (DB_READ_ONLY) there',
  })
}
