import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { checks } from '../../src/doctor/catalog.ts'
import { known, type FactName, type Facts, type Gathered } from '../../src/doctor/facts.ts'
import type { Judgement } from '../../src/doctor/finding.ts'
import { invariants } from '../../src/shop/invariants.ts'

const tables = [
  'schema_migrations',
  'users',
  'addresses',
  'products',
  'orders',
  'order_items',
  'order_adjustments',
  'order_refusals',
  'logs',
]

/** The facts of a shop without faults, on a server over a network. */
export const sound: Facts = {
  configuration: {
    settings: [
      { name: 'DB_HOST', origin: 'environment' },
      { name: 'DB_PORT', origin: '.env' },
      { name: 'DB_USER', origin: 'default' },
    ],
    faults: [],
    ignored: [],
    envFile: { name: '.env', state: 'absent', holdsPassword: false },
    strays: [],
  },
  destination: {
    target: {
      host: 'db.example.com',
      port: 3306,
      socket: undefined,
      user: 'app',
      password: 'hunter2',
      database: 'shop',
      ssl: { mode: 'verify-identity' },
    },
    pool: defaultPoolOptions,
    origin: '.env',
  },
  route: { kind: 'name', addresses: ['192.0.2.7'], ms: 3.4 },
  tcpProbe: { ms: 0.84 },
  encryption: { cipher: 'TLS_AES_256_GCM_SHA384' },
  login: {},
  database: { name: 'shop' },
  product: { version: '10.11.19-MariaDB' },
  session: {
    version: '10.11.19-MariaDB',
    user: 'app@%',
    database: 'shop',
    charset: 'utf8mb4',
    collation: 'utf8mb4_unicode_ci',
    time_zone: '+00:00',
    sql_mode: 'STRICT_TRANS_TABLES',
    isolation: 'READ-COMMITTED',
    statement_timeout: 30,
    tls: 'TLS_AES_256_GCM_SHA384',
    round_trip_ms: 0.912,
  },
  variables: {
    global: {
      character_set_server: 'utf8mb4',
      collation_server: 'utf8mb4_unicode_ci',
      sql_mode: 'STRICT_TRANS_TABLES',
      time_zone: 'SYSTEM',
      system_time_zone: 'CET',
      innodb_snapshot_isolation: 'OFF',
      max_connections: '151',
      innodb_lock_wait_timeout: '50',
      innodb_flush_log_at_trx_commit: '1',
      log_bin: 'OFF',
      sync_binlog: '0',
      innodb_doublewrite: 'ON',
      read_only: 'OFF',
      innodb_read_only: 'OFF',
      pid_file: '/run/mysqld/mysqld.pid',
    },
    session: {
      max_user_connections: '0',
      wait_timeout: '28800',
      max_allowed_packet: '16777216',
      innodb_lock_wait_timeout: '10',
      tx_read_only: 'OFF',
    },
  },
  cluster: {
    identity: 'a',
    readOnly: false,
    galera: {
      name: 'n1',
      uuid: 'a',
      cluster: 'c',
      isOn: true,
      isReady: true,
      isPrimary: true,
      state: 'Synced',
      size: 3,
      addresses: ['10.0.0.1:3306', '10.0.0.2:3306', '10.0.0.3:3306'],
      configured: 3,
      queue: 0,
      flowControl: 0,
      conflicts: 0,
      commits: 900,
      appliers: 4,
      suspectSeconds: 1,
      inactiveSeconds: 3,
    },
    sources: [],
    isReplicating: false,
    replicas: 0,
    semiSync: { asPrimary: false, replicas: 0, asReplica: false },
  },
  reached: Array.from({ length: 4 }, () => ({ process: 'db/3306/1/a', host: 'db', port: 3306 })),
  clock: { aheadMs: 12 },
  databaseDefaults: { charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' },
  usage: { others: 1, own: 0 },
  grants: {
    account: 'app@%',
    accountGrants: {
      grants: [{ grantee: 'app', privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'], database: 'shop', table: '*' }],
      idleRoles: [],
    },
    inLowerCase: false,
    ofPrivateServer: false,
  },
  migrations: {
    states: [
      {
        version: 1,
        name: 'shop',
        state: 'applied',
        steps: 6,
        steps_done: 6,
        applied_at: new Date('2026-11-22T10:00:00Z'),
      },
    ],
  },
  tables: {
    expected: tables,
    found: tables.map((name) => ({ name, engine: 'InnoDB', collation: 'utf8mb4_unicode_ci' })),
  },
  invariants: new Map(invariants.map(({ name }) => [name, known(0)])),
  tool: { node: '20.20.2', dbtool: '0.1.0', now: new Date('2026-11-24T12:00:00Z') },
}

/** The sound facts with other ones in some places. */
export function gathered(different: Partial<Facts> = {}): Gathered {
  const facts = Object.entries({ ...sound, ...different }) as [FactName, Facts[FactName]][]
  return Object.fromEntries(facts.map(([name, fact]) => [name, known(fact)])) as Gathered
}

/** The judgements of one check. */
export function judge(name: string, different: Partial<Facts> = {}): readonly Judgement[] {
  const check = checks.find((candidate) => candidate.name === name)
  if (check === undefined) throw new Error(`there is no check '${name}'`)
  return check.judge(gathered(different))
}

/** A row of a table test: a check, the different facts, and the expected judgement. */
export type Row = readonly [
  check: string,
  different: Partial<Facts>,
  status: Judgement['status'],
  found: string,
  fix?: string,
]

export function titled(rows: readonly Row[]): [check: string, status: string, found: string, row: Row][] {
  return rows.map((row) => [row[0], row[2], row[3], row])
}

export const target = (different: Partial<Facts['destination']['target']>): Pick<Facts, 'destination'> => ({
  destination: { ...sound.destination, target: { ...sound.destination.target, ...different } },
})
export const pool = (different: Partial<Facts['destination']['pool']>): Pick<Facts, 'destination'> => ({
  destination: { ...sound.destination, pool: { ...sound.destination.pool, ...different } },
})
export const globals = (different: Facts['variables']['global']): Pick<Facts, 'variables'> => ({
  variables: { ...sound.variables, global: { ...sound.variables.global, ...different } },
})
export const sessions = (different: Facts['variables']['session']): Pick<Facts, 'variables'> => ({
  variables: { ...sound.variables, session: { ...sound.variables.session, ...different } },
})
export const cluster = (different: Partial<Facts['cluster']>): Pick<Facts, 'cluster'> => ({
  cluster: { ...sound.cluster, ...different },
})
export const node = (different: Partial<NonNullable<Facts['cluster']['galera']>>): Pick<Facts, 'cluster'> =>
  cluster({ galera: { ...sound.cluster.galera!, ...different } })
export const session = (different: Partial<Facts['session']>): Pick<Facts, 'session'> => ({
  session: { ...sound.session, ...different },
})
export const configuration = (different: Partial<Facts['configuration']>): Pick<Facts, 'configuration'> => ({
  configuration: { ...sound.configuration, ...different },
})
