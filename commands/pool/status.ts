import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import type { HostConnections } from '../../src/db/host-figures.ts'
import type { ServerSide } from '../../src/db/server-side.ts'
import { addressOf, type Limits } from '../../src/db/target.ts'
import { messageOf } from '../../src/errors.ts'
import { data, number, section, sign, text, type View } from '../../src/output/view.ts'
import { durationText, parseRunTime } from '../../src/values.ts'
import { anyServer } from '../kit/any-server.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export interface StatusOptions {
  /** The interval between two queries, in milliseconds. */
  readonly watch?: number
}

const connectionView: View = {
  columns: [text('user'), text('host'), text('database'), text('state'), number('connections'), number('longest_s')],
  id: 'user',
}
const transactionView: View = {
  columns: [
    number('connection'),
    text('user'),
    text('state'),
    number('open_s'),
    number('rows_locked'),
    number('rows_changed'),
    text('statement'),
  ],
  id: 'connection',
}
const waitView: View = {
  columns: [
    number('waiting'),
    text('lock'),
    number('waited_s'),
    text('statement'),
    number('blocked_by'),
    text('blocking_user'),
    text('blocking_statement'),
  ],
  id: 'waiting',
}

const hostView: View = {
  columns: [
    text('host'),
    sign('in_use', { true: { text: '✔', colour: 'green' }, false: { text: '', colour: 'dim' } }),
    number('max_connections'),
    number('threads_connected'),
    number('threads_running'),
    text('problem'),
  ],
  id: 'host',
}

type PoolStatus = ServerSide['status'] &
  Omit<ServerSide, 'status'> & { readonly configured_pool: number; readonly hosts: readonly HostConnections[] }

/** The counters of the server as one item; for people, the lists follow as tables. */
const statusView: View<PoolStatus> = {
  columns: [
    number('max_connections'),
    number('threads_connected'),
    number('threads_running'),
    number('max_used_connections'),
    number('aborted_clients'),
    number('aborted_connects'),
    number('configured_pool'),
    data('connections'),
    data('transactions'),
    data('lock_waits'),
    data('unseen'),
    data('hosts'),
  ],
  id: 'threads_connected',
  sections: ({ connections, transactions, lock_waits, hosts }) => [
    section(hostView, hosts),
    section(connectionView, connections),
    section(transactionView, transactions),
    section(waitView, lock_waits),
  ],
}

export function poolStatus(pool: Command, ctx: Context, run = showStatus): void {
  withView(pool.command('status'), statusView)
    .description('Show connections by user and state, open transactions and lock waits, as the server sees them')
    .option('--watch <duration>', 'repeat at this interval until Ctrl-C', value(parseRunTime))
    .addHelpText('after', examples('dbtool pool status', 'dbtool pool status --watch 2s', 'dbtool pool status --json'))
    .action((options: StatusOptions) => run(ctx, options))
}

/** Prints the state of the server, once or at an interval. */
export async function showStatus(ctx: Context, { watch }: StatusOptions): Promise<void> {
  if (watch !== undefined) return watchStatus(ctx, watch)
  const { limits, target } = await anyServer(ctx)
  await ctx.connection(async (connection) => show(ctx, await lookAt(ctx, connection)), limits, target)
}

interface Look {
  readonly side: ServerSide
  readonly hosts: readonly HostConnections[]
  readonly pool: Awaited<ReturnType<typeof anyServer>>['pool']
}

/** Asks the server of a connection, and each of several hosts. */
async function lookAt(ctx: Context, connection: Connection): Promise<Look> {
  const [{ serverSide }, { hostConnections }, { pool, limits, target }] = await Promise.all([
    import('../../src/db/server-side.ts'),
    import('../../src/db/host-figures.ts'),
    anyServer(ctx),
  ])
  const looking = serverSide(connection)
  const inUse = { address: addressOf(connection.target), stats: async () => (await looking).status }
  const hosts = hostConnections(target, inUse, (host, work) => ctx.connection(work, atMost(limits), host))
  const [side, known] = await Promise.all([looking, hosts])
  return { side, hosts: known, pool }
}

/** The longest times for a look at one of several hosts, in milliseconds. */
const longest = { connectTimeoutMs: 3_000, statementTimeoutMs: 3_000 }

