import type { Texts } from '../facts.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { fixOf, quotedName, serverVariable } from '../fix.ts'
import { isFrom, seriesOf, supportEnds, supportTableOf } from '../series.ts'

const group = 'Server'
const oldest = '10.6'
const latestClockMs = 5_000
const ours = 'connect to the server itself: something between dbtool and it changes the session'

export const serverChecks: readonly Check[] = [
  check({
    name: 'version',
    group,
    looksAt: 'is it MariaDB, from 10.6 on (JSON_TABLE, which an order needs), and still maintained',
    needs: ['product', 'tool'],
    judge: ({ product, tool: { now } }) =>
      'failure' in product
        ? fault(product.failure.message, fixOf(product.failure.hint))
        : versionOf(product.version, now),
  }),
  check({
    name: 'character-set',
    group,
    looksAt: 'utf8mb4 in our session, and as what a new database gets when nobody says',
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.charset !== 'utf8mb4')
        return fault(`the session has the character set ${session.charset}, and dbtool set utf8mb4`, ours)
      const [charset = '', collation = ''] = [global['character_set_server'], global['collation_server']]
      if (charset === 'utf8mb4') return ok(`utf8mb4 in our sessions; ${collation} for new databases`)
      return warning(
        `a new database of which nobody says more gets ${charset} (${collation}), which loses characters`,
        serverVariable('character_set_server', 'utf8mb4'),
      )
    },
  }),
  check({
    name: 'database-charset',
    group,
    looksAt: "utf8mb4 as what a new table of this database gets when nobody says; dbtool's own say it",
    needs: ['database', 'databaseDefaults'],
    judge({ database: { name }, databaseDefaults: { charset, collation } }) {
      if (charset === 'utf8mb4') return ok(`${collation} for new tables of '${name}'`)
      return warning(
        `a new table of '${name}' of which nobody says more gets ${charset} (${collation}), which loses characters`,
        `ALTER DATABASE ${quotedName(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      )
    },
  }),
  check({
    name: 'sql-mode',
    group,
    looksAt: 'strict in our session; and by default, since other programs write too',
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (!isStrict(session.sql_mode))
        return fault(`the session is not strict (sql_mode is '${session.sql_mode}'), and dbtool set that`, ours)
      const mode = global['sql_mode'] ?? ''
      if (isStrict(mode)) return ok('strict, in our sessions and by default')
      return warning(
        `other programs write without being strict (the default sql_mode is '${mode}'): what does not fit is cut without an error`,
        serverVariable('sql_mode', "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"),
      )
    },
  }),
  check({
    name: 'time-zone',
    group,
    looksAt: "UTC in our session; the server's own zone is what NOW() means to other programs",
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.time_zone !== '+00:00')
        return fault(`the session's time zone is ${session.time_zone}, and dbtool set +00:00`, ours)
      const zone =
        global['time_zone'] === 'SYSTEM'
          ? `that of its machine, ${global['system_time_zone'] ?? ''}`
          : (global['time_zone'] ?? '')
      return ok(`UTC in our sessions; for other programs ${zone}`)
    },
  }),
  check({
    name: 'isolation',
    group,
    looksAt:
      'READ COMMITTED in our session, so that "sold out" is not a conflict (1020) where innodb_snapshot_isolation is on',
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.isolation !== 'READ-COMMITTED')
        return fault(`the session's isolation is ${session.isolation}, and dbtool set READ-COMMITTED`, ours)
      return ok(`READ-COMMITTED in our sessions; ${snapshotIsolation(global)}`)
    },
  }),
  check({
    name: 'clock',
    group,
    looksAt: "the server's clock against this machine's: times of orders come from there, `--since 30d` from here",
    needs: ['clock'],
    judge({ clock: { aheadMs } }) {
      const seconds = Math.abs(Math.round(aheadMs / 1000))
      if (Math.abs(aheadMs) <= latestClockMs) return ok("the server's clock and this machine's agree")
      return warning(
        `the server's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's: --since and --until are off by that`,
        'set both clocks by the network: timedatectl set-ntp true',
      )
    },
  }),
]

function versionOf(version: string, now: Date): Judgement {
  const series = seriesOf(version)
  const upgrade = 'upgrade to a long-term series, such as 11.8'
  if (!isFrom(oldest, version))
    return fault(`MariaDB ${version} is too old: an order needs JSON_TABLE, which came with ${oldest}`, upgrade)
  // An Enterprise Server is maintained longer, by contract.
  if (/enterprise/i.test(version)) return ok(`MariaDB ${version}`)
  const end = supportEnds[series]
  if (end === undefined) return ok(`MariaDB ${version}, of a series that was not known on ${supportTableOf}`)
  if (now.toISOString() < end) return ok(`MariaDB ${version}, maintained until ${end}`)
  return warning(`MariaDB ${series} has had no fixes since ${end}, not even for security (this is ${version})`, upgrade)
}

function isStrict(mode: string): boolean {
  return /STRICT_(TRANS|ALL)_TABLES/.test(mode)
}

function snapshotIsolation(global: Texts): string {
  return global['innodb_snapshot_isolation'] === 'ON'
    ? 'innodb_snapshot_isolation is on, for REPEATABLE READ of other programs'
    : 'innodb_snapshot_isolation is off'
}
