import { DbtoolError } from '../../errors.ts'
import type { Connection } from '../connection/connection.ts'
import type { Queries, Value } from '../queries.ts'
import { hostText } from '../target.ts'
import { type FailoverPlan, named, type OnAddress, readOnlyPrimary, refused } from './failover-plan.ts'
import { catchUp } from './own-writes.ts'
import { replicaStates } from './replica-state.ts'

/** A statement of a failover, and where it runs. */
export interface FailoverStep {
  readonly host: string
  readonly statement: string
  readonly outcome: 'done' | 'to do' | 'would run'
  readonly note: string | null
}

interface Statement {
  readonly sql: string
  readonly values?: readonly Value[]
}

const promotion = ({ replica: { name } }: FailoverPlan): readonly Statement[] => [
  { sql: `STOP SLAVE${named(name)}` },
  { sql: `RESET SLAVE${named(name)} ALL` },
  { sql: 'SET GLOBAL read_only = OFF' },
]

const redirection = ({ to }: FailoverPlan, name: string): readonly Statement[] => [
  { sql: `STOP SLAVE${named(name)}` },
  {
    sql: `CHANGE MASTER${named(name)} TO MASTER_HOST = ?, MASTER_PORT = ?, MASTER_USE_GTID = slave_pos`,
    values: [to.host, to.port],
  },
  { sql: `START SLAVE${named(name)}` },
]

/** The statement as a person would type it. */
const typed = ({ sql, values = [] }: Statement): string =>
  values.reduce<string>(
    (text, value) => text.replace('?', () => (typeof value === 'string' ? `'${value}'` : String(value))),
    sql,
  )

const stepAt =
  (host: string, outcome: FailoverStep['outcome']) =>
  (statement: Statement): FailoverStep => ({
    host,
    statement: typed(statement),
    outcome,
    note: null,
  })

/** The steps that {@link failOver} would run. */
export function stepsOf(plan: FailoverPlan): FailoverStep[] {
  return [
    ...promotion(plan).map(stepAt(hostText(plan.to), 'would run')),
    ...plan.others.flatMap(({ host, name }) => redirection(plan, name).map(stepAt(host, 'would run'))),
    ...byHand(plan),
  ]
}

/** The statements for servers that dbtool cannot or must not change. */
function byHand(plan: FailoverPlan): FailoverStep[] {
  const { oldPrimary, silent, to } = plan
  const toNew = `MASTER_HOST = '${to.host}', MASTER_PORT = ${to.port}`
  const old = [
    'SET GLOBAL read_only = ON',
    'SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_current_pos',
    `CHANGE MASTER TO ${toNew}, MASTER_USER = '…', MASTER_PASSWORD = '…', MASTER_USE_GTID = slave_pos`,
    'START SLAVE',
  ]
  const note = plan.position === undefined ? 'when it is back, before anybody writes there' : null
  return [
    ...old.map((statement): FailoverStep => ({ host: oldPrimary, statement, outcome: 'to do', note })),
    ...silent.flatMap((host) =>
      redirection(plan, '').map((statement) => ({
        ...stepAt(host, 'to do')(statement),
        note: 'it does not answer; if it is a replica',
      })),
    ),
  ]
}

export interface FailoverOptions {
  readonly onAddress: OnAddress
  /** The longest time to apply what the replica has received. */
  readonly waitMs: number
}

/**
 * Makes the replica the primary, after it has applied everything that it has received, and lets the others replicate
 * it. Rejects without a change if that takes longer than `waitMs`.
 */
export async function failOver(plan: FailoverPlan, { onAddress, waitMs }: FailoverOptions): Promise<FailoverStep[]> {
  const address = hostText(plan.to)
  await onAddress(address, async (connection) => {
    // A primary that does not answer must not send more meanwhile.
    const thread = plan.position === undefined ? `SLAVE${named(plan.replica.name)} IO_THREAD` : undefined
    if (thread !== undefined) await connection.execute(`STOP ${thread}`)
    try {
      await applyReceived(connection, plan, waitMs)
      await readOnlyPrimary(onAddress, plan.oldPrimary, address)
    } catch (error) {
      // After Ctrl-C, this connection is closed.
      if (thread !== undefined) await onAddress(address, (another) => another.execute(`START ${thread}`))
      throw error
    }
    await promote(connection, plan)
  })
  const steps = promotion(plan).map(stepAt(address, 'done'))
  for (const { host, name } of plan.others) steps.push(...(await redirect(plan, { host, name, onAddress })))
  return [...steps, ...byHand(plan)]
}

async function applyReceived(
  connection: Connection,
  { replica, position, to }: FailoverPlan,
  waitMs: number,
): Promise<void> {
  const [{ received } = replica] = await replicaStates(connection)
  const wanted = position ?? received
  if (wanted === '' || (await catchUp(connection, { isNode: false, position: wanted, waitMs }))) return
  throw refused(
    `${hostText(to)} has not applied all that it has received within ${waitMs / 1_000} s; nothing was changed`,
    'try again with a longer --wait, or see: dbtool cluster status',
  )
}

async function promote(queries: Queries, plan: FailoverPlan): Promise<void> {
  const statements = promotion(plan)
  for (const [index, { sql }] of statements.entries())
    await queries.execute(sql).catch((error: unknown) => {
      if (!(error instanceof DbtoolError) || index === 0) throw error
      const left = statements.slice(index).map(typed).join('; ')
      const hint = `${hostText(plan.to)} does not replicate any more; run there: ${left}`
      throw new DbtoolError(error.code, `the failover is half done: ${error.message}`, { hint, cause: error })
    })
}

interface Redirection {
  readonly host: string
  readonly name: string
  readonly onAddress: OnAddress
}

/** A server that fails here is named with the statements to run there: the new primary exists already. */
async function redirect(plan: FailoverPlan, { host, name, onAddress }: Redirection): Promise<FailoverStep[]> {
  const statements = redirection(plan, name)
  try {
    await onAddress(host, async (connection) => {
      for (const { sql, values } of statements) await connection.execute(sql, values)
    })
    return statements.map(stepAt(host, 'done'))
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    return statements.map((statement) => ({ ...stepAt(host, 'to do')(statement), note: error.message }))
  }
}
