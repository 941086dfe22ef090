import { serverState } from '../../db/cluster/server-state.ts'
import type { Connection } from '../../db/connection/connection.ts'
import { probe } from '../../db/connection/probe.ts'
import { sessionVariables } from '../../db/connection/session.ts'
import { firstRow, type Queries } from '../../db/queries.ts'
import { DbtoolError } from '../../errors.ts'
import type { ServerPaths } from '../../server/home.ts'
import { isOwnAccount } from '../../server/port.ts'
import { known, type Fact, type Facts, type Gathered, type Grants, type Texts, type Usage } from '../facts.ts'
import { readGrants } from '../grants.ts'
import { attempt } from './attempt.ts'

const globals = [
  'character_set_server',
  'collation_server',
  'sql_mode',
  'time_zone',
  'system_time_zone',
  'innodb_snapshot_isolation',
  'max_connections',
  'innodb_lock_wait_timeout',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'sync_binlog',
  'innodb_doublewrite',
  'read_only',
  'innodb_read_only',
  'pid_file',
  ...sessionVariables.filter(({ harm }) => harm !== undefined).map(({ name }) => name),
]
const sessions = [
  'max_user_connections',
  'wait_timeout',
  'max_allowed_packet',
  'innodb_lock_wait_timeout',
  'tx_read_only',
  'transaction_read_only',
  'binlog_format',
]

/**
 * The facts about the server and this account. No query needs a privilege; if one is denied all the same, its fact is
 * unknown.
 */
export async function serverFacts(
  connection: Connection,
  paths: ServerPaths,
  now: () => Date,
): Promise<Partial<Gathered>> {
  const session = await attempt(() => probe(connection))
  const variables = await attempt(async () => ({
    global: await texts(connection, 'GLOBAL VARIABLES', globals),
    session: await texts(connection, 'SESSION VARIABLES', sessions),
  }))
  const pidFile = 'known' in variables ? variables.known.global['pid_file'] : undefined
  const isPrivate = pidFile === paths.pidFile
  return {
    session,
    variables,
    product: after(session, ({ version }) => ({ version })),
    encryption: after(session, ({ tls }) => ({ cipher: tls })),
    cluster: await attempt(() => serverState(connection)),
    clock: await attempt(() => clock(connection, now)),
    databaseDefaults: await attempt(() => databaseDefaults(connection)),
    usage: await attempt(() => usage(connection)),
    grants: await attempt(() => grants(connection, isPrivate)),
  }
}

function after<A, B>(fact: Fact<A>, derive: (value: A) => B): Fact<B> {
  return 'known' in fact ? known(derive(fact.known)) : fact
}

/** The values of variables, without those that this version of the server does not have. */
async function texts(queries: Queries, list: string, names: readonly string[]): Promise<Texts> {
  const rows = await queries.rows<{ Variable_name: string; Value: string }>(
    `SHOW ${list} WHERE Variable_name IN (${names.map(() => '?').join(', ')})`,
    names,
  )
  return Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, value]))
}

async function clock(queries: Queries, now: () => Date): Promise<Facts['clock']> {
  const before = now().getTime()
  const row = await firstRow<{ at: Date }>(queries, 'SELECT UTC_TIMESTAMP(3) AS at')
  return { aheadMs: (row?.at.getTime() ?? NaN) - (before + now().getTime()) / 2 }
}

async function databaseDefaults(queries: Queries): Promise<Facts['databaseDefaults']> {
  const row = await firstRow<Facts['databaseDefaults']>(
    queries,
    `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
     FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`,
  )
  if (row === undefined) throw new DbtoolError('ACCESS_DENIED', 'this account has no access to the database')
  return row
}

/** The connections in use. Without PROCESS, an account sees only its own in the list; no others are counted there. */
async function usage(queries: Queries): Promise<Usage> {
  const { Threads_connected: all } = await texts(queries, 'GLOBAL STATUS', ['Threads_connected'])
  const row = await firstRow<{ own: number }>(
    queries,
    "SELECT COUNT(*) AS own FROM information_schema.PROCESSLIST WHERE USER = SUBSTRING_INDEX(USER(), '@', 1)",
  )
  return { others: Number(all) - 1, own: (row?.own ?? 1) - 1 }
}

async function grants(queries: Queries, isPrivate: boolean): Promise<Grants> {
  const { account, folds } = (await firstRow<{ account: string; folds: number }>(
    queries,
    'SELECT CURRENT_USER() AS account, @@lower_case_table_names <> 0 AS folds',
  )) ?? { account: '', folds: 0 }
  const lines = await queries.rows<Record<string, string>>('SHOW GRANTS')
  return {
    account,
    accountGrants: readGrants(lines.flatMap((line) => Object.values(line))),
    inLowerCase: folds === 1,
    ofPrivateServer: isPrivate && isOwnAccount(account),
  }
}
