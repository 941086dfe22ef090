import { describe, expect, it } from 'vitest'
import { globals, judge, pool, session, sessions, sound, target, titled, type Row } from './sound-facts.ts'

const proxy = 'connect to the server itself: something between dbtool and it changes the session'
const and = "and the same in the server's configuration"
const upgrade = 'upgrade to a long-term series, such as 11.8'
const version = (text: string, now = '2026-11-24'): Row[1] => ({
  product: { version: text },
  tool: { ...sound.tool, now: new Date(now) },
})
const clock = (aheadMs: number): Row[1] => ({ clock: { aheadMs } })
const taken = (limit: number, others: number): Row[1] => ({
  ...globals({ max_connections: String(limit) }),
  usage: { others, own: 0 },
})
const mine = (limit: number, own: number): Row[1] => ({
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
    holdings: { grants: [{ grantee: 'app', privileges: [privilege], database: '*', table: '*' }], idleRoles: [] },
  },
})
const readOnlyFix = 'connect to the primary server, or: SET GLOBAL read_only = OFF'
const replica =
  'the server takes no writes but those of accounts such as this one (read_only is ON): a replica that is written to goes its own way'
const closed = 'the server takes no writes (read_only is ON): nothing can be ordered'

const rows: readonly Row[] = [
  ['version', {}, 'ok', 'MariaDB 10.11.19-MariaDB, maintained until 2028-02-16'],
  [
    'version',
    version('10.5.29-MariaDB'),
    'fault',
    'MariaDB 10.5.29-MariaDB is too old: an order needs JSON_TABLE, which came with 10.6',
    upgrade,
  ],
  [
    'version',
    version('5.5.68-MariaDB'),
    'fault',
    'MariaDB 5.5.68-MariaDB is too old: an order needs JSON_TABLE, which came with 10.6',
    upgrade,
  ],
  ['version', version('10.6.18-MariaDB', '2026-07-05'), 'ok', 'MariaDB 10.6.18-MariaDB, maintained until 2026-07-06'],
  [
    'version',
    version('10.6.18-MariaDB', '2026-07-06'),
    'warning',
    'MariaDB 10.6 has had no fixes since 2026-07-06, not even for security (this is 10.6.18-MariaDB)',
    upgrade,
  ],
  ['version', version('10.6.18-14-MariaDB-enterprise'), 'ok', 'MariaDB 10.6.18-14-MariaDB-enterprise'],
  ['version', version('13.0.2-MariaDB'), 'ok', 'MariaDB 13.0.2-MariaDB, of a series that was not known on 2026-11-24'],
  [
    'version',
    { product: { failure: { code: 'NOT_MARIADB', message: 'it is not MariaDB', hint: 'take another' } } },
    'fault',
    'it is not MariaDB',
    'take another',
  ],
  ['character-set', {}, 'ok', 'utf8mb4 in our sessions; utf8mb4_unicode_ci for new databases'],
  [
    'character-set',
    session({ charset: 'latin1' }),
    'fault',
    'the session has the character set latin1, and dbtool set utf8mb4',
    proxy,
  ],
  [
    'character-set',
    globals({ character_set_server: 'latin1', collation_server: 'latin1_swedish_ci' }),
    'warning',
    'a new database of which nobody says more gets latin1 (latin1_swedish_ci), which loses characters',
    `SET GLOBAL character_set_server = utf8mb4, ${and}`,
  ],
  ['database-charset', {}, 'ok', "utf8mb4_unicode_ci for new tables of 'shop'"],
  [
    'database-charset',
    { database: { name: 'my`shop' }, databaseDefaults: { charset: 'latin1', collation: 'latin1_bin' } },
    'warning',
    "a new table of 'my`shop' of which nobody says more gets latin1 (latin1_bin), which loses characters",
    'ALTER DATABASE `my``shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
  ],
  ['sql-mode', {}, 'ok', 'strict, in our sessions and by default'],
  ['sql-mode', globals({ sql_mode: 'STRICT_ALL_TABLES' }), 'ok', 'strict, in our sessions and by default'],
  [
    'sql-mode',
    session({ sql_mode: 'ANSI' }),
    'fault',
    "the session is not strict (sql_mode is 'ANSI'), and dbtool set that",
    proxy,
  ],
  [
    'sql-mode',
    globals({ sql_mode: '' }),
    'warning',
    "other programs write without being strict (the default sql_mode is ''): what does not fit is cut without an error",
    `SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', ${and}`,
  ],
  ['time-zone', {}, 'ok', 'UTC in our sessions; for other programs that of its machine, CET'],
  ['time-zone', globals({ time_zone: '+02:00' }), 'ok', 'UTC in our sessions; for other programs +02:00'],
  [
    'time-zone',
    session({ time_zone: 'SYSTEM' }),
    'fault',
    "the session's time zone is SYSTEM, and dbtool set +00:00",
    proxy,
  ],
  ['isolation', {}, 'ok', 'READ-COMMITTED in our sessions; innodb_snapshot_isolation is off'],
  [
    'isolation',
    globals({ innodb_snapshot_isolation: 'ON' }),
    'ok',
    'READ-COMMITTED in our sessions; innodb_snapshot_isolation is on, for REPEATABLE READ of other programs',
  ],
  [
    'isolation',
    session({ isolation: 'REPEATABLE-READ' }),
    'fault',
    "the session's isolation is REPEATABLE-READ, and dbtool set READ-COMMITTED",
    proxy,
  ],
  ['clock', clock(-5_000), 'ok', "the server's clock and this machine's agree"],
  [
    'clock',
    clock(61_400),
    'warning',
    "the server's clock is 61 s ahead of this machine's: --since and --until are off by that",
    'set both clocks by the network: timedatectl set-ntp true',
  ],
  [
    'clock',
    clock(-7_000),
    'warning',
    "the server's clock is 7 s behind this machine's: --since and --until are off by that",
    'set both clocks by the network: timedatectl set-ntp true',
  ],

  [
    'max-connections',
    {},
    'ok',
    '1 of 151 connections is taken (max_connections): 10 processes of 15 connections each fit',
  ],
  [
    'max-connections',
    taken(50, 5),
    'ok',
    '5 of 50 connections are taken (max_connections): 3 processes of 15 connections each fit',
  ],
  [
    'max-connections',
    taken(50, 6),
    'warning',
    '6 of 50 connections are taken (max_connections): 2 processes of 15 connections each fit',
    `SET GLOBAL max_connections = 51, ${and}`,
  ],
  [
    'max-connections',
    taken(20, 5),
    'warning',
    '5 of 20 connections are taken (max_connections): 1 process of 15 connections each fits',
    `SET GLOBAL max_connections = 50, ${and}`,
  ],
  [
    'max-connections',
    taken(19, 5),
    'fault',
    '5 of 19 connections are taken (max_connections), and one process may want 15 (DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 20, ${and}, or DB_POOL_SIZE=5 DB_MAX_OVERFLOW=9`,
  ],
  [
    'max-connections',
    taken(10, 7),
    'fault',
    '7 of 10 connections are taken (max_connections), and one process may want 15 (DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 22, ${and}, or DB_POOL_SIZE=3 DB_MAX_OVERFLOW=0`,
  ],
  [
    'max-connections',
    taken(10, 10),
    'fault',
    '10 of 10 connections are taken (max_connections), and one process may want 15 (DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    `SET GLOBAL max_connections = 25, ${and}`,
  ],
  ['user-connections', {}, 'ok', 'this account has no limit of its own'],
  [
    'user-connections',
    mine(46, 1),
    'ok',
    '1 of 46 connections is taken (max_user_connections): 3 processes of 15 connections each fit',
  ],
  [
    'user-connections',
    mine(30, 0),
    'warning',
    '0 of 30 connections are taken (max_user_connections): 2 processes of 15 connections each fit',
    "ALTER USER 'app'@'%' WITH MAX_USER_CONNECTIONS 45",
  ],
  [
    'user-connections',
    mine(8, 1),
    'fault',
    '1 of 8 connections is taken (max_user_connections), and one process may want 15 (DB_POOL_SIZE 5 + DB_MAX_OVERFLOW 10)',
    "ALTER USER 'app'@'%' WITH MAX_USER_CONNECTIONS 16, or DB_POOL_SIZE=5 DB_MAX_OVERFLOW=2",
  ],
  [
    'idle-time-out',
    {},
    'ok',
    'the server closes a connection that was idle for 8h (wait_timeout); the pool replaces its own after 1h (DB_POOL_RECYCLE)',
  ],
  [
    'idle-time-out',
    idle(3_600, 3_600_000),
    'warning',
    'the server closes a connection that was idle for 1h (wait_timeout), and the pool replaces its own only after 1h: idle connections die in it',
    'DB_POOL_RECYCLE=30m',
  ],
  [
    'idle-time-out',
    idle(5, 0),
    'warning',
    'the server closes a connection that was idle for 5s (wait_timeout), and the pool keeps its own for ever: idle connections die in it',
    'DB_POOL_RECYCLE=2500ms',
  ],
  ['packet', {}, 'ok', 'a packet may have 16 MiB'],
  [
    'packet',
    sessions({ max_allowed_packet: '1048575' }),
    'warning',
    'a packet may have 1048575 bytes only, and an order of many lines is one packet',
    `SET GLOBAL max_allowed_packet = 16777216, ${and}`,
  ],
  ['lock-wait', {}, 'ok', 'our statements wait up to 10 s for a locked row, those of other programs 50 s'],
  [
    'lock-wait',
    globals({ innodb_lock_wait_timeout: '301' }),
    'warning',
    'other programs wait up to 301 s for a locked row, and keep locked meanwhile what orders need',
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
  ['binary-log', {}, 'ok', 'there is no binary log that could lag behind'],
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
    'after a power cut the binary log can lack the last orders, and with it replicas and backups (sync_binlog is 0)',
    `SET GLOBAL sync_binlog = 1, ${and}`,
  ],
  ['double-write', {}, 'ok', 'a page that was half written when the power went is mended'],
  [
    'double-write',
    globals({ innodb_doublewrite: 'OFF' }),
    'warning',
    'a power cut can leave a half-written page, and a table that cannot be read (innodb_doublewrite is OFF)',
    "innodb_doublewrite = ON in the server's configuration, unless its file system writes whole pages",
  ],
  ['writes', {}, 'ok', 'the server takes writes'],
  ['writes', globals({ read_only: 'ON' }), 'fault', closed, readOnlyFix],
  ['writes', superUser('SUPER', '10.11.2-MariaDB'), 'fault', closed, readOnlyFix],
  ['writes', superUser('SUPER', '10.6.18-MariaDB'), 'warning', replica, readOnlyFix],
  ['writes', superUser('READ_ONLY ADMIN', '10.11.2-MariaDB'), 'warning', replica, readOnlyFix],
  ['writes', superUser('ALL PRIVILEGES', '10.11.2-MariaDB'), 'warning', replica, readOnlyFix],
  [
    'writes',
    { ...target({ readOnly: true }), ...sessions({ tx_read_only: 'ON' }) },
    'ok',
    'nothing is written, as the configuration asks (DB_READ_ONLY); what the server itself would take was not looked at',
  ],
  [
    'writes',
    globals({ innodb_read_only: 'ON' }),
    'fault',
    'the server takes no writes (innodb_read_only is ON)',
    "innodb_read_only = OFF in the server's configuration",
  ],
  [
    'writes',
    sessions({ tx_read_only: 'ON' }),
    'fault',
    'transactions may only read (tx_read_only is ON): nothing can be ordered',
    `SET GLOBAL tx_read_only = OFF, ${and}`,
  ],
  [
    'writes',
    sessions({ tx_read_only: undefined, transaction_read_only: 'ON' }),
    'fault',
    'transactions may only read (transaction_read_only is ON): nothing can be ordered',
    `SET GLOBAL transaction_read_only = OFF, ${and}`,
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

describe('the server, its limits, and what a power cut does', () => {
  it.each(titled(rows))('%s, %s: %s', (check, status, found, [, different, , , fix = null]) => {
    expect(judge(check, different)).toEqual([{ status, found, fix }])
  })
})
