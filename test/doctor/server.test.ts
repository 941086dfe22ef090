import { describe, expect, it } from 'vitest'
import { unknown } from '../../src/doctor/facts.ts'
import { globals, judge, pool, session, sessions, sound, target, titled, type Row } from './sound-facts.ts'

const proxy = 'connect to the server directly: something between dbtool and the server changes the session'
const and = "and the same in the server's configuration"
const upgrade = 'upgrade to a long-term series, such as 11.8'
const version = (text: string, now = '2026-11-24'): Row[1] => ({
  product: { version: text },
  tool: { ...sound.tool, now: new Date(now) },
})
const clock = (aheadMs: number): Row[1] => ({ clock: { aheadMs } })
const inUse = (limit: number, others: number): Row[1] => ({
  ...globals({ max_connections: String(limit) }),
  usage: { others, own: 0 },
})
const ownInUse = (limit: number, own: number): Row[1] => ({
  ...sessions({ max_user_connections: String(limit) }),
  usage: { others: 50, own },
})
const idle = (waitTimeout: number, recycleMs: number): Row[1] => ({
  ...sessions({ wait_timeout: String(waitTimeout) }),
  ...pool({ recycleMs }),
})
const superUser = (privilege: string, version: string): Row[1] => ({
  ...globals({ read_only: 'ON' }),
  ...session({ version }),
  grants: {
    ...sound.grants,
    accountGrants: { grants: [{ grantee: 'app', privileges: [privilege], database: '*', table: '*' }], idleRoles: [] },
  },
})
const readOnlyFix = 'connect to the primary server, or: SET GLOBAL read_only = OFF'
const replica =
  'the server accepts writes only from accounts such as this one (read_only is ON): ' +
  'writes on a replica make it diverge from the primary'
const closed = 'the server accepts no writes (read_only is ON): no order can be placed'

const fullDisk = 'Disk got full writing \'information_schema.(temporary)\' (Errcode: 28 "No space left on device")'

