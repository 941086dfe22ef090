import type { ServerState } from '../../db/cluster/server-state.ts'
import { namesFullDisk } from '../../full-disk.ts'
import type { Variables } from '../facts.ts'
import { writesToReadOnly } from '../privileges.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { serverVariable } from '../fix.ts'

const group = 'Durability'

export const durabilityChecks: readonly Check[] = [
  check({
    name: 'commit',
    group,
    looksAt: 'a commit is on the disk before it is confirmed (innodb_flush_log_at_trx_commit)',
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
    looksAt:
      'if there is a binary log, it can hold an order (binlog_format), ' +
      'and has a commit on the disk before the commit is confirmed (sync_binlog)',
    needs: ['variables'],
    judge({ variables: { global, session } }) {
      if (global['log_bin'] !== 'ON') return ok('there is no binary log that could miss an order')
      if (session['binlog_format'] === 'STATEMENT')
        return fault(
          'no order can be placed: binlog_format is STATEMENT, which cannot log a change under READ COMMITTED',
          serverVariable('binlog_format', 'MIXED'),
        )
      if (global['sync_binlog'] === '1') return ok('an order is in the binary log, on the disk, before it is confirmed')
      const found = 'after a power cut, the last orders can be missing from the binary log, replicas and backups'
      return warning(`${found} (sync_binlog is ${global['sync_binlog'] ?? ''})`, serverVariable('sync_binlog', 1))
    },
  }),
  check({
    name: 'double-write',
    group,
    looksAt: 'InnoDB can repair a page that was half written at a power cut (innodb_doublewrite)',
    needs: ['variables'],
    judge({ variables: { global } }) {
      if (global['innodb_doublewrite'] !== 'OFF')
        return ok('a page that is half written at a power cut can be repaired')
      const found = 'a power cut can leave a half-written page and an unreadable table (innodb_doublewrite is OFF)'
      return warning(
        found,
        "innodb_doublewrite = ON in the server's configuration, unless its file system writes whole pages",
      )
    },
  }),
  beforeFullDisk(
    check({
      name: 'writes',
      group,
      looksAt: 'the server accepts writes (read_only, innodb_read_only, read-only transactions, a full disk)',
      needs: ['destination', 'variables', 'session', 'grants', 'cluster'],
      judge: ({ destination: { target }, variables, session: { version }, grants: { accountGrants }, cluster }) =>
        target.readOnly === true
          ? ok('no writes, as configured (DB_READ_ONLY); whether the server accepts writes was not checked')
          : writable(variables, { mayWrite: writesToReadOnly(accountGrants, version), fix: readOnlyFix(cluster) }),
    }),
  ),
]

/** A full disk shows in the answers of any check, and no variable of the server names it. */
function beforeFullDisk(check: Check): Check {
  return {
    ...check,
    judge(gathered) {
      const invariants = 'known' in gathered.invariants ? [...gathered.invariants.known.values()] : []
      const reasons = [...Object.values(gathered), ...invariants].flatMap((fact) =>
        'unknown' in fact ? [fact.unknown] : [],
      )
      const full = reasons.find(namesFullDisk)
      return full === undefined
        ? check.judge(gathered)
        : [
            fault(
              `the disk of the server is full: ${full}`,
              'free space where its data (datadir) and temporary files (tmpdir) are',
            ),
          ]
    },
  }
}

/** The way out of read_only. Writes on a replica make it diverge, so the server must certainly be none. */
function readOnlyFix({ sources, isReplicating }: ServerState): string {
  const [source] = sources ?? []
  if (source !== undefined) return `connect to the primary server, ${source.host}:${source.port}`
  if (isReplicating) return 'connect to the primary server'
  if (sources === undefined) return 'connect to the primary server; this account may not see whether this is a replica'
  return 'connect to the primary server, or: SET GLOBAL read_only = OFF'
}

interface ReadOnly {
  /** Whether this account may write although the server is read-only. */
  readonly mayWrite: boolean
  readonly fix: string
}

function writable({ global, session }: Variables, { mayWrite, fix }: ReadOnly): Judgement {
  if (global['innodb_read_only'] === 'ON')
    return fault(
      'the server accepts no writes (innodb_read_only is ON)',
      "innodb_read_only = OFF in the server's configuration",
    )
  const readOnlyTransactions = ['tx_read_only', 'transaction_read_only'].find((name) => session[name] === 'ON')
  if (readOnlyTransactions !== undefined)
    return fault(
      `transactions are read-only (${readOnlyTransactions} is ON): no order can be placed`,
      serverVariable(readOnlyTransactions, 'OFF'),
    )
  const readOnly = global['read_only'] ?? 'OFF'
  if (readOnly === 'OFF') return ok('the server accepts writes')
  if (!mayWrite) return fault(`the server accepts no writes (read_only is ${readOnly}): no order can be placed`, fix)
  return warning(
    `the server accepts writes only from accounts such as this one (read_only is ${readOnly}): ` +
      'writes on a replica make it diverge from the primary',
    fix,
  )
}
