import type { GaleraState, ServerState, Source } from '../../db/cluster/server-state.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { addressOf, hostText } from '../../db/target.ts'
import { counted } from '../../in-words.ts'
import type { Facts } from '../facts.ts'
import { serverVariable } from '../fix.ts'

const group = 'Cluster'
/** The default of evs.suspect_timeout. */
const longestSuspicionSeconds = 5
const longestLagSeconds = 10
/** Conflicts among the transactions of a node; a single failover causes a few. */
const smallShare = 0.001

export const clusterChecks: readonly Check[] = [
  ofNode({
    name: 'membership',
    looksAt: 'a node of a Galera cluster belongs to the primary component and accepts statements',
    judge: membership,
    otherwise: 'not a node of a Galera cluster',
  }),
  ofNode({
    name: 'quorum',
    looksAt: 'the number of nodes that may fail at once',
    judge: ({ size, isPrimary }) => (isPrimary ? quorum(size) : []),
  }),
  ofNode({
    name: 'failure-detection',
    looksAt: 'the time until a dead node is excluded (evs.suspect_timeout), for which no node places an order',
    judge: failureDetection,
  }),
  ofNode({
    name: 'appliers',
    looksAt: 'the threads that apply the changes of other nodes (wsrep_slave_threads)',
    judge: ({ name, appliers }) =>
      appliers > 1
        ? ok(`node ${name} applies the changes of other nodes with ${appliers} threads`)
        : warning(
            `node ${name} has one applier thread: it can lag behind, and its reads are then old`,
            serverVariable('wsrep_slave_threads', 4),
          ),
  }),
  ofNode({
    name: 'writers',
    looksAt: 'whether several nodes take writes, which then conflict (certification failures and aborts)',
    judge: writers,
  }),
  check({
    name: 'proxy',
    group,
    looksAt: 'several connections to the address reach the same server, and can be ended there',
    needs: ['destination', 'reached', 'cluster'],
    judge: proxy,
  }),
  check({
    name: 'replication',
    group,
    looksAt: 'a replica follows its primary closely; the replicas of a primary are semi-synchronous',
    needs: ['cluster'],
    judge: ({ cluster }) => replication(cluster),
  }),
]

interface NodeCheck extends Pick<Check, 'name' | 'looksAt'> {
  readonly judge: (galera: GaleraState) => Judgement | readonly Judgement[]
  /** The finding on another server; by default, there is none. */
  readonly otherwise?: string
}

function ofNode({ name, looksAt, judge, otherwise }: NodeCheck): Check {
  return check({
    name,
    group,
    looksAt,
    needs: ['cluster'],
    judge({ cluster: { galera } }) {
      if (galera !== undefined) return judge(galera)
      return otherwise === undefined ? [] : ok(otherwise)
    },
  })
}

function membership({ name, isPrimary, isReady, isOn, state, size }: GaleraState): Judgement {
  const nodes = counted(size, 'node')
  if (!isPrimary)
    return fault(
      `node ${name} has left the cluster: its component of ${nodes} is not primary, and accepts no statements`,
      'connect to another node, and repair the network of this one; see docs/cluster.md if no node is primary',
    )
  if (!isReady)
    return fault(
      `node ${name} accepts no statements: its state is ${state}`,
      'connect to another node until this one is Synced',
    )
  if (!isOn)
    return fault(
      `node ${name} keeps its changes from its cluster (wsrep_on is OFF): no other node gets its orders`,
      'SET GLOBAL wsrep_on = ON, before a command writes there; then compare: dbtool cluster check',
    )
  if (state.startsWith('Donor'))
    return warning(
      `node ${name} sends its data to another one, or a lock or backup stops it: its state is ${state}`,
      'connect to another node until this one is Synced',
    )
  if (state !== 'Synced')
    return warning(
      `node ${name} lags behind: its state is ${state}`,
      'connect to another node until this one is Synced',
    )
  return ok(`node ${name} is Synced, in a primary component of ${nodes}`)
}

function quorum(size: number): Judgement {
  const third = 'add nodes: three survive the loss of one; the arbitrator garbd counts as a node'
  if (size === 1) return warning('the cluster has one node: nothing takes over when it fails', third)
  if (size === 2) return warning('the cluster has two nodes: when one fails, the other accepts no statements', third)
  const spare = Math.ceil(size / 2) - 1
  return ok(`${size} nodes: ${spare} of them may fail at once`)
}

