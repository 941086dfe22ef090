import { DatabaseError } from './failures.ts'
import type { Queries } from './queries.ts'

/** The kinds of locks: on rows (InnoDB), on a table, or on all writes or commits of the server. */
export type LockKind = 'row' | 'table' | 'global'

/** A statement that waits for a lock. */
export interface LockWait {
  readonly waiting: number
  readonly lock: LockKind
  readonly waited_s: number
  readonly statement: string | null
  /** The connection that holds the lock; null if the server does not list the holders, or not for this account. */
  readonly blocked_by: number | null
  /** The account and host of that connection, if this account may see them. */
  readonly blocking_user: string | null
  readonly blocking_statement: string | null
}

/** No PROCESS privilege, no privilege for a table, or no such table. */
const notVisible: readonly (number | undefined)[] = [1227, 1142, 1044, 1109, 1146]

/**
 * Resolves to the waits for locks that this account may see. The state of a connection shows the wait for a table or a
 * global lock; accounts see their own connections. Row locks need PROCESS. The holders of other locks need the plugin
 * metadata_lock_info, or performance_schema with its instrument for metadata locks.
 */
export async function lockWaits(queries: Queries): Promise<LockWait[]> {
  const others = await queries.rows<LockWait & { readonly database: string | null }>(stateWaits)
  const blockers = others.length === 0 ? [] : await metadataHolders(queries)
  const named = others.map(({ database, ...wait }): LockWait => {
    const holder = blockers.find((candidate) => isHolder(candidate, wait, database))
    return holder === undefined ? wait : { ...wait, ...describe(holder) }
  })
  return [...(await visible(() => queries.rows<LockWait>(rowWaits))), ...named].sort((a, b) => b.waited_s - a.waited_s)
}

/** Without the port of the client. */
const account = `CONCAT(p.USER, '@', SUBSTRING_INDEX(p.HOST, ':', 1))`

const rowWaits = `
  SELECT waiting.trx_mysql_thread_id AS waiting, 'row' AS \`lock\`,
         TIMESTAMPDIFF(SECOND, waiting.trx_wait_started, NOW()) AS waited_s, waiting.trx_query AS statement,
         blocking.trx_mysql_thread_id AS blocked_by, ${account} AS blocking_user,
         blocking.trx_query AS blocking_statement
  FROM information_schema.INNODB_LOCK_WAITS w
    JOIN information_schema.INNODB_TRX waiting ON waiting.trx_id = w.requesting_trx_id
    JOIN information_schema.INNODB_TRX blocking ON blocking.trx_id = w.blocking_trx_id
    LEFT JOIN information_schema.PROCESSLIST p ON p.ID = blocking.trx_mysql_thread_id
  ORDER BY waited_s DESC, 1, blocked_by`

/** FLUSH TABLES WITH READ LOCK and BACKUP STAGE take backup locks; LOCK TABLES and DDL take metadata locks. */
const stateWaits = `
  SELECT ID AS waiting, IF(STATE REGEXP 'backup|global|commit', 'global', 'table') AS \`lock\`, TIME AS waited_s,
         INFO AS statement, NULL AS blocked_by, NULL AS blocking_user, NULL AS blocking_statement, DB AS \`database\`
  FROM information_schema.PROCESSLIST
  WHERE STATE REGEXP '^Waiting for .*( lock|table flush)$' AND STATE NOT LIKE '%user lock'
  ORDER BY TIME DESC, ID`

interface Holder {
  readonly connection: number
  readonly kind: 'global' | 'table'
  readonly database: string | null
  /** The connection that waits for the same object; null if the server does not list it. */
  readonly waiting: number | null
  readonly user: string | null
  readonly statement: string | null
}

const ofProcess = `${account} AS user, p.INFO AS statement`

/**
 * LOCK TABLES, DDL, FLUSH TABLES WITH READ LOCK and BACKUP STAGE take locks in these modes. Without such a lock on the
 * table, the waiting statement is DDL, which waits even for a transaction that only reads.
 */