function atMost(limits: Limits): Limits {
  const lower = (given: number, most: number): number => (given === 0 ? most : Math.min(given, most))
  return {
    ...limits,
    connectTimeoutMs: lower(limits.connectTimeoutMs, longest.connectTimeoutMs),
    statementTimeoutMs: lower(limits.statementTimeoutMs, longest.statementTimeoutMs),
  }
}

/** The state of a watch. */
interface Watched {
  isAway: boolean
  /** The host that it watches, and since when; undefined before it has seen one. */
  server: { readonly address: string; readonly text: string } | undefined
}

/**
 * Repeats until Ctrl-C, also over a restart of the server and over a failover: it connects again until a server
 * answers.
 */
async function watchStatus(ctx: Context, intervalMs: number): Promise<void> {
  const { isAway } = await import('../../src/db/retry-table.ts')
  const { limits: given, target } = await anyServer(ctx)
  // A host that falls silent is left soon; one server is waited for.
  const limits = target.hosts === undefined ? given : atMost(given)
  const { io } = ctx
  const pause = (): Promise<void> => sleep(intervalMs, undefined, { signal: io.signal }).catch(() => undefined)
  const watched: Watched = { isAway: false, server: undefined }
  const isStopped = (): boolean => io.signal.aborted
  while (!isStopped()) {
    try {
      await ctx.connection(
        async (connection) => {
          Object.assign(watched, { isAway: false, server: seenAt(ctx, connection, watched) })
          while (!isStopped()) {
            await showAgain(ctx, connection, { watched, intervalMs })
            await pause()
          }
        },
        limits,
        target,
      )
    } catch (error) {
      if (isStopped()) return
      if (watched.server === undefined || !isAway(error)) throw error
      if (!watched.isAway) tellAway(ctx, error, intervalMs)
      watched.isAway = true
      await pause()
    }
  }
}

function seenAt(ctx: Context, { target }: Connection, { server }: Watched): Watched['server'] {
  const address = addressOf(target)
  if (server === undefined) return { address, text: address }
  return server.address === address
    ? server
    : { address, text: `${address} since ${clock(ctx)}, before ${server.address}` }
}

interface Refresh {
  readonly watched: Watched
  readonly intervalMs: number
}

async function showAgain(ctx: Context, connection: Connection, { watched, intervalMs }: Refresh): Promise<void> {
  const look = await lookAt(ctx, connection)
  ctx.out.clearScreen()
  show(ctx, look)
  const server = look.hosts.length === 0 ? '' : `${watched.server?.text ?? ''}, `
  ctx.out.note(`${clock(ctx)}, ${server}repeated every ${durationText(intervalMs)}; Ctrl-C stops`)
}

function tellAway(ctx: Context, error: unknown, intervalMs: number): void {
  ctx.out.clearScreen()
  ctx.out.warn(`${clock(ctx)}, the server is away: ${messageOf(error)}`)
  ctx.out.note(`it is asked again every ${durationText(intervalMs)}; Ctrl-C stops`)
}

const clock = ({ io }: Context): string => io.now().toLocaleTimeString('en-GB')

function show({ out }: Context, { side, hosts, pool: { size, maxOverflow } }: Look): void {
  const { status, ...lists } = side
  out.item(statusView, { ...status, configured_pool: size + maxOverflow, ...lists, hosts })
  if (side.unseen.length > 0) out.note(`not shown: ${side.unseen.join(', ')}: this user lacks the PROCESS privilege`)
  const left = status.max_connections - status.threads_connected
  if (size + maxOverflow > left)
    out.warn(`a pool of ${size} + ${maxOverflow} does not fit: the server has ${left} connections left`)
  for (const { connection, user, open_s } of side.transactions.filter(
    ({ state, open_s: age }) => state === 'idle' && age >= longIdleSeconds,
  )) {
    out.warn(
      `connection ${connection} (${user ?? 'gone'}) is idle with a transaction open for ${open_s} s: ` +
        'statements that need its rows wait',
    )
  }
}

/** An open transaction of an idle connection at this age was forgotten, or a user is thinking. */
const longIdleSeconds = 5