function failureDetection({ suspectSeconds, inactiveSeconds }: GaleraState): Judgement {
  const found =
    `a dead node is excluded after ${suspectSeconds} s (evs.suspect_timeout), ` +
    `at the latest after ${inactiveSeconds} s; until then no order is placed`
  if (suspectSeconds <= longestSuspicionSeconds) return ok(found)
  return warning(found, "evs.suspect_timeout=PT5S in wsrep_provider_options, in each server's configuration")
}

function writers({ name, conflicts, commits }: GaleraState): Judgement {
  if (conflicts / Math.max(1, commits + conflicts) < smallShare)
    return ok(`${conflicts} transactions of node ${name} conflicted with those of other nodes`)
  return warning(
    `${conflicts} transactions of node ${name} conflicted with those of other nodes (${commits} did not): ` +
      'several nodes take writes',
    'send all writes to one node; see docs/cluster.md',
  )
}

function proxy({
  destination: { target },
  reached,
  cluster: { galera },
}: Pick<Facts, 'destination' | 'reached' | 'cluster'>): Judgement | Judgement[] {
  if (target.socket !== undefined) return []
  const address = addressOf(target)
  const servers = [...new Map(reached.flatMap((server) => (server === undefined ? [] : [[server.process, server]])))]
  const [first, second] = servers.map(([, server]) => server)
  // A node that is not ready does not say which one it is.
  if (first === undefined)
    return galera?.isReady === false
      ? []
      : warning(
          `a proxy hides the server behind ${address}: statements of lost connections cannot be ended there`,
          'use a proxy that passes connections through, such as HAProxy in mode tcp',
        )
  if (second !== undefined) {
    const names = servers.map(([, server]) => hostText(server)).toSorted()
    return warning(
      `${reached.length} connections to ${address} reached ${servers.length} servers: ${names.join(', ')}`,
      'send all connections to one server, and to the next one when it fails; see HAProxy in docs/cluster.md',
    )
  }
  const own = first.port === target.port ? '' : `, which is ${hostText(first)} behind a proxy or a forwarded port`
  return ok(`${reached.length} connections to ${address} reached the same server${own}`)
}

function replication({ isReplicating, readOnly, sources, replicas, semiSync }: ServerState): Judgement | Judgement[] {
  const followed = sources?.map((source) => ofSource(source, readOnly)) ?? []
  if (isReplicating && followed.length === 0)
    return ok('a replica; this account may not see its state (REPLICA MONITOR)')
  if (replicas === 0) return followed.length === 0 ? ok('no replication') : followed
  const own =
    semiSync.asPrimary && semiSync.replicas > 0
      ? ok(`${semiSync.replicas} of ${replicas} replicas confirm each commit (semi-synchronous)`)
      : warning(
          `${replicas === 1 ? '1 replica is' : `${replicas} replicas are`} asynchronous: ` +
            'a failover can lose orders that were acknowledged',
          'SET GLOBAL rpl_semi_sync_slave_enabled = ON; STOP SLAVE; START SLAVE on the replicas, then ' +
            serverVariable('rpl_semi_sync_master_enabled', 'ON'),
        )
  return [...followed, own]
}

function ofSource({ host, port, isRunning, error, behindSeconds, delaySeconds }: Source, readOnly: boolean): Judgement {
  const source = `${host}:${port}`
  if (!isRunning)
    return fault(
      `this replica does not follow ${source}: ${error ?? 'it was stopped'}`,
      'remove the cause; START SLAVE',
    )
  if (!readOnly)
    return warning(
      `this replica of ${source} takes writes: they do not reach ${source}, and the data can diverge`,
      `connect to the primary server; ${serverVariable('read_only', 'ON')}`,
    )
  const behind = behindSeconds ?? 0
  const delayed = delaySeconds === 0 ? '' : ` (it waits ${delaySeconds} s on purpose)`
  if (behind <= delaySeconds + longestLagSeconds) return ok(`a replica of ${source}, ${behind} s behind${delayed}`)
  return warning(
    `this replica of ${source} is ${behind} s behind${delayed}`,
    'read from another server until it has caught up',
  )
}
