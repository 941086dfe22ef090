import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { ClusterStatus } from '../../src/db/cluster/cluster-status.ts'
import { DbtoolError, messageOf } from '../../src/errors.ts'
import { data, number, orNone, sentence, text, type View, whole } from '../../src/output/view.ts'
import { durationText, parseRunTime, quotedForShell } from '../../src/values.ts'
import { value } from '../kit/flags.ts'
import { footer } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [
    whole('host'),
    text('role'),
    text('state'),
    ...['size', 'lag_s', 'queue', 'flow_control', 'cert_failures'].map((name) => orNone(number(name), '-')),
    orNone(text('semi_sync'), '-'),
    data('writable'),
    text('writer'),
    orNone(sentence('problem'), 'none'),
  ],
  id: 'host',
  omitsNull: true,
}

export interface StatusOptions {
  /** The interval between two queries, in milliseconds. */
  readonly watch?: number
}

export function clusterStatusVerb(cluster: Command, ctx: Context, run = showCluster): void {
  withView(cluster.command('status'), view)
    .description('Show each server of a Galera cluster or of a replication, and its problem')
    .option('--watch <duration>', 'repeat at this interval until Ctrl-C', value(parseRunTime))
    .addHelpText(
      'after',
      footer(
        [
          'It asks the configured hosts, and the servers that they know. A command would ' +
            'write to the writer. Exit code 1: a server has a problem; 2: none ' +
            'accepts writes.',
        ],
        'dbtool cluster status',
        'dbtool cluster status --watch 2s',
        'dbtool cluster status --json',
      ),
    )
    .action((options: StatusOptions) => run(ctx, options))
}

/** Prints the state of all servers, once or at an interval. */
export async function showCluster(ctx: Context, { watch }: StatusOptions): Promise<void> {
  if (watch !== undefined) return watchCluster(ctx, watch)
  const status = await statusOf(ctx)
  ctx.out.list(view, status.hosts)
  const error = problemOf(status)
  if (error !== undefined) throw error
  ctx.out.success(status.hosts.length === 1 ? 'no problem; this server knows no other' : 'no problem')
}

const longestWaitMs = 2_000

export async function statusOf(ctx: Context): Promise<ClusterStatus> {
  const { clusterStatus } = await import('../../src/db/cluster/cluster-status.ts')
  const { target, limits } = await ctx.config()
  const connectTimeoutMs = Math.min(limits.connectTimeoutMs === 0 ? Infinity : limits.connectTimeoutMs, longestWaitMs)
  const short = { ...limits, connectTimeoutMs, statementTimeoutMs: longestWaitMs }
  // A node outside its cluster refuses to work in a database, and other servers may not have it.
  return clusterStatus({ ...target, database: undefined, role: undefined }, (server, work) =>
    ctx.connection(work, short, server),
  )
}

/** Repeats until Ctrl-C, also while the server does not answer. */
async function watchCluster(ctx: Context, intervalMs: number): Promise<void> {
  const { out, io } = ctx
  const isStopped = (): boolean => io.signal.aborted
  for (let wasSeen = false; !isStopped();) {
    try {
      const status = await statusOf(ctx)
      wasSeen = true
      out.clearScreen()
      out.list(view, status.hosts)
      const problem = problemOf(status)
      if (problem !== undefined) out.warn(problem.message)
    } catch (error) {
      if (isStopped()) return
      if (!wasSeen || !(error instanceof DbtoolError)) throw error
      out.clearScreen()
      out.warn(messageOf(error))
    }
    out.note(`${io.now().toLocaleTimeString('en-GB')}, repeated every ${durationText(intervalMs)}; Ctrl-C stops`)
    await sleep(intervalMs, undefined, { signal: io.signal }).catch(() => undefined)
  }
}

/** The error for the exit code; undefined if everything is well. */
function problemOf({ hosts, configured }: ClusterStatus): DbtoolError | undefined {
  if (!hosts.some(({ writable }) => writable))
    return new DbtoolError('CLUSTER_DOWN', 'no server accepts writes', {
      hint: `${moreAbout(hosts[0]?.host ?? '')}; see docs/cluster.md`,
    })
  const faulty = hosts.filter(({ problem }) => problem !== null).map(({ host }) => host)
  const nodes = Math.max(0, ...hosts.map(({ size }) => size ?? 0))
  const missing = nodes > 0 && nodes < configured ? [`${nodes} of ${configured} configured nodes are members`] : []
  const problems = [...(faulty.length === 0 ? [] : [`problems: ${faulty.join(', ')}`]), ...missing]
  if (problems.length === 0) return undefined
  const [example] = faulty
  return new DbtoolError('CLUSTER_DEGRADED', problems.join('; '), {
    hint: example === undefined ? 'start the missing nodes' : moreAbout(example),
  })
}

const moreAbout = (host: string): string => `more about one server: dbtool doctor --host ${quotedForShell(host)}`
