import type { TargetRole } from '../target.ts'

/**
 * Asks a server for its place among others, without a privilege. A node that is not ready answers with an error. Some
 * builds of MariaDB have none of the names of Galera.
 */
export const roleQuestion = `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value
FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME IN ('READ_ONLY', 'WSREP_ON')
UNION ALL SELECT VARIABLE_NAME, VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN
('WSREP_READY', 'WSREP_CLUSTER_STATUS', 'WSREP_CLUSTER_STATE_UUID', 'WSREP_LOCAL_STATE', 'WSREP_LOCAL_STATE_COMMENT',
'SLAVES_RUNNING')`

export type RoleAnswer = readonly { readonly name: string; readonly value: string }[]

/** Asks a replica how far it is behind; it needs the privilege REPLICA MONITOR. */
export const lagQuestion = 'SHOW ALL SLAVES STATUS'

export interface LagRow {
  readonly Seconds_Behind_Master: number | null
}

/**
 * The seconds that a replica is behind; infinite if it receives nothing from its primary now. Undefined if it is no
 * replica, or may not be asked.
 */
export function lagOf(rows: readonly LagRow[]): number | undefined {
  if (rows.length === 0) return undefined
  return Math.max(...rows.map(({ Seconds_Behind_Master: seconds }) => seconds ?? Infinity))
}

type Facts = ReadonlyMap<string, string>

const factsOf = (answer: RoleAnswer): Facts => new Map(answer.map(({ name, value }) => [name.toUpperCase(), value]))

/** Whether the server is a node of a Galera cluster. */
export function isNode(answer: RoleAnswer): boolean {
  return factsOf(answer).get('WSREP_ON') === 'ON'
}

/**
 * Whether a session is one on a node of a Galera cluster, by its own variable. SHOW is answered also by a node that is
 * not ready. Some builds of MariaDB do not have the variable.
 */
export async function answersAsNode(rows: (sql: string) => Promise<{ Value: string }[]>): Promise<boolean> {
  const [row] = await rows("SHOW VARIABLES LIKE 'wsrep_on'")
  return row?.Value === 'ON'
}

/** The cluster of a node; undefined elsewhere. */
export function clusterOf(answer: RoleAnswer): string | undefined {
  return isNode(answer) ? factsOf(answer).get('WSREP_CLUSTER_STATE_UUID') : undefined
}

/** Whether it applies the changes of another server now, outside a cluster. */
export function isReplica(answer: RoleAnswer): boolean {
  return !isNode(answer) && Number(factsOf(answer).get('SLAVES_RUNNING') ?? 0) > 0
}

/** The fitness of a server for a role, or the reason against it. A `spare` is taken only if no other host is `fit`. */
export type Fitness = 'fit' | 'spare' | { readonly against: string }

const synced = '4'
const donor = '2'

/** Judges a server by its answer. For a reader, `hasWriter` tells that an earlier host would take the writes. */
export function fitnessOf(role: TargetRole, answer: RoleAnswer, hasWriter: boolean): Fitness {
  const facts = factsOf(answer)
  const isReadOnly = (facts.get('READ_ONLY') ?? 'OFF') !== 'OFF'
  const isFollowing = Number(facts.get('SLAVES_RUNNING') ?? 0) > 0
  if (facts.get('WSREP_ON') === 'ON' || facts.get('WSREP_READY') === 'ON') {
    const against = againstNode(facts)
    if (against !== undefined) return { against }
    // A donor is busy, and takes writes.
    if (facts.get('WSREP_LOCAL_STATE') === donor) return role === 'reader' || !isReadOnly ? 'spare' : readOnly
    if (role === 'reader') return isReadOnly || isFollowing || hasWriter ? 'fit' : 'spare'
  }
  // Changes of a replica never reach its primary.
  if (role !== 'reader') return isReadOnly ? readOnly : isFollowing ? 'spare' : 'fit'
  if (isFollowing) return 'fit'
  return isReadOnly ? { against: 'is read-only, and replicates no server now' } : 'spare'
}

const readOnly: Fitness = { against: 'is read-only' }

/** The reason against every use of a node; undefined for a member that is in sync, or a donor. */
function againstNode(facts: Facts): string | undefined {
  if (facts.get('WSREP_ON') !== 'ON') return 'keeps its changes from its cluster (wsrep_on is OFF)'
  if (facts.get('WSREP_CLUSTER_STATUS') !== 'Primary') return 'has left its cluster'
  if (facts.get('WSREP_READY') !== 'ON') return 'is not ready'
  const state = facts.get('WSREP_LOCAL_STATE') ?? ''
  return state === synced || state === donor
    ? undefined
    : `is not in sync (${facts.get('WSREP_LOCAL_STATE_COMMENT') ?? state})`
}
