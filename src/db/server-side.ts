import { DatabaseError } from './failures.ts'
import { lockWaits, type LockWait } from './lock-waits.ts'
import type { Queries } from './queries.ts'

/** Connections, transactions and lock waits from the view of the server. */
export interface ServerSide {
  readonly status: Readonly<Record<FigureName, number>>
  readonly connections: readonly ConnectionGroup[]
  readonly transactions: readonly OpenTransaction[]
  readonly lock_waits: readonly LockWait[]
  /** Facts that this user may not see; the lists above are then incomplete. */
  readonly unseen: readonly string[]
}

const figureNames = [
  'max_connections',
  'threads_connected',
  'threads_running',
  'max_used_connections',
  'aborted_clients',
  'aborted_connects',
] as const
export type FigureName = (typeof figureNames)[number]

export interface ConnectionGroup {
  readonly user: string
  readonly host: string
  readonly database: string | null
  /** The COMMAND of the process list; `Sleep` is an idle connection. */
  readonly state: string
  readonly connections: number
  /** The longest time of one of these connections in this state, in seconds. */
  readonly longest_s: number
}

export interface OpenTransaction {
  readonly connection: number
  readonly user: string | null
  readonly open_s: number
  /** `idle`: it holds its locks while no statement is running. */
  readonly state: 'idle' | 'running' | 'waiting'
  readonly rows_locked: number
  readonly rows_changed: number
  readonly statement: string | null
}

const noProcessPrivilege = 1227

/** Resolves to the state of the server, without this connection. Needs no privilege; PROCESS reveals more. */
export async function serverSide(queries: Queries): Promise<ServerSide> {
  const status = await serverFigures(queries)
  const connections = await queries.rows<ConnectionGroup>(
    `SELECT USER AS user, SUBSTRING_INDEX(HOST, ':', 1) AS host, DB AS \`database\`, COMMAND AS state,
            COUNT(*) AS connections, MAX(TIME) AS longest_s
     FROM information_schema.PROCESSLIST
     WHERE ID <> CONNECTION_ID() AND COMMAND NOT IN ('Daemon', 'Binlog Dump')
     GROUP BY 1, 2, 3, 4 ORDER BY connections DESC, 1, 2, 4`,
  )
  const lock_waits = await lockWaits(queries)
  try {
    return { status, connections, transactions: await transactionsOf(queries), lock_waits, unseen: [] }
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.errno !== noProcessPrivilege) throw error
    const unseen = ['connections of other users', 'open transactions', 'waits for row locks']
    return { status, connections, transactions: [], lock_waits, unseen }
  }
}

export async function serverFigures(queries: Queries): Promise<ServerSide['status']> {
  const marks = figureNames.map(() => '?').join(', ')
  const rows = await queries.rows<{ name: string; value: string }>(
    `SELECT LOWER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value
     FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN (${marks})
     UNION ALL SELECT 'max_connections', @@max_connections`,
    figureNames.map((name) => name.toUpperCase()),
  )
  const found = new Map(rows.map(({ name, value }) => [name, Number(value)]))
  return Object.fromEntries(figureNames.map((name) => [name, found.get(name) ?? 0])) as Record<FigureName, number>
}

function transactionsOf(queries: Queries): Promise<OpenTransaction[]> {
  return queries.rows<OpenTransaction>(
    `SELECT t.trx_mysql_thread_id AS connection, p.USER AS user, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS open_s,
            CASE WHEN t.trx_state = 'LOCK WAIT' THEN 'waiting'
                 WHEN p.COMMAND = 'Sleep' THEN 'idle' ELSE 'running' END AS state,
            t.trx_rows_locked AS rows_locked, t.trx_rows_modified AS rows_changed, t.trx_query AS statement
     FROM information_schema.INNODB_TRX t LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id
     WHERE t.trx_mysql_thread_id NOT IN (0, CONNECTION_ID()) ORDER BY t.trx_started, 1`,
  )
}
