import { DbtoolError } from '../../errors.ts'
import type { Connection } from '../connection/connection.ts'
import { isGone } from '../connection/first-fit.ts'
import { type Host, hostText } from '../target.ts'
import { isAhead } from './gtid.ts'
import { positionOf } from './own-writes.ts'
import { assertMayPromote, type ReplicaState, replicaStates } from './replica-state.ts'
import { replicaAddresses, type ServerState, serverState } from './server-state.ts'

/** Runs `work` on one connection to the server at this address. Rejects if connecting fails. */
export type OnAddress = <T>(address: string, work: (connection: Connection) => Promise<T>) => Promise<T>

export interface FailoverRequest {
  /** The replica that becomes the primary. */
  readonly to: Host
  /** All configured servers, as `host:port`. */
  readonly hosts: readonly string[]
  readonly onAddress: OnAddress
}

/** The servers of a failover, after all of them were asked. */
export interface FailoverPlan {
  readonly to: Host
  readonly replica: ReplicaState
  readonly oldPrimary: string
  /** The last position of an old primary that answers and is read-only; undefined if it does not answer. */
  readonly position: string | undefined
  /** Other replicas of the old primary. */
  readonly others: readonly { readonly host: string; readonly name: string }[]
  /** Configured servers that do not answer. */
  readonly silent: readonly string[]
}

/** A refusal: nothing was changed. */
export const refused = (message: string, hint: string): DbtoolError =>
  new DbtoolError('FAILOVER_REFUSED', `no failover: ${message}`, { hint })

/** Asks all servers, and changes nothing. Rejects with FAILOVER_REFUSED if a failover could lose or split data. */
export async function planFailover(request: FailoverRequest): Promise<FailoverPlan> {
  const { to, hosts, onAddress } = request
  const address = hostText(to)
  const { identity, replica } = await onAddress(address, (connection) => promotable(connection, address))
  const oldPrimary = replica.source
  const old = await readOnlyPrimary(onAddress, oldPrimary, address)
  const others: { host: string; name: string }[] = []
  const silent: string[] = []
  const known = new Set([...hosts, ...(old?.replicas ?? [])])
  for (const host of [...known].filter((one) => one !== address && one !== oldPrimary)) {
    const found = await answerOf(() => onAddress(host, inspected))
    if (found === undefined) silent.push(host)
    else if (found.state.identity !== identity) others.push(...siblingsAt(host, found, { replica, address }))
  }
  return { to, replica, oldPrimary, position: old?.position, others, silent }
}

interface Promotable {
  readonly identity: string
  readonly replica: ReplicaState
}

async function promotable(connection: Connection, address: string): Promise<Promotable> {
  const { galera, readOnly, identity } = await serverState(connection)
  if (galera !== undefined)
    throw refused(
      `${address} is a node of a Galera cluster, where every node takes writes`,
      'see: dbtool cluster status',
    )
  const [replica, second] = await replicaStates(connection)
  if (replica === undefined)
    throw refused(
      readOnly ? `${address} replicates no server` : `${address} is no replica, and takes writes already`,
      'name a replica with --to; see: dbtool cluster status',
    )
  if (second !== undefined)
    throw refused(`${address} replicates several servers`, 'reduce it to one source, or promote it by hand')
  if (!replica.usesGtid)
    throw refused(`${address} replicates without GTIDs`, `run there: ${changeTo('MASTER_USE_GTID=slave_pos', replica)}`)
  if (!replica.isApplying)
    throw refused(
      `${address} has stopped to apply changes${replica.error === '' ? '' : `: ${replica.error}`}`,
      'fix the cause, and run there: START SLAVE',
    )
  if (replica.delaySeconds > 0)
    throw refused(
      `${address} applies changes with a delay of ${replica.delaySeconds} s`,
      `run there: ${changeTo('MASTER_DELAY=0', replica)}`,
    )
  await assertMayPromote(connection)
  return { identity, replica }
}

interface ReadOnlyPrimary {
  /** Empty without a binary log. */
  readonly position: string
  /** The replicas that have announced their addresses. */
  readonly replicas: readonly string[]
}

/** Resolves to undefined if the old primary does not answer. Rejects if it takes writes, or is a replica itself. */
export async function readOnlyPrimary(
  onAddress: OnAddress,
  oldPrimary: string,
  address: string,
): Promise<ReadOnlyPrimary | undefined> {
  return answerOf(() =>
    onAddress(oldPrimary, async (connection) => {
      const { readOnly, sources = [] } = await serverState(connection)
      const above = sources.map(hostText).find((source) => source !== address)
      if (above !== undefined)
        throw refused(
          `${address} replicates ${oldPrimary}, which is a replica of ${above} itself`,
          `make ${oldPrimary} the primary, or let ${address} replicate ${above} first`,
        )
      if (!readOnly)
        throw refused(
          `the primary ${oldPrimary} answers, and takes writes; two primaries would split the data`,
          'stop it, or run there: SET GLOBAL read_only = ON',
        )
      return { position: (await positionOf(connection)) ?? '', replicas: await replicaAddresses(connection) }
    }),
  )
}

/** Resolves to undefined if the server does not answer. A server that refuses the login has answered. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

interface Inspected {
  readonly state: ServerState
  readonly replicas: readonly ReplicaState[]
}

async function inspected(connection: Connection): Promise<Inspected> {
  return { state: await serverState(connection), replicas: await replicaStates(connection) }
}

/** The connections of another server that replicate the old primary, too. */
function siblingsAt(
  host: string,
  { state, replicas }: Inspected,
  { replica, address }: { readonly replica: ReplicaState; readonly address: string },
): { host: string; name: string }[] {
  const siblings = replicas.filter(({ source }) => source === replica.source)
  if (siblings.length === 0 && !state.readOnly)
    throw refused(`${host} takes writes already`, 'see: dbtool cluster status')
  const ahead = siblings.find(({ received }) => isAhead(received, replica.received))
  if (ahead !== undefined)
    throw refused(`${host} has received more than ${address}`, `make ${host} the primary instead`)
  return siblings.map(({ name }) => ({ host, name }))
}

/** The name of a connection, as a word of a statement. */
export const named = (name: string): string => (name === '' ? '' : ` '${name.replaceAll("'", "''")}'`)
const changeTo = (what: string, { name }: Pick<ReplicaState, 'name'>): string =>
  `STOP SLAVE${named(name)}; CHANGE MASTER${named(name)} TO ${what}; START SLAVE${named(name)}`
