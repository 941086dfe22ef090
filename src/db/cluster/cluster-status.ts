import { DbtoolError } from '../../errors.ts'
import type { Queries } from '../queries.ts'
import { addressOf, hostsOf, hostText, type Target, targetAt } from '../target.ts'
import { replicaAddresses, serverState, type GaleraState, type ServerState } from './server-state.ts'

/** A server of a cluster. Values that it does not have are null. */
export interface HostStatus {
  readonly host: string
  readonly role: 'node' | 'primary' | 'replica' | 'single' | 'unknown'
  readonly state: string
  /** Nodes in its component. */
  readonly size: number | null
  /** Seconds behind its primary. */
  readonly lag_s: number | null
  /** Write sets that it has not yet applied. */
  readonly queue: number | null
  /** The share of the time for which flow control stopped the cluster, from 0 to 1. */
  readonly flow_control: number | null
  readonly cert_failures: number | null
  readonly semi_sync: 'on' | 'off' | null
  /** Whether it accepts writes now. */
  readonly writable: boolean
  /** Whether a pool with these hosts, in this order, would write to it. */
  readonly writer: boolean
  readonly problem: string | null
}

export interface ClusterStatus {
  readonly hosts: readonly HostStatus[]
  /** Nodes that the configuration of the cluster names. */
  readonly configured: number
}

type ServerStatus = Omit<HostStatus, 'writer'>

/** A server with its cluster; undefined outside of Galera, and without an answer. */
interface Found extends ServerStatus {
  readonly cluster: string | undefined
}

/** Runs `work` on one connection to this target. Rejects if connecting fails. */
export type OnServer = <T>(target: Target, work: (queries: Queries) => Promise<T>) => Promise<T>

interface Inspected {
  readonly state: ServerState
  /** The addresses of the servers that it knows. */
  readonly neighbours: readonly string[]
}

const mostHosts = 50
const longLagSeconds = 10
const busyShare = 0.1

/**
 * Asks the hosts of `target`, and all servers that they know: the members of a component, sources, and replicas with an
 * announced address. Rejects if a single host cannot be reached.
 */
export async function clusterStatus(target: Target, onServer: OnServer): Promise<ClusterStatus> {
  const [hosts, seen]: [Found[], Set<string>] = [[], new Set()]
  const asked = new Set<string>()
  let known: readonly string[] = hostsOf(target).map(hostText)
  let configured = 0
  if (target.hosts === undefined) {
    const { state, neighbours } = await onServer(target, inspect)
    hosts.push(statusOf(addressOf(target), state))
    seen.add(state.identity)
    if (target.socket === undefined) asked.add(addressOf(target))
    configured = state.galera?.configured ?? 0
    known = neighbours
  }
  while (known.length > 0 && hosts.length < mostHosts) {
    const fresh = [...new Set(known)].filter((address) => !asked.has(address))
    for (const address of fresh) asked.add(address)
    const answers = await Promise.all(fresh.map((address) => ask(target, address, onServer)))
    const found = answers.flatMap((answer) => ('state' in answer ? [answer] : []))
    for (const { address, state } of found) {
      configured = Math.max(configured, state.galera?.configured ?? 0)
      if (!seen.has(state.identity)) hosts.push(statusOf(address, state))
      seen.add(state.identity)
    }
    hosts.push(...answers.flatMap((answer) => ('problem' in answer ? [unreachable(answer)] : [])))
    known = found.flatMap(({ neighbours }) => neighbours)
  }
  const writer = hosts.find(isFit) ?? hosts.find(({ writable, state }) => writable && state !== 'Joined')
  const withProblem = ({ cluster, ...host }: Found): HostStatus => ({
    ...host,
    writer: host.host === writer?.host,
    problem: host.problem ?? strangeTo(writer, { ...host, cluster }),
  })
  return { hosts: hosts.map(withProblem), configured }
}

const isFit = ({ writable, role, state }: ServerStatus): boolean =>
  writable && (role === 'node' ? state === 'Synced' : role !== 'replica')

/** The problem of a server that does not share the changes of the writer; null for one that does. */
function strangeTo(writer: Found | undefined, other: Found): string | null {
  if (writer === undefined || other.host === writer.host || other.role === 'unknown') return null
  if (other.role === 'node' && writer.role === 'node')
    return other.cluster === writer.cluster ? null : `it is in another cluster than ${writer.host}`
  if (other.role === 'replica' || (other.role === 'node' && !other.writable)) return null
  return other.writable
    ? `it takes writes too, which do not reach ${writer.host}`
    : 'it is read-only, and replicates no server now'
}