const rows: readonly Row[] = [
  ['version', {}, 'ok', 'MariaDB 10.11.19-MariaDB, maintained until 2028-02-16'],
  [
    'version',
    version('10.5.29-MariaDB'),
    'fault',
    'MariaDB 10.5.29-MariaDB is too old: an order needs JSON_TABLE, added in 10.6',
    upgrade,
  ],
  [
    'version',
    version('5.5.68-MariaDB'),
    'fault',
    'MariaDB 5.5.68-MariaDB is too old: an order needs JSON_TABLE, added in 10.6',
    upgrade,
  ],
  ['version', version('10.6.18-MariaDB', '2026-07-05'), 'ok', 'MariaDB 10.6.18-MariaDB, maintained until 2026-07-06'],
  [
    'version',
    version('10.6.18-MariaDB', '2026-07-06'),
    'warning',
    'MariaDB 10.6 has received no fixes since 2026-07-06, not even for security (this is 10.6.18-MariaDB)',
    upgrade,
  ],
  ['version', version('10.6.18-14-MariaDB-enterprise'), 'ok', 'MariaDB 10.6.18-14-MariaDB-enterprise'],
  ['version', version('13.0.2-MariaDB'), 'ok', 'MariaDB 13.0.2-MariaDB, of a series that was unknown on 2026-11-24'],
  [
    'version',
    { product: { failure: { code: 'NOT_MARIADB', message: 'it is not MariaDB', hint: 'take another' } } },
    'fault',
    'it is not MariaDB',
    'take another',
  ],
  ['character-set', {}, 'ok', "utf8mb4 in dbtool's sessions; utf8mb4_unicode_ci for new databases"],
  [
    'character-set',
    session({ charset: 'latin1' }),
    'fault',
    "the session's character set is latin1, although dbtool set utf8mb4",
    proxy,
  ],
  [
    'character-set',
    globals({ character_set_server: 'latin1', collation_server: 'latin1_swedish_ci' }),
    'warning',
    'new databases have latin1 (latin1_swedish_ci) by default, which loses characters',
    `SET GLOBAL character_set_server = utf8mb4, ${and}`,
  ],
  ['database-charset', {}, 'ok', "utf8mb4_unicode_ci for new tables of 'shop'"],
  [
    'database-charset',
    { database: { name: 'my`shop' }, databaseDefaults: { charset: 'latin1', collation: 'latin1_bin' } },
    'warning',
    "new tables of 'my`shop' have latin1 (latin1_bin) by default, which loses characters",
    'ALTER DATABASE `my``shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  ],
  ['sql-mode', {}, 'ok', "strict mode in dbtool's sessions and by default"],
  ['sql-mode', globals({ sql_mode: 'STRICT_ALL_TABLES' }), 'ok', "strict mode in dbtool's sessions and by default"],
  [
    'sql-mode',
    session({ sql_mode: 'ANSI' }),
    'fault',
    "the session is not in strict mode (sql_mode is 'ANSI'), although dbtool set it",
    proxy,
  ],
  [
    'sql-mode',
    globals({ sql_mode: '' }),
    'warning',
    "the default sql_mode is not strict (''): " +
      'values that do not fit are cut without an error when other programs write',
    `SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', ${and}`,
  ],
  ['time-zone', {}, 'ok', "UTC in dbtool's sessions; for other programs the zone of the server's machine (CET)"],
  ['time-zone', globals({ time_zone: '+02:00' }), 'ok', "UTC in dbtool's sessions; for other programs +02:00"],
  [
    'time-zone',
    session({ time_zone: 'SYSTEM' }),
    'fault',
    "the session's time zone is SYSTEM, although dbtool set +00:00",
    proxy,
  ],
  ['isolation', {}, 'ok', "READ-COMMITTED in dbtool's sessions; innodb_snapshot_isolation is off"],
  [
    'isolation',
    globals({ innodb_snapshot_isolation: 'ON' }),
    'ok',
    "READ-COMMITTED in dbtool's sessions; innodb_snapshot_isolation is on, for REPEATABLE READ of other programs",
  ],
  [
    'isolation',
    session({ isolation: 'REPEATABLE-READ' }),
    'fault',
    "the session's isolation level is REPEATABLE-READ, although dbtool set READ-COMMITTED",
    proxy,
  ],
  ['clock', clock(-5_000), 'ok', "the server's clock and this machine's agree"],
  [
    'clock',
    clock(61_400),
    'warning',
    "the server's clock is 61 s ahead of this machine's, so --since and --until are off by as much",
    'synchronize both clocks over the network: timedatectl set-ntp true',
  ],
  [
    'clock',
    clock(-7_000),
    'warning',
    "the server's clock is 7 s behind this machine's, so --since and --until are off by as much",
    'synchronize both clocks over the network: timedatectl set-ntp true',
  ],

  [
    'max-connections',
    {},
    'ok',
    '1 of 151 connections is in use (max_connections), enough for 10 processes with 15 connections each',
  ],
  [
    'max-connections',
    inUse(50, 5),
    'ok',
    '5 of 50 connections are in use (max_connections), enough for 3 processes with 15 connections each',
  ],
  [
    'max-connections',
    inUse(50, 6),
    'warning',
    '6 of 50 connections are in use (max_connections), enough for 2 processes with 15 connections each',
    `SET GLOBAL max_connections = 51, ${and}`,
  ],
  [
    'max-connections',
    inUse(20, 5),
    'warning',
    '5 of 20 connections are in use (max_connections), enough for 1 process with 15 connections each',
    `SET GLOBAL max_connections = 50, ${and}`,
  ],
  [
    'max-connections',
    inUse(19, 5),
    'fault',
    '5 of 19 connections are in use (max_connections), but one process may need 15 ' +
      '(DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 20, ${and}, or DB_POOL_SIZE=5 DB_MAX_OVERFLOW=9`,
  ],
  [
    'max-connections',
    inUse(10, 7),
    'fault',
    '7 of 10 connections are in use (max_connections), but one process may need 15 ' +
      '(DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 22, ${and}, or DB_POOL_SIZE=3 DB_MAX_OVERFLOW=0`,
  ],
  [
    'max-connections',
    inUse(10, 10),
    'fault',
    '10 of 10 connections are in use (max_connections), but one process may need 15 ' +
      '(DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 25, ${and}`,
  ],
  ['user-connections', {}, 'ok', 'this account has no limit'],
  [
    'user-connections',
    ownInUse(46, 1),
    'ok',
    '1 of 46 connections is in use (max_user_connections), enough for 3 processes with 15 connections each',
  ],
  [
    'user-connections',
    ownInUse(30, 0),
    'warning',
    '0 of 30 connections are in use (max_user_connections), enough for 2 processes with 15 connections each',
    "ALTER USER 'app'@'%' WITH MAX_USER_CONNECTIONS 45",
  ],
  [
    'user-connections',
    ownInUse(8, 1),
    'fault',
    '1 of 8 connections is in use (max_user_connections), but one process may need 15 ' +
      '(DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    "ALTER USER 'app'@'%' WITH MAX_USER_CONNECTIONS 16, or DB_POOL_SIZE=5 DB_MAX_OVERFLOW=2",
  ],
  [
    'idle-time-out',
    {},
    'ok',
    'the server closes a connection after 8h of idle time (wait_timeout); ' +
      'the pool replaces it after 1h (DB_POOL_RECYCLE)',
  ],
  [
    'idle-time-out',
    idle(3_600, 3_600_000),
    'warning',
    'the server closes a connection after 1h of idle time (wait_timeout), ' +
      'but the pool replaces it only after 1h: idle connections die in the pool',
    'DB_POOL_RECYCLE=30m',
  ],
  [
    'idle-time-out',
    idle(5, 0),
    'warning',
    'the server closes a connection after 5s of idle time (wait_timeout), ' +
      'but the pool never replaces it: idle connections die in the pool',
    'DB_POOL_RECYCLE=2500ms',
  ],
  ['packet', {}, 'ok', 'a packet may have up to 16 MiB'],
  [
    'packet',
    sessions({ max_allowed_packet: '1048575' }),
    'warning',
    'a packet may have at most 1048575 bytes, but an order of many lines is one packet',
    `SET GLOBAL max_allowed_packet = 16777216, ${and}`,
  ],
  ['lock-wait', {}, 'ok', "dbtool's statements wait up to 10 s for a locked row, those of other programs 50 s"],
  [
    'lock-wait',
    globals({ innodb_lock_wait_timeout: '301' }),
    'warning',
    'other programs wait up to 301 s for a locked row, and meanwhile hold locks that orders need',
    `SET GLOBAL innodb_lock_wait_timeout = 50, ${and}`,
  ],

  ['commit', {}, 'ok', 'an order is on the disk before it is confirmed'],
  ['commit', globals({ innodb_flush_log_at_trx_commit: '3' }), 'ok', 'an order is on the disk before it is confirmed'],
  [
    'commit',
    globals({ innodb_flush_log_at_trx_commit: '2' }),
    'warning',
    'a power cut can lose the last second of orders (innodb_flush_log_at_trx_commit is 2)',
    `SET GLOBAL innodb_flush_log_at_trx_commit = 1, ${and}`,
  ],
  [
    'commit',
    globals({ innodb_flush_log_at_trx_commit: '0' }),
    'warning',
    'a crash of the server can lose the last second of orders (innodb_flush_log_at_trx_commit is 0)',
    `SET GLOBAL innodb_flush_log_at_trx_commit = 1, ${and}`,
  ],
  ['binary-log', {}, 'ok', 'there is no binary log that could miss an order'],
  [
    'binary-log',
    globals({ log_bin: 'ON', sync_binlog: '1' }),
    'ok',
    'an order is in the binary log, on the disk, before it is confirmed',
  ],
  [
    'binary-log',
    globals({ log_bin: 'ON', sync_binlog: '0' }),
    'warning',
    'after a power cut, the last orders can be missing from the binary log, replicas and backups (sync_binlog is 0)',
    `SET GLOBAL sync_binlog = 1, ${and}`,
  ],
  [
    'binary-log',
    {
      variables: {
        global: { ...sound.variables.global, log_bin: 'ON', sync_binlog: '1' },
        session: { ...sound.variables.session, binlog_format: 'STATEMENT' },
      },
    },
    'fault',
    'no order can be placed: binlog_format is STATEMENT, which cannot log a change under READ COMMITTED',
    `SET GLOBAL binlog_format = MIXED, ${and}`,
  ],
  ['double-write', {}, 'ok', 'a page that is half written at a power cut can be repaired'],
  [
    'double-write',
    globals({ innodb_doublewrite: 'OFF' }),
    'warning',
    'a power cut can leave a half-written page and an unreadable table (innodb_doublewrite is OFF)',
    "innodb_doublewrite = ON in the server's configuration, unless its file system writes whole pages",
  ],
  ['writes', {}, 'ok', 'the server accepts writes'],
  ['writes', globals({ read_only: 'ON' }), 'fault', closed, readOnlyFix],
  ['writes', superUser('SUPER', '10.11.2-MariaDB'), 'fault', closed, readOnlyFix],
  ['writes', superUser('SUPER', '10.6.18-MariaDB'), 'warning', replica, readOnlyFix],
  ['writes', superUser('READ_ONLY ADMIN', '10.11.2-MariaDB'), 'warning', replica, readOnlyFix],
  ['writes', superUser('ALL PRIVILEGES', '10.11.2-MariaDB'), 'warning', replica, readOnlyFix],
  [
    'writes',
    { ...target({ readOnly: true }), ...sessions({ tx_read_only: 'ON' }) },
    'ok',
    'no writes, as configured (DB_READ_ONLY); whether the server accepts writes was not checked',
  ],
  [
    'writes',
    globals({ innodb_read_only: 'ON' }),
    'fault',
    'the server accepts no writes (innodb_read_only is ON)',
    "innodb_read_only = OFF in the server's configuration",
  ],
  [
    'writes',
    sessions({ tx_read_only: 'ON' }),
    'fault',
    'transactions are read-only (tx_read_only is ON): no order can be placed',
    `SET GLOBAL tx_read_only = OFF, ${and}`,
  ],
  [
    'writes',
    sessions({ tx_read_only: undefined, transaction_read_only: 'ON' }),
    'fault',
    'transactions are read-only (transaction_read_only is ON): no order can be placed',
    `SET GLOBAL transaction_read_only = OFF, ${and}`,
  ],
  [
    'writes',
    { invariants: new Map([['stock-ledger', unknown(fullDisk)]]) },
    'fault',
    `the disk of the server is full: ${fullDisk}`,
    'free space where its data (datadir) and temporary files (tmpdir) are',
  ],
  ['node', {}, 'ok', 'Node 20.20.2'],
  [
    'node',
    { tool: { ...sound.tool, node: '20.18.3' } },
    'fault',
    'Node 20.18.3 is too old: dbtool needs 20.19 or later',
    'install a later Node',
  ],
  ['node', { tool: { ...sound.tool, node: '24.1.0' } }, 'ok', 'Node 24.1.0'],
  ['dbtool', {}, 'ok', 'dbtool 0.1.0'],
]

describe('the server, its limits and its durability', () => {
  it.each(titled(rows))('%s, %s: %s', (check, status, found, [, different, , , fix = null]) => {
    expect(judge(check, different)).toEqual([{ status, found, fix }])
  })
})
