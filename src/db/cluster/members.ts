import { DbtoolError } from '../../errors.ts'
import type { Queries } from '../queries.ts'
import { addressOf, type Target } from '../target.ts'
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
  readonly problem: string | null
}

export interface ClusterStatus {
  readonly hosts: readonly HostStatus[]
  /** Nodes that the configuration of the cluster names. */
  readonly configured: number
}

/** Runs `work` on one connection to this target. Rejects if connecting fails. */
export type Visit = <T>(target: Target, work: (queries: Queries) => Promise<T>) => Promise<T>

interface Visited {
  readonly state: ServerState
  /** The addresses of the servers that it knows. */
  readonly neighbours: readonly string[]
}

const mostHosts = 50
const longLagSeconds = 10
const busyShare = 0.1

/**
 * Asks the server of `target`, and all servers that it and they know: the members of its component, its sources, and
 * its replicas with an announced address. Rejects if the first server cannot be reached.
 */
export async function clusterStatus(target: Target, visit: Visit): Promise<ClusterStatus> {
  const first = await visit(target, visited)
  const [hosts, seen] = [[statusOf(addressOf(target), first.state)], new Set([first.state.identity])]
  const asked = new Set(target.socket === undefined ? [addressOf(target)] : [])
  let configured = first.state.galera?.configured ?? 0
  for (let known = first.neighbours; known.length > 0 && hosts.length < mostHosts;) {
    const fresh = [...new Set(known)].filter((address) => !asked.has(address))
    for (const address of fresh) asked.add(address)
    const answers = await Promise.all(fresh.map((address) => ask(target, address, visit)))
    const found = answers.flatMap((answer) => ('state' in answer ? [answer] : []))
    for (const { address, state } of found) {
      configured = Math.max(configured, state.galera?.configured ?? 0)
      if (!seen.has(state.identity)) hosts.push(statusOf(address, state))
      seen.add(state.identity)
    }
    hosts.push(...answers.flatMap((answer) => ('problem' in answer ? [unreachable(answer)] : [])))
    known = found.flatMap(({ neighbours }) => neighbours)
  }
  return { hosts, configured }
}

async function visited(queries: Queries): Promise<Visited> {
  const state = await serverState(queries)
  const sources = (state.sources ?? []).map(({ host, port }) => `${host}:${port}`)
  const replicas = state.replicas > 0 ? await replicaAddresses(queries) : []
  return { state, neighbours: [...(state.galera?.addresses ?? []), ...sources, ...replicas] }
}

type Answer = { readonly address: string } & (Visited | { readonly problem: string })

async function ask(target: Target, address: string, visit: Visit): Promise<Answer> {
  const [, host = address, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? []
  const there = { ...target, socket: undefined, host, port: Number(port ?? 3306) }
  try {
    return { address, ...(await visit(there, visited)) }
  } catch (error) {
    if (error instanceof DbtoolError) return { address, problem: error.message }
    throw error
  }
}

const nothing = { size: null, lag_s: null, queue: null, flow_control: null, cert_failures: null, semi_sync: null }

function unreachable({ address, problem }: { readonly address: string; readonly problem: string }): HostStatus {
  return { ...nothing, host: address, role: 'unknown', state: 'unknown', writable: false, problem }
}

function statusOf(host: string, state: ServerState): HostStatus {
  return { host, ...(state.galera === undefined ? serverStatus(state) : nodeStatus(state.galera, state.readOnly)) }
}

function nodeStatus(galera: GaleraState, readOnly: boolean): Omit<HostStatus, 'host'> {
  const { name, isPrimary, isReady, state, size, queue, flowControl, conflicts } = galera
  return {
    ...nothing,
    role: 'node',
    state: isPrimary ? state : 'not primary',
    size,
    queue,
    flow_control: flowControl,
    cert_failures: conflicts,
    writable: isPrimary && isReady && !readOnly,
    problem: nodeProblem(galera) ?? (readOnly ? `node ${name} is read-only` : null),
  }
}

function nodeProblem({ name, isPrimary, isReady, state, flowControl }: GaleraState): string | null {
  if (!isPrimary) return `node ${name} has left the primary component`
  if (!isReady) return `node ${name} accepts no statements`
  if (state !== 'Synced') return `node ${name} lags behind`
  if (flowControl > busyShare) return `flow control stopped writes for ${Math.round(flowControl * 100)} % of the time`
  return null
}

function serverStatus(server: ServerState): Omit<HostStatus, 'host'> {
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
  const late = sources.find(({ behindSeconds }) => (behindSeconds ?? 0) > longLagSeconds)
  if (late !== undefined) return `it is ${late.behindSeconds ?? 0} s behind ${late.host}:${late.port}`
  return isReplicating && !readOnly ? 'this replica takes writes: it can diverge from its primary' : null
}
