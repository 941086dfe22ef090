import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { pathOf } from './flags.ts'

/**
 * Bulk changes without a confirmation of their own, and load tests. On a protected database, each requires the name of
 * the database. Verbs that delete confirm anyway, and require the name there (src/prompts/target-confirmation.ts).
 */
export const wholesale: readonly string[] = [
  'users import',
  'products import',
  'orders import',
  'db migrate',
  'db seed',
  'db grants',
  'pool stress',
  'pool tune',
  'pool compare',
  'bench drivers',
  'sql',
  'db shell',
]
/** The workloads of load tests that write, to their own tables or to orders, although they have no --dry-run. */
const writingLoads: readonly string[] = ['read', 'write', 'orders']

interface Flags {
  readonly dryRun?: boolean
  readonly apply?: boolean
  readonly workload?: string
  readonly write?: boolean
}

/**
 * Runs before a verb. Rejects with READ_ONLY if the verb would change a read-only database. Requires the name of a
 * protected database for a bulk change or a load test.
 */
export async function guard(ctx: Context, command: Command): Promise<void> {
  const [path, flags] = [pathOf(command), command.opts<Flags>()]
  if (writes(command, path, flags)) await assertWritable(ctx, path, flags.dryRun === true)
  const onlyReads = (path === 'db grants' && flags.apply !== true) || (path === 'sql' && flags.write !== true)
  if (wholesale.includes(path) && flags.dryRun !== true && !onlyReads)
    await ctx.ask.confirm({ message: `Run dbtool ${path}?`, yes: true })
}

/** Every verb that changes data has --dry-run. The private server is not the configured database, so it is exempt. */
function writes(command: Command, path: string, { dryRun, apply, workload, write }: Flags): boolean {
  if (path === 'bench drivers') return true
  if (path === 'sql') return write === true
  if (path.startsWith('pool ')) return workload !== undefined && writingLoads.includes(workload)
  if (path.startsWith('server ') || (path === 'db grants' && apply !== true)) return false
  // A dry run of a `db` verb only reads; other dry runs write and roll back.
  return command.options.some(({ long }) => long === '--dry-run') && !(dryRun === true && path.startsWith('db '))
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
