import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { pathOf } from './flags.ts'

/**
 * What changes much at once and has no question of its own, and what puts load on a server: on a protected database it
 * needs its name typed. What
 * deletes asks anyway, and is given the name there (src/prompts/target-guard.ts).
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
]
/** What writes although it has no --dry-run: tables of its own, or orders. */
const writingLoads: readonly string[] = ['read', 'write', 'orders']

interface Flags {
  readonly dryRun?: boolean
  readonly apply?: boolean
  readonly workload?: string
}

/**
 * Before a verb runs. Rejects with READ_ONLY what would change a database that is only read, and asks for the name of a
 * protected one.
 */
export async function guard(ctx: Context, command: Command): Promise<void> {
  const [path, flags] = [pathOf(command), command.opts<Flags>()]
  if (writes(command, path, flags)) await mustTakeWrites(ctx, path, flags.dryRun === true)
  const printsOnly = path === 'db grants' && flags.apply !== true
  if (wholesale.includes(path) && flags.dryRun !== true && !printsOnly)
    await ctx.ask.confirm({ message: `Run dbtool ${path}?`, yes: true })
}

/** Whatever changes something has --dry-run; the private server is no matter of the database that is configured. */
function writes(command: Command, path: string, { dryRun, apply, workload }: Flags): boolean {
  if (path === 'bench drivers') return true
  if (path.startsWith('pool ')) return workload !== undefined && writingLoads.includes(workload)
  if (path.startsWith('server ') || (path === 'db grants' && apply !== true)) return false
  // Those of the schema look, and do not try.
  return command.options.some(({ long }) => long === '--dry-run') && !(dryRun === true && path.startsWith('db '))
}

async function mustTakeWrites(ctx: Context, path: string, dryRun: boolean): Promise<void> {
  const { target, entries } = await ctx.config()
  if (target.readOnly !== true) return
  const { describeTarget } = await import('../../src/db/target.ts')
  const mark = entries.find(({ name }) => name === 'DB_READ_ONLY')?.origin ?? ''
  const what = dryRun ? `${path} --dry-run really does it, with locks, and rolls it back` : `${path} changes something`
  throw new DbtoolError('READ_ONLY', `${what}, and ${describeTarget(target)} is read only (${mark})`, {
    hint: 'nothing was changed; use another profile, or take readOnly (DB_READ_ONLY) away there',
  })
}
