import { DatabaseError } from '../failures.ts'
import type { Queries } from '../queries.ts'

/** The place of a server among others, as it reports it itself. */
export interface ServerState {
  /** Equal for two addresses of the same server. */
  readonly identity: string
  readonly readOnly: boolean
  /** Undefined: not a node of a Galera cluster. */
  readonly galera: GaleraState | undefined
  /** The servers that this one replicates; undefined if this account may not see them. */
  readonly sources: readonly Source[] | undefined
  /** Whether it replicates another server now. */
  readonly isReplicating: boolean
  /** The number of replicas that are connected to it. */
  readonly replicas: number
  readonly semiSync: { readonly asPrimary: boolean; readonly replicas: number; readonly asReplica: boolean }
}

export interface GaleraState {
  readonly name: string
  /** Identifies the node in its cluster until it restarts. */
  readonly uuid: string
  /** The cluster in which it is; empty outside. */
  readonly cluster: string
  /** It sends its changes to its cluster. */
  readonly isOn: boolean
  /** It accepts statements. */
  readonly isReady: boolean
  readonly isPrimary: boolean
  /** `Synced`, `Donor/Desynced`, `Joining`, … */
  readonly state: string
  readonly size: number
  /** The members of its component, as `host:port`. */
  readonly addresses: readonly string[]
  /** The number of nodes in the configuration of this one. */
  readonly configured: number
  /** Write sets that it has received and not yet applied. */
  readonly queue: number
  /** The share of the time for which flow control stopped the cluster, from 0 to 1. */
  readonly flowControl: number
  /** Transactions of this node that lost against another node's. */
  readonly conflicts: number
  readonly commits: number
  readonly appliers: number
  /** Seconds after which a silent node is suspected, and after which it is excluded in any case. */
  readonly suspectSeconds: number
  readonly inactiveSeconds: number
}

export interface Source {
  readonly host: string
  readonly port: number
  readonly isRunning: boolean
  readonly error: string | null
  readonly behindSeconds: number | null
  /** The seconds for which it waits on purpose. */
  readonly delaySeconds: number
}

type Texts = Readonly<Partial<Record<string, string>>>

const variables = [
  'hostname',
  'port',
  'server_id',
  'read_only',
  'wsrep_on',
  'wsrep_node_name',
  'wsrep_cluster_address',
  'wsrep_provider_options',
  'wsrep_slave_threads',
]
const counters = [
  'wsrep_gcomm_uuid',
  'wsrep_cluster_state_uuid',
  'wsrep_ready',
  'wsrep_cluster_status',
  'wsrep_cluster_size',
  'wsrep_local_state_comment',
  'wsrep_incoming_addresses',
  'wsrep_local_recv_queue',
  'wsrep_flow_control_paused',
  'wsrep_local_cert_failures',
  'wsrep_local_bf_aborts',
  'wsrep_local_commits',
  'Rpl_semi_sync_master_status',
  'Rpl_semi_sync_master_clients',
  'Rpl_semi_sync_slave_status',
  'Slaves_connected',
  'Slaves_running',
]

/** Reads the state of a server. A node answers SHOW even if it has left its cluster. Needs no privilege. */
export async function serverState(queries: Queries): Promise<ServerState> {
  const global = await show(queries, 'VARIABLES', variables)
  const status = await show(queries, 'STATUS', counters)
  const isMember = global['wsrep_on'] === 'ON' || status['wsrep_ready'] === 'ON'
  const galera = isMember ? galeraState(global, status) : undefined
  const sources = await sourcesOf(queries)
  const count = (name: string): number => Number(status[name] ?? 0)
  return {
    identity: galera?.uuid ?? [global['hostname'], global['port'], global['server_id']].join(':'),
    readOnly: (global['read_only'] ?? 'OFF') !== 'OFF',
    galera,
    sources,
    isReplicating: count('Slaves_running') > 0 || (sources?.length ?? 0) > 0,
    replicas: count('Slaves_connected'),
    semiSync: {
      asPrimary: status['Rpl_semi_sync_master_status'] === 'ON',
      replicas: count('Rpl_semi_sync_master_clients'),
      asReplica: status['Rpl_semi_sync_slave_status'] === 'ON',
    },
  }
}

