import { writesToReadOnly } from '../privileges.ts'
import { check, fault, ok, warning, type Check } from '../finding.ts'
import { serverVariable } from '../fix.ts'

const group = 'Durability'

export const durabilityChecks: readonly Check[] = [
  check({
    name: 'commit',
    group,
    looksAt: 'is a commit on the disk before it is confirmed (innodb_flush_log_at_trx_commit)',
    needs: ['variables'],
    judge({ variables: { global } }) {
      const flush = global['innodb_flush_log_at_trx_commit']
      const fix = serverVariable('innodb_flush_log_at_trx_commit', 1)
      if (flush === '0')
        return warning(
          'a crash of the server can lose the last second of orders (innodb_flush_log_at_trx_commit is 0)',
          fix,
        )
      if (flush === '2')
        return warning('a power cut can lose the last second of orders (innodb_flush_log_at_trx_commit is 2)', fix)
      return ok('an order is on the disk before it is confirmed')
    },
  }),
  check({
    name: 'binary-log',
    group,
    looksAt: 'where there is a binary log: is a commit in it, on the disk, before it is confirmed (sync_binlog)',
    needs: ['variables'],
    judge({ variables: { global } }) {
      if (global['log_bin'] !== 'ON') return ok('there is no binary log that could lag behind')
      if (global['sync_binlog'] === '1') return ok('an order is in the binary log, on the disk, before it is confirmed')
      const found = `after a power cut the binary log can lack the last orders, and with it replicas and backups (sync_binlog is ${global['sync_binlog'] ?? ''})`
      return warning(found, serverVariable('sync_binlog', 1))
    },
  }),
  check({
    name: 'double-write',
    group,
    looksAt: 'does a page that was half written when the power went survive (innodb_doublewrite)',
    needs: ['variables'],
    judge({ variables: { global } }) {
      if (global['innodb_doublewrite'] !== 'OFF')
        return ok('a page that was half written when the power went is mended')
      const found =
        'a power cut can leave a half-written page, and a table that cannot be read (innodb_doublewrite is OFF)'
      return warning(
        found,
        "innodb_doublewrite = ON in the server's configuration, unless its file system writes whole pages",
      )
    },
  }),
  check({
    name: 'writes',
    group,
    looksAt: 'does the server take writes at all (read_only, innodb_read_only, and transactions that may only read)',
    needs: ['destination', 'variables', 'session', 'grants'],
    judge({ destination: { target }, variables: { global, session }, session: { version }, grants: { holdings } }) {
      if (target.readOnly === true)
        return ok(
          'nothing is written, as the configuration asks (DB_READ_ONLY); what the server itself would take was not looked at',
        )
      if (global['innodb_read_only'] === 'ON')
        return fault(
          'the server takes no writes (innodb_read_only is ON)',
          "innodb_read_only = OFF in the server's configuration",
        )
      const onlyReads = ['tx_read_only', 'transaction_read_only'].find((name) => session[name] === 'ON')
      if (onlyReads !== undefined)
        return fault(
          `transactions may only read (${onlyReads} is ON): nothing can be ordered`,
          serverVariable(onlyReads, 'OFF'),
        )
      const readOnly = global['read_only'] ?? 'OFF'
      if (readOnly === 'OFF') return ok('the server takes writes')
      const fix = 'connect to the primary server, or: SET GLOBAL read_only = OFF'
      if (!writesToReadOnly(holdings, version))
        return fault(`the server takes no writes (read_only is ${readOnly}): nothing can be ordered`, fix)
      return warning(
        `the server takes no writes but those of accounts such as this one (read_only is ${readOnly}): a replica that is written to goes its own way`,
        fix,
      )
    },
  }),
]
