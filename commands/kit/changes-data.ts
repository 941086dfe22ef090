import type { Command } from 'commander'
import { pathOf } from './flags.ts'

/** The workloads of load tests that write, to their own tables or to orders, although they have no --dry-run. */
const writingLoads: readonly string[] = ['read', 'write', 'orders']

export interface ChangeFlags {
  readonly dryRun?: boolean
  readonly apply?: boolean
  readonly workload?: string
  readonly write?: boolean
  readonly into?: string
}

/**
 * Whether a parsed command changes data. Every verb that does has --dry-run. The private server is not the configured
 * database, so it is exempt.
 */
export function changesData(command: Command): boolean {
  const path = pathOf(command)
  const { dryRun, apply, workload, write, into } = command.opts<ChangeFlags>()
  if (path === 'bench drivers') return true
  // It makes a folder.
  if (path === 'db restore' && into !== undefined) return false
  if (path === 'sql') return write === true
  if (path.startsWith('pool ')) return workload !== undefined && writingLoads.includes(workload)
  if (path.startsWith('server ') || (path === 'db grants' && apply !== true)) return false
  // A dry run of a `db` verb only reads; other dry runs write and roll back.
  return command.options.some(({ long }) => long === '--dry-run') && !(dryRun === true && path.startsWith('db '))
}