async function show(queries: Queries, what: 'VARIABLES' | 'STATUS', names: readonly string[]): Promise<Texts> {
  const marks = names.map(() => '?').join(', ')
  const rows = await queries.rows<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL ${what} WHERE Variable_name IN (${marks})`,
    names,
  )
  return Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, value]))
}

function galeraState(global: Texts, status: Texts): GaleraState {
  const figure = (name: string): number => Number(status[`wsrep_${name}`] ?? 0)
  const options = global['wsrep_provider_options'] ?? ''
  return {
    name: global['wsrep_node_name'] ?? '',
    uuid: status['wsrep_gcomm_uuid'] ?? '',
    cluster: status['wsrep_cluster_state_uuid'] ?? '',
    isOn: global['wsrep_on'] === 'ON',
    isReady: status['wsrep_ready'] === 'ON',
    isPrimary: status['wsrep_cluster_status'] === 'Primary',
    state: status['wsrep_local_state_comment'] ?? 'unknown',
    size: figure('cluster_size'),
    addresses: addressesIn(status['wsrep_incoming_addresses'] ?? ''),
    configured: addressesIn((global['wsrep_cluster_address'] ?? '').replace('gcomm://', '')).length,
    queue: figure('local_recv_queue'),
    flowControl: figure('flow_control_paused'),
    conflicts: figure('local_cert_failures') + figure('local_bf_aborts'),
    commits: figure('local_commits'),
    appliers: Number(global['wsrep_slave_threads'] ?? 1),
    suspectSeconds: secondsOf(options, 'evs.suspect_timeout'),
    inactiveSeconds: secondsOf(options, 'evs.inactive_timeout'),
  }
}

/** A node without a configured address is listed as AUTO or unspecified. */
const addressesIn = (list: string): string[] =>
  list.split(',').filter((address) => address !== '' && !/^(AUTO|unspecified)$/i.test(address))

/** A duration in the options of the group layer, such as `PT1M30S`. */
function secondsOf(options: string, name: string): number {
  const option = options.split(';').find((text) => text.trim().startsWith(`${name} =`))
  const [, minutes = '0', seconds = '0'] = /PT(?:(\d+)M)?(?:([\d.]+)S)?/.exec(option ?? '') ?? []
  return Number(minutes) * 60 + Number(seconds)
}

interface SlaveRow {
  readonly Master_Host: string
  readonly Master_Port: number
  readonly Slave_IO_Running: string
  readonly Slave_SQL_Running: string
  readonly Last_IO_Error: string
  readonly Last_SQL_Error: string
  readonly Seconds_Behind_Master: number | null
  readonly SQL_Delay: number
}

/** The sources of this replica; undefined without the privilege, or on a node that is not ready. */
async function sourcesOf(queries: Queries): Promise<Source[] | undefined> {
  const rows = await ifAllowed(() => queries.rows<SlaveRow>('SHOW ALL SLAVES STATUS'))
  return rows?.map((row) => ({
    host: row.Master_Host,
    port: row.Master_Port,
    isRunning: row.Slave_IO_Running === 'Yes' && row.Slave_SQL_Running === 'Yes',
    error: [row.Last_SQL_Error, row.Last_IO_Error].find((text) => text !== '') ?? null,
    behindSeconds: row.Seconds_Behind_Master,
    delaySeconds: row.SQL_Delay,
  }))
}

/** The addresses of its replicas that have announced one; empty without the privilege. */
export async function replicaAddresses(queries: Queries): Promise<string[]> {
  const rows = await ifAllowed(() => queries.rows<{ Host: string; Port: number }>('SHOW SLAVE HOSTS'))
  return (rows ?? []).filter(({ Host }) => Host !== '').map(({ Host, Port }) => `${Host}:${Port}`)
}

async function ifAllowed<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof DatabaseError && ['ACCESS_DENIED', 'NODE_NOT_READY'].includes(error.code)) return undefined
    throw error
  }
}