async function inspect(queries: Queries): Promise<Inspected> {
  const state = await serverState(queries)
  const sources = (state.sources ?? []).map(({ host, port }) => `${host}:${port}`)
  const replicas = state.replicas > 0 ? await replicaAddresses(queries) : []
  return { state, neighbours: [...(state.galera?.addresses ?? []), ...sources, ...replicas] }
}

type Answer = { readonly address: string } & (Inspected | { readonly problem: string })

/** The target of a server that another one knows, with the same account. */
export function neighbourAt(target: Target, address: string): Target {
  const [, host = address, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? []
  return targetAt({ ...target, socket: undefined }, { host, port: Number(port ?? 3306) })
}

async function ask(target: Target, address: string, onServer: OnServer): Promise<Answer> {
  try {
    return { address, ...(await onServer(neighbourAt(target, address), inspect)) }
  } catch (error) {
    if (error instanceof DbtoolError) return { address, problem: error.message }
    throw error
  }
}

const nothing = { size: null, lag_s: null, queue: null, flow_control: null, cert_failures: null, semi_sync: null }

function unreachable({ address, problem }: { readonly address: string; readonly problem: string }): Found {
  return { ...nothing, host: address, role: 'unknown', state: 'unknown', writable: false, problem, cluster: undefined }
}

function statusOf(host: string, state: ServerState): Found {
  const { galera, readOnly } = state
  const status = galera === undefined ? serverStatus(state) : nodeStatus(galera, readOnly)
  return { host, ...status, cluster: galera?.cluster }
}

function nodeStatus(galera: GaleraState, readOnly: boolean): Omit<ServerStatus, 'host'> {
  const { name, isPrimary, isReady, isOn, state, size, queue, flowControl, conflicts } = galera
  return {
    ...nothing,
    role: 'node',
    state: isPrimary ? state : 'not primary',
    size,
    queue,
    flow_control: flowControl,
    cert_failures: conflicts,
    writable: isPrimary && isReady && isOn && !readOnly,
    problem: nodeProblem(galera) ?? (readOnly ? `node ${name} is read-only` : null),
  }
}

function nodeProblem({ name, isPrimary, isReady, isOn, state, flowControl }: GaleraState): string | null {
  if (!isPrimary) return `node ${name} has left the primary component`
  if (!isReady) return `node ${name} accepts no statements`
  if (!isOn) return `node ${name} keeps its changes from its cluster (wsrep_on is OFF)`
  if (state.startsWith('Donor')) return `node ${name} sends its data to another one, or a lock or backup stops it`
  if (state !== 'Synced') return `node ${name} lags behind`
  if (flowControl > busyShare) return `flow control stopped writes for ${Math.round(flowControl * 100)} % of the time`
  return null
}

function serverStatus(server: ServerState): Omit<ServerStatus, 'host'> {
  const { isReplicating, replicas, readOnly, semiSync, sources = [] } = server
  const role = isReplicating ? 'replica' : replicas > 0 ? 'primary' : 'single'
  const lags = sources.flatMap(({ behindSeconds }) => (behindSeconds === null ? [] : [behindSeconds]))
  const isSemiSync = role === 'primary' ? semiSync.asPrimary && semiSync.replicas > 0 : semiSync.asReplica
  return {
    ...nothing,
    role,
    state: sources.some(({ isRunning }) => !isRunning) ? 'stopped' : readOnly ? 'read-only' : 'read-write',
    lag_s: lags.length === 0 ? null : Math.max(...lags),
    semi_sync: role === 'single' ? null : isSemiSync ? 'on' : 'off',
    writable: !readOnly,
    problem: serverProblem(server),
  }
}

function serverProblem({ isReplicating, readOnly, sources = [] }: ServerState): string | null {
  const stopped = sources.find(({ isRunning }) => !isRunning)
  if (stopped !== undefined)
    return `it does not follow ${stopped.host}:${stopped.port}: ${stopped.error ?? 'it was stopped'}`
  const late = sources.find(({ behindSeconds, delaySeconds }) => (behindSeconds ?? 0) > delaySeconds + longLagSeconds)
  if (late !== undefined) return `it is ${late.behindSeconds ?? 0} s behind ${late.host}:${late.port}`
  return isReplicating && !readOnly ? 'this replica takes writes: it can diverge from its primary' : null
}
