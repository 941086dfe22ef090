import { describe, expect, it } from 'vitest'
import { cluster, globals, judge, node, sound, titled, type Row } from './sound-facts.ts'

const otherNode = 'connect to another node until this one is Synced'
const more = 'add nodes: three survive the loss of one; the arbitrator garbd counts as a node'
const source = { host: 'db1', port: 3306, isRunning: true, error: null, behindSeconds: 0, delaySeconds: 0 }
const alone = { galera: undefined }
const readOnly = (different: Parameters<typeof cluster>[0]): Row[1] => ({
  ...globals({ read_only: 'ON' }),
  ...cluster({ ...alone, ...different }),
})
const reached = (...processes: readonly (string | undefined)[]): Row[1] => ({
  reached: processes.map((process) => {
    const [host = '', port] = process?.split('/') ?? []
    return process === undefined ? undefined : { process, host, port: Number(port) }
  }),
})
const noWrites = 'the server accepts no writes (read_only is ON): no order can be placed'
const found = (seconds: number): string =>
  `a dead node is excluded after ${seconds} s (evs.suspect_timeout), at the latest after 15 s; ` +
  'until then no order is placed'

const rows: readonly Row[] = [
  ['membership', {}, 'ok', 'node n1 is Synced, in a primary component of 3 nodes'],
  ['membership', cluster(alone), 'ok', 'not a node of a Galera cluster'],
  [
    'membership',
    node({ isPrimary: false, isReady: false, state: 'Initialized', size: 1 }),
    'fault',
    'node n1 has left the cluster: its component of 1 node is not primary, and accepts no statements',
    'connect to another node, and repair the network of this one; see docs/cluster.md if no node is primary',
  ],
  [
    'membership',
    node({ isReady: false, state: 'Joining' }),
    'fault',
    'node n1 accepts no statements: its state is Joining',
    otherNode,
  ],
  [
    'membership',
    node({ state: 'Donor/Desynced' }),
    'warning',
    'node n1 sends its data to another one, or a lock or backup stops it: its state is Donor/Desynced',
    otherNode,
  ],
  ['membership', node({ state: 'Joined' }), 'warning', 'node n1 lags behind: its state is Joined', otherNode],
  [
    'membership',
    node({ isOn: false }),
    'fault',
    'node n1 keeps its changes from its cluster (wsrep_on is OFF): no other node gets its orders',
    'SET GLOBAL wsrep_on = ON, before a command writes there; then compare: dbtool cluster check',
  ],
  ['quorum', {}, 'ok', '3 nodes: 1 of them may fail at once'],
  ['quorum', node({ size: 4 }), 'ok', '4 nodes: 1 of them may fail at once'],
  ['quorum', node({ size: 5 }), 'ok', '5 nodes: 2 of them may fail at once'],
  ['quorum', node({ size: 1 }), 'warning', 'the cluster has one node: nothing takes over when it fails', more],
  [
    'quorum',
    node({ size: 2 }),
    'warning',
    'the cluster has two nodes: when one fails, the other accepts no statements',
    more,
  ],
  ['failure-detection', node({ suspectSeconds: 5, inactiveSeconds: 15 }), 'ok', found(5)],
  [
    'failure-detection',
    node({ suspectSeconds: 9, inactiveSeconds: 15 }),
    'warning',
    found(9),
    "evs.suspect_timeout=PT5S in wsrep_provider_options, in each server's configuration",
  ],
  ['appliers', {}, 'ok', 'node n1 applies the changes of other nodes with 4 threads'],
  [
    'appliers',
    node({ appliers: 1 }),
    'warning',
    'node n1 has one applier thread: it can lag behind, and its reads are then old',
    "SET GLOBAL wsrep_slave_threads = 4, and the same in the server's configuration",
  ],
  [
    'writers',
    node({ conflicts: 2, commits: 9_000 }),
    'ok',
    '2 transactions of node n1 conflicted with those of other nodes',
  ],
  [
    'writers',
    node({ conflicts: 12, commits: 900 }),
    'warning',
    '12 transactions of node n1 conflicted with those of other nodes (900 did not): several nodes take writes',
    'send all writes to one node; see docs/cluster.md',
  ],
  ['proxy', {}, 'ok', '4 connections to db.example.com:3306 reached the same server'],
  [
    'proxy',
    reached('n1/3307/1/a', 'n1/3307/1/a'),
    'ok',
    '2 connections to db.example.com:3306 reached the same server, which is n1:3307 behind a proxy or a forwarded port',
  ],
  [
    'proxy',
    reached('n2/3306/1/a', 'n1/3306/1/b', 'n2/3306/1/a', undefined),
    'warning',
    '4 connections to db.example.com:3306 reached 2 servers: n1:3306, n2:3306',
    'send all connections to one server, and to the next one when it fails; see HAProxy in docs/cluster.md',
  ],
  [
    'proxy',
    reached(undefined, undefined),
    'warning',
    'a proxy hides the server behind db.example.com:3306: statements of lost connections cannot be ended there',
    'use a proxy that passes connections through, such as HAProxy in mode tcp',
  ],
  ['replication', {}, 'ok', 'no replication'],
  ['replication', cluster({ sources: undefined }), 'ok', 'no replication'],
  [
    'replication',
    cluster({ sources: [source], isReplicating: true, readOnly: true }),
    'ok',
    'a replica of db1:3306, 0 s behind',
  ],
  [
    'replication',
    cluster({ sources: [{ ...source, behindSeconds: 60, delaySeconds: 60 }], isReplicating: true, readOnly: true }),
    'ok',
    'a replica of db1:3306, 60 s behind (it waits 60 s on purpose)',
  ],
  [
    'replication',
    cluster({ sources: [source], isReplicating: true }),
    'warning',
    'this replica of db1:3306 takes writes: they do not reach db1:3306, and the data can diverge',
    "connect to the primary server; SET GLOBAL read_only = ON, and the same in the server's configuration",
  ],
  [
    'replication',
    cluster({ sources: undefined, isReplicating: true }),
    'ok',
    'a replica; this account may not see its state (REPLICA MONITOR)',
  ],
  [
    'replication',
    cluster({ sources: [{ ...source, behindSeconds: 99 }], isReplicating: true, readOnly: true }),
    'warning',
    'this replica of db1:3306 is 99 s behind',
    'read from another server until it has caught up',
  ],
  [
    'replication',
    cluster({ sources: [{ ...source, isRunning: false, error: 'Duplicate entry' }], isReplicating: true }),
    'fault',
    'this replica does not follow db1:3306: Duplicate entry',
    'remove the cause; START SLAVE',
  ],
  [
    'replication',
    cluster({ replicas: 2, semiSync: { asPrimary: true, replicas: 1, asReplica: false } }),
    'ok',
    '1 of 2 replicas confirm each commit (semi-synchronous)',
  ],
  [
    'replication',
    cluster({ replicas: 1, semiSync: { asPrimary: true, replicas: 0, asReplica: false } }),
    'warning',
    '1 replica is asynchronous: a failover can lose orders that were acknowledged',
    'SET GLOBAL rpl_semi_sync_slave_enabled = ON; STOP SLAVE; START SLAVE on the replicas, then ' +
      "SET GLOBAL rpl_semi_sync_master_enabled = ON, and the same in the server's configuration",
  ],
  ['writes', readOnly({}), 'fault', noWrites, 'connect to the primary server, or: SET GLOBAL read_only = OFF'],
  [
    'writes',
    readOnly({ sources: [source], isReplicating: true }),
    'fault',
    noWrites,
    'connect to the primary server, db1:3306',
  ],
  ['writes', readOnly({ sources: undefined, isReplicating: true }), 'fault', noWrites, 'connect to the primary server'],
  [
    'writes',
    readOnly({ sources: undefined }),
    'fault',
    noWrites,
    'connect to the primary server; this account may not see whether this is a replica',
  ],
]

describe('doctor on a cluster', () => {
  it.each(titled(rows))('%s: %s: %s', (_check, _status, _found, [name, different, status, found, fix = null]) => {
    expect(judge(name, different)).toEqual([{ status, found, fix }])
  })

  it('says nothing about nodes elsewhere', () => {
    for (const name of ['quorum', 'failure-detection', 'appliers', 'writers'])
      expect(judge(name, cluster(alone))).toEqual([])
  })

  it('says nothing about a proxy before a socket, or of a node that does not say which one it is', () => {
    const { destination } = sound
    const target = { ...destination.target, socket: '/run/mysqld.sock' }
    expect(judge('proxy', { destination: { ...destination, target } })).toEqual([])
    expect(judge('proxy', { ...node({ isReady: false }), ...reached(undefined) })).toEqual([])
  })
})