const blocks = (mode: string): string =>
  `(${mode} REGEXP '(SHARED_READ_ONLY|NO_WRITE|NO_READ_WRITE|EXCLUSIVE|FTWRL.|WAIT_.*|BLOCK_.*)$'
    AND ${mode} NOT LIKE '%INTENTION%')`

const fromPlugin = `
  SELECT m.THREAD_ID AS connection, IF(m.LOCK_MODE LIKE '%BACKUP%', 'global', 'table') AS kind,
         m.TABLE_SCHEMA AS \`database\`, NULL AS waiting, ${ofProcess}
  FROM information_schema.METADATA_LOCK_INFO m LEFT JOIN information_schema.PROCESSLIST p ON p.ID = m.THREAD_ID
  WHERE m.LOCK_TYPE LIKE 'Table%' OR ${blocks('m.LOCK_MODE')}
  ORDER BY ${blocks('m.LOCK_MODE')} DESC, p.COMMAND = 'Sleep' DESC`

/** LOCK TABLES … READ is listed as SHARED_READ here. */
const fromSchema = `
  SELECT t.PROCESSLIST_ID AS connection, IF(m.OBJECT_TYPE = 'BACKUP', 'global', 'table') AS kind,
         m.OBJECT_SCHEMA AS \`database\`, waiter.PROCESSLIST_ID AS waiting, ${ofProcess}
  FROM performance_schema.metadata_locks wanted
    JOIN performance_schema.threads waiter ON waiter.THREAD_ID = wanted.OWNER_THREAD_ID
    JOIN performance_schema.metadata_locks m ON m.OBJECT_TYPE = wanted.OBJECT_TYPE
      AND m.OBJECT_SCHEMA <=> wanted.OBJECT_SCHEMA AND m.OBJECT_NAME <=> wanted.OBJECT_NAME
      AND m.OWNER_THREAD_ID <> wanted.OWNER_THREAD_ID
    JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID
    LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.PROCESSLIST_ID
  WHERE wanted.LOCK_STATUS = 'PENDING' AND m.LOCK_STATUS = 'GRANTED'
  ORDER BY ${blocks('m.LOCK_TYPE')} DESC, p.COMMAND = 'Sleep' DESC`

async function metadataHolders(queries: Queries): Promise<Holder[]> {
  const fromEither = [fromSchema, fromPlugin].map((sql) => visible(() => queries.rows<Holder>(sql)))
  return (await Promise.all(fromEither)).flat()
}

function isHolder({ connection, kind, database, waiting }: Holder, wait: LockWait, waitingIn: string | null): boolean {
  if (waiting !== null) return waiting === wait.waiting
  return connection !== wait.waiting && kind === wait.lock && (kind === 'global' || database === waitingIn)
}

function describe({ connection, user, statement }: Holder): Partial<LockWait> {
  return { blocked_by: connection, blocking_user: user, blocking_statement: statement }
}

async function visible<T>(rows: () => Promise<T[]>): Promise<T[]> {
  try {
    return await rows()
  } catch (error) {
    if (error instanceof DatabaseError && notVisible.includes(error.errno)) return []
    throw error
  }
}

const sentences: Readonly<Record<LockKind, readonly [held: string, until: string]>> = {
  row: ['another transaction holds the rows', 'when that transaction has ended'],
  table: [
    'another session holds a lock on the table',
    'after its UNLOCK TABLES, or when its transaction or DDL has ended',
  ],
  global: [
    'another session blocks all writes, as FLUSH TABLES WITH READ LOCK and a backup do',
    'after its UNLOCK TABLES or BACKUP STAGE END',
  ],
}

/** The error of a lock wait that was too long, with the kind of the lock and its holder. */
export function explained(
  error: DatabaseError,
  { lock, blocked_by: holder, blocking_user: user }: LockWait,
): DatabaseError {
  const [held, until] = sentences[lock]
  const who = holder === null ? '' : ` (connection ${holder}${user === null ? '' : `, ${user}`})`
  const kill = holder === null ? '' : `; an administrator can end it with KILL ${holder}`
  return new DatabaseError(error.code, `${error.message}: ${held}${who}`, {
    hint: `try again ${until}${kill}`,
    cause: error.cause,
    errno: error.errno,
    sqlState: error.sqlState,
  })
}
