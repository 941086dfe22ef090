import { DbtoolError } from '../../errors.ts'
import type { Connection } from '../connection/connection.ts'
import { isGone } from '../connection/first-fit.ts'
import type { Queries, Value } from '../queries.ts'
import { type Host, hostText } from '../target.ts'
import { isAhead } from './gtid.ts'
import { catchUp, positionOf } from './own-writes.ts'
import { assertMayPromote, type ReplicaState, replicaStates } from './replica-state.ts'
import { replicaAddresses, type ServerState, serverState } from './server-state.ts'

/** Runs `work` on one connection to the server at this address. Rejects if connecting fails. */
export type OnAddress = <T>(address: string, work: (connection: Connection) => Promise<T>) => Promise<T>

export interface FailoverRequest {
  /** The replica that becomes the primary. */
  readonly to: Host
  /** All configured servers, as `host:port`. */
  readonly hosts: readonly string[]
  readonly onAddress: OnAddress
}

/** The servers of a failover, after all of them were asked. */
export interface FailoverPlan {
  readonly to: Host
  readonly replica: ReplicaState
  readonly oldPrimary: string
  /** The last position of an old primary that answers and is read-only; undefined if it does not answer. */
  readonly position: string | undefined
  /** Other replicas of the old primary. */
  readonly others: readonly { readonly host: string; readonly name: string }[]
  /** Configured servers that do not answer. */
  readonly silent: readonly string[]
}

/** A statement of a failover, and where it runs. */
export interface FailoverStep {
  readonly host: string
  readonly statement: string
  readonly outcome: 'done' | 'to do' | 'would run'
  readonly note: string | null
}

/** A refusal: nothing was changed. */
export const refused = (message: string, hint: string): DbtoolError =>
  new DbtoolError('FAILOVER_REFUSED', `no failover: ${message}`, { hint })

/** Asks all servers, and changes nothing. Rejects with FAILOVER_REFUSED if a failover could lose or split data. */
export async function planFailover(request: FailoverRequest): Promise<FailoverPlan> {
  const { to, hosts, onAddress } = request
  const address = hostText(to)
  const { identity, replica } = await onAddress(address, (connection) => promotable(connection, address))
  const oldPrimary = replica.source
  const old = await readOnlyPrimary(onAddress, oldPrimary, address)
  const others: { host: string; name: string }[] = []
  const silent: string[] = []
  const known = new Set([...hosts, ...(old?.replicas ?? [])])
  for (const host of [...known].filter((one) => one !== address && one !== oldPrimary)) {
    const found = await answerOf(() => onAddress(host, inspected))
    if (found === undefined) silent.push(host)
    else if (found.state.identity !== identity) others.push(...siblingsAt(host, found, { replica, address }))
  }
  return { to, replica, oldPrimary, position: old?.position, others, silent }
}

interface Promotable {
  readonly identity: string
  readonly replica: ReplicaState
}

async function promotable(connection: Connection, address: string): Promise<Promotable> {
  const { galera, readOnly, identity } = await serverState(connection)
  if (galera !== undefined)
    throw refused(
      `${address} is a node of a Galera cluster, where every node takes writes`,
      'see: dbtool cluster status',
    )
  const [replica, second] = await replicaStates(connection)
  if (replica === undefined)
    throw refused(
      readOnly ? `${address} replicates no server` : `${address} is no replica, and takes writes already`,
      'name a replica with --to; see: dbtool cluster status',
    )
  if (second !== undefined)
    throw refused(`${address} replicates several servers`, 'reduce it to one source, or promote it by hand')
  if (!replica.usesGtid)
    throw refused(`${address} replicates without GTIDs`, `run there: ${changeTo('MASTER_USE_GTID=slave_pos', replica)}`)
  if (!replica.isApplying)
    throw refused(
      `${address} has stopped to apply changes${replica.error === '' ? '' : `: ${replica.error}`}`,
      'fix the cause, and run there: START SLAVE',
    )
  if (replica.delaySeconds > 0)
    throw refused(
      `${address} applies changes with a delay of ${replica.delaySeconds} s`,
      `run there: ${changeTo('MASTER_DELAY=0', replica)}`,
    )
  await assertMayPromote(connection)
  return { identity, replica }
}

interface ReadOnlyPrimary {
  /** Empty without a binary log. */
  readonly position: string
  /** The replicas that have announced their addresses. */
  readonly replicas: readonly string[]
}

/** Resolves to undefined if the old primary does not answer. Rejects if it takes writes, or is a replica itself. */
async function readOnlyPrimary(
  onAddress: OnAddress,
  oldPrimary: string,
  address: string,
): Promise<ReadOnlyPrimary | undefined> {
  return answerOf(() =>
    onAddress(oldPrimary, async (connection) => {
      const { readOnly, sources = [] } = await serverState(connection)
      const above = sources.map(hostText).find((source) => source !== address)
      if (above !== undefined)
        throw refused(
          `${address} replicates ${oldPrimary}, which is a replica of ${above} itself`,
          `make ${oldPrimary} the primary, or let ${address} replicate ${above} first`,
        )
      if (!readOnly)
        throw refused(
          `the primary ${oldPrimary} answers, and takes writes; two primaries would split the data`,
          'stop it, or run there: SET GLOBAL read_only = ON',
        )
      return { position: (await positionOf(connection)) ?? '', replicas: await replicaAddresses(connection) }
    }),
  )
}

/** Resolves to undefined if the server does not answer. A server that refuses the login has answered. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

interface Inspected {
  readonly state: ServerState
  readonly replicas: readonly ReplicaState[]
}

async function inspected(connection: Connection): Promise<Inspected> {
  return { state: await serverState(connection), replicas: await replicaStates(connection) }
}

/** The connections of another server that replicate the old primary, too. */
function siblingsAt(
  host: string,
  { state, replicas }: Inspected,
  { replica, address }: { readonly replica: ReplicaState; readonly address: string },
): { host: string; name: string }[] {
  const siblings = replicas.filter(({ source }) => source === replica.source)
  if (siblings.length === 0 && !state.readOnly)
    throw refused(`${host} takes writes already`, 'see: dbtool cluster status')
  const ahead = siblings.find(({ received }) => isAhead(received, replica.received))
  if (ahead !== undefined)
    throw refused(`${host} has received more than ${address}`, `make ${host} the primary instead`)
  return siblings.map(({ name }) => ({ host, name }))
}

/** The name of a connection, as a word of a statement. */
const named = (name: string): string => (name === '' ? '' : ` '${name.replaceAll("'", "''")}'`)
const changeTo = (what: string, { name }: Pick<ReplicaState, 'name'>): string =>
  `STOP SLAVE${named(name)}; CHANGE MASTER${named(name)} TO ${what}; START SLAVE${named(name)}`

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
