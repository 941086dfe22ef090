import { oldestServer } from '../../db/oldest-server.ts'
import { sessionVariables } from '../../db/connection/session.ts'
import type { Texts } from '../facts.ts'
import { check, fault, ok, warning, type Check, type Judgement } from '../finding.ts'
import { fixOf, quotedName, serverVariable } from '../fix.ts'
import { isFrom, seriesOf, supportEnds, supportTableOf } from '../series.ts'

const group = 'Server'
const latestClockMs = 5_000
const connectDirectly = 'connect to the server directly: something between dbtool and the server changes the session'

export const serverChecks: readonly Check[] = [
  check({
    name: 'version',
    group,
    looksAt: `the server is MariaDB ${oldestServer} or later (an order needs JSON_TABLE), and still maintained`,
    needs: ['product', 'tool'],
    judge: ({ product, tool: { now } }) =>
      'failure' in product
        ? fault(product.failure.message, fixOf(product.failure.hint))
        : versionOf(product.version, now),
  }),
  check({
    name: 'character-set',
    group,
    looksAt: "utf8mb4 in dbtool's sessions, and as the default of a new database",
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.charset !== 'utf8mb4')
        return fault(`the session's character set is ${session.charset}, although dbtool set utf8mb4`, connectDirectly)
      const [charset = '', collation = ''] = [global['character_set_server'], global['collation_server']]
      if (charset === 'utf8mb4') return ok(`utf8mb4 in dbtool's sessions; ${collation} for new databases`)
      return warning(
        `new databases have ${charset} (${collation}) by default, which loses characters`,
        serverVariable('character_set_server', 'utf8mb4'),
      )
    },
  }),
  check({
    name: 'database-charset',
    group,
    looksAt: "utf8mb4 as the default of new tables in this database; dbtool's own tables name it",
    needs: ['database', 'databaseDefaults'],
    judge({ database: { name }, databaseDefaults: { charset, collation } }) {
      if (charset === 'utf8mb4') return ok(`${collation} for new tables of '${name}'`)
      return warning(
        `new tables of '${name}' have ${charset} (${collation}) by default, which loses characters`,
        `ALTER DATABASE ${quotedName(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
      )
    },
  }),
  check({
    name: 'sql-mode',
    group,
    looksAt: "strict mode in dbtool's sessions, and as the default, since other programs write too",
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (!isStrict(session.sql_mode))
        return fault(
          `the session is not in strict mode (sql_mode is '${session.sql_mode}'), although dbtool set it`,
          connectDirectly,
        )
      const mode = global['sql_mode'] ?? ''
      if (isStrict(mode)) return ok("strict mode in dbtool's sessions and by default")
      return warning(
        `the default sql_mode is not strict ('${mode}'): values that do not fit are cut without an error ` +
          'when other programs write',
        serverVariable('sql_mode', "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"),
      )
    },
  }),
  check({
    name: 'globals',
    group,
    looksAt: 'global variables that harm programs without settings of their own; the sessions of dbtool set them all',
    needs: ['variables'],
    judge({ variables: { global } }) {
      const harmful = sessionVariables.flatMap(({ name, value, harm }) => {
        const found = global[name]
        return harm === undefined || found === undefined || found === value ? [] : [{ name, value, harm, found }]
      })
      if (harmful.length === 0) return ok('no global variable harms other programs')
      return harmful.map(({ name, value, harm, found }) =>
        warning(`${name} is ${found} for other programs: ${harm}`, serverVariable(name, value)),
      )
    },
  }),
  check({
    name: 'time-zone',
    group,
    looksAt: "UTC in dbtool's sessions; the server's own zone is the meaning of NOW() for other programs",
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.time_zone !== '+00:00')
        return fault(`the session's time zone is ${session.time_zone}, although dbtool set +00:00`, connectDirectly)
      const zone =
        global['time_zone'] === 'SYSTEM'
          ? `the zone of the server's machine (${global['system_time_zone'] ?? ''})`
          : (global['time_zone'] ?? '')
      return ok(`UTC in dbtool's sessions; for other programs ${zone}`)
    },
  }),
  check({
    name: 'isolation',
    group,
    looksAt:
      'READ COMMITTED in dbtool\'s sessions, so that "sold out" is not a conflict (1020) ' +
      'where innodb_snapshot_isolation is on',
    needs: ['session', 'variables'],
    judge({ session, variables: { global } }) {
      if (session.isolation !== 'READ-COMMITTED')
        return fault(
          `the session's isolation level is ${session.isolation}, although dbtool set READ-COMMITTED`,
          connectDirectly,
        )
      return ok(`READ-COMMITTED in dbtool's sessions; ${snapshotIsolation(global)}`)
    },
  }),
  check({
    name: 'clock',
    group,
    looksAt: "the server's clock against this machine's: order times use the first, `--since 30d` the second",
    needs: ['clock'],
    judge({ clock: { aheadMs } }) {
      const seconds = Math.abs(Math.round(aheadMs / 1000))
      if (Math.abs(aheadMs) <= latestClockMs) return ok("the server's clock and this machine's agree")
      const difference = `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`
      return warning(
        `the server's clock is ${difference} this machine's, so --since and --until are off by as much`,
        'synchronize both clocks over the network: timedatectl set-ntp true',
      )
    },
  }),
]

function versionOf(version: string, now: Date): Judgement {
  const series = seriesOf(version)
  const upgrade = 'upgrade to a long-term series, such as 11.8'
  if (!isFrom(oldestServer, version))
    return fault(`MariaDB ${version} is too old: an order needs JSON_TABLE, added in ${oldestServer}`, upgrade)
  // The maintenance of an Enterprise Server lasts longer, by contract.
  if (/enterprise/i.test(version)) return ok(`MariaDB ${version}`)
  const end = supportEnds[series]
  if (end === undefined) return ok(`MariaDB ${version}, of a series that was unknown on ${supportTableOf}`)
  if (now.toISOString() < end) return ok(`MariaDB ${version}, maintained until ${end}`)
  return warning(
    `MariaDB ${series} has received no fixes since ${end}, not even for security (this is ${version})`,
    upgrade,
  )
}

function isStrict(mode: string): boolean {
  return /STRICT_(TRANS|ALL)_TABLES/.test(mode)
}

function snapshotIsolation(global: Texts): string {
  return global['innodb_snapshot_isolation'] === 'ON'
    ? 'innodb_snapshot_isolation is on, for REPEATABLE READ of other programs'
    : 'innodb_snapshot_isolation is off'
}
