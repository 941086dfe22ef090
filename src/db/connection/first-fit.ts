import { serverFull } from '../error-numbers.ts'
import { notNow } from './patiently.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { catchUp, catchUpMs, lacks, type OwnWrite } from '../cluster/own-writes.ts'
import { DatabaseError } from '../failures.ts'
import {
  addressOf,
  type Host,
  hostsOf,
  hostText,
  type Limits,
  type Target,
  targetAt,
  type TargetRole,
} from '../target.ts'
import type { Connection } from './connection.ts'
import { type ConnectOptions, openConnection, type OpenedConnection } from './open-connection.ts'
import { clusterOf, type Fitness, fitnessOf, isNode, isReplica } from './server-role.ts'

/** A connection to a server that is fit for the role of its target. */
export interface FitServer {
  readonly server: Target
  readonly connection: Connection
  /** Taken because no other host is fit: the writer in place of a reader, or a node that sends its data to another. */
  readonly isSpare: boolean
  /** Its cluster, if it is a node. */
  readonly cluster: string | undefined
  /** It applies the changes of another server, outside a cluster. */
  readonly isReplica: boolean
  /** It has not applied the last own write. */
  readonly isLate: boolean
  /** The seconds that a reader is behind its primary, if it may be asked; infinite if it receives nothing. */
  readonly behindSeconds: number | undefined
  /** For a spare: the reasons against the others. */
  readonly passedOver?: string | undefined
}

export interface Search {
  /** The options of connections to one of the servers. */
  readonly sides: (server: Target) => ConnectOptions
  /** The cluster of the server before: a node of another one has other data. */
  readonly cluster?: string | undefined
  /** A host that was left, which comes last. */
  readonly last?: Host | undefined
  /** The write that the server must have. */
  readonly ownWrite?: OwnWrite | undefined
}

/** Without a connect time-out, a silent host must not hide the ones after it. */
const shareWithoutLimitMs = 5_000

/**
 * Opens a connection to the first host that is fit for the role of the target. Every attempt has its share of the time
 * that is left. A reader without the last own write is taken only if there is no other server. A writer is taken in
 * any case, so that there is one. Rejects with one error that names each host with its reason.
 */
export async function firstFit(target: Target, limits: Limits, search: Search): Promise<FitServer> {
  const hosts = hostsOf(target).toSorted((a, b) => Number(isSame(a, search.last)) - Number(isSame(b, search.last)))
  const deadline = performance.now() + limits.connectTimeoutMs
  const refusals: Refusal[] = []
  const kept = new Map<'spare' | 'late', FitServer>()
  for (const [index, host] of hosts.entries()) {
    const share = shareOf(limits, deadline, hosts.length - index)
    const attempt = { ...search, target, hasWriter: kept.has('spare') }
    const found = await tryHost(targetAt(target, host), share, attempt).catch(async (error: unknown) => {
      if (isOfHost(error)) return { error, server: targetAt(target, host) }
      await closeAll(kept.values())
      throw error
    })
    if ('error' in found) refusals.push(found)
    else if (!found.isSpare && !(found.isLate && target.role === 'reader')) {
      await closeAll(kept.values())
      return found
    } else if (kept.has(found.isSpare ? 'spare' : 'late')) await found.connection.close()
    else kept.set(found.isSpare ? 'spare' : 'late', found)
  }
  const best = kept.get('spare') ?? kept.get('late')
  if (best === undefined) throw noneIsFit(target, refusals)
  await closeAll([...kept.values()].filter((other) => other !== best))
  const late = kept.get('late')?.server
  const reasons = late === undefined ? reasonsOf(refusals) : [`${hostText(late)} ${lacksWrites}`]
  return { ...best, passedOver: best.isSpare && reasons.length > 0 ? reasons.join('; ') : undefined }
}

const closeAll = (servers: Iterable<FitServer>): Promise<unknown> =>
  Promise.all([...servers].map(({ connection }) => connection.close()))

/** A replica that applies changes at once is sometimes a second behind, by its clock. */
const usualLagSeconds = 1

const lacksWrites = 'has not applied your last change yet'

/** A sentence about the data of a server, if they are old, or the writer's in place of a reader's. */
export function noteOn({ role }: Target, found: FitServer): string | undefined {
  if (role !== 'reader') return writerNote(found)
  const { server, isSpare, passedOver = 'no host is a reader', isLate, behindSeconds = 0 } = found
  const facts = [
    ...(isLate ? [lacksWrites] : []),
    ...(behindSeconds === Infinity ? ['receives nothing from its primary now'] : []),
    ...(behindSeconds > usualLagSeconds && behindSeconds < Infinity ? [`is ${behindSeconds} s behind`] : []),
  ]
  const about = facts.length === 0 ? '' : `, which ${facts.join(' and ')}`
  if (!isSpare) return facts.length === 0 ? undefined : `reading from ${addressOf(server)}${about}`
  return `${passedOver}: reading from the writer, ${addressOf(server)}${about}`
}

function writerNote({ server, isSpare, isReplica: isFollowing, isLate }: FitServer): string | undefined {
  const facts = [
    ...(isSpare && isFollowing ? ['is a replica, whose primary does not get your changes'] : []),
    ...(isLate ? ['does not have your last change'] : []),
  ]
  return facts.length === 0 ? undefined : `the writer ${addressOf(server)} ${facts.join(', and ')}`
}

export const isSame = (a: Host, b: Host | undefined): boolean => a.host === b?.host && a.port === b.port

function shareOf(limits: Limits, deadline: number, hostsLeft: number): Limits {
  if (limits.connectTimeoutMs === 0) return { ...limits, connectTimeoutMs: shareWithoutLimitMs }
  return { ...limits, connectTimeoutMs: Math.max(1, Math.ceil((deadline - performance.now()) / hostsLeft)) }
}

interface Attempt extends Search {
  readonly target: Target
  readonly hasWriter: boolean
}

const strange: Fitness = { against: 'is in another cluster than the server before' }

async function tryHost(server: Target, limits: Limits, attempt: Attempt): Promise<FitServer> {
  const { sides, target, hasWriter } = attempt
  const { role = 'any' } = target
  const opened = await openConnection(server, limits, { ...sides(server), askedRole: role })
  const { connection, role: answer = [], behindSeconds } = opened
  const cluster = clusterOf(answer)
  const isStrange = attempt.cluster !== undefined && cluster !== undefined && cluster !== attempt.cluster
  const fitness = isStrange ? strange : role === 'any' ? 'fit' : fitnessOf(role, answer, hasWriter)
  try {
    if (typeof fitness !== 'string') throw new DbtoolError('UNREACHABLE', `${addressOf(server)} ${fitness.against}`)
    const isSpare = fitness === 'spare'
    const late = await isLate(opened, isSpare, { ...attempt, limits })
    return { server, connection, isSpare, cluster, isReplica: isReplica(answer), isLate: late, behindSeconds }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Whether a server has not applied the last own write. The writer in place of a reader, a spare, has it. */
async function isLate(
  { connection, role: answer = [] }: OpenedConnection,
  isSpare: boolean,
  attempt: Attempt & { readonly limits: Limits },
): Promise<boolean> {
  const { target, ownWrite, limits } = attempt
  const ofCluster = isNode(answer)
  const waitMs = Math.min(catchUpMs, limits.statementTimeoutMs === 0 ? Infinity : limits.statementTimeoutMs)
  if (target.role === 'reader' && ownWrite !== undefined) {
    const position = ofCluster || isSpare ? undefined : await ownWrite.position()
    return !(await catchUp(connection, { isNode: ofCluster, position, waitMs }))
  }
  if (target.role !== 'writer' || isSpare || !isOtherWriter(connection, attempt)) return false
  if (ofCluster) return !(await catchUp(connection, { isNode: true, position: undefined, waitMs }))
  const position = ownWrite?.last().position
  return position !== undefined && (await lacks(connection, position))
}

/** Whether the last own write may have gone to another server than this one. */
function isOtherWriter({ target }: Connection, { ownWrite, last }: Search): boolean {
  const server = ownWrite?.last().server
  return last !== undefined || (server !== undefined && server !== addressOf(target))
}

interface Refusal {
  readonly server: Target
  readonly error: DbtoolError
}

/** Whether another host may do better. A fault of the configuration is the same for all. */
function isOfHost(error: unknown): error is DbtoolError {
  return error instanceof DbtoolError && error.code !== 'BAD_CONFIG'
}

const inWords: Readonly<Record<TargetRole, string>> = {
  writer: 'a writer',
  reader: 'a reader',
  any: 'available',
}

const reasonsOf = (refusals: readonly Refusal[]): string[] =>
  refusals.map(({ error: { message }, server }) =>
    message.includes(addressOf(server)) ? message : `${addressOf(server)}: ${message}`,
  )

function noneIsFit({ role = 'any', inCode }: Target, refusals: readonly Refusal[]): DbtoolError {
  const code = commonCode(refusals.map(({ error }) => error.code))
  const [reasons, [only]] = [reasonsOf(refusals), refusals]
  const [message, hint] =
    refusals.length === 1
      ? [reasons.join(''), only?.error.hint ?? 'check the host and its role']
      : [`none of the ${refusals.length} hosts is ${inWords[role]}: ${reasons.join('; ')}`, hintFor(code, refusals)]
  const error = new DbtoolError(code, message, { hint, hintInCode: 'check the hosts of the pool', cause: only?.error })
  return inCode === true ? error.inCode() : error
}

/** The code of all refusals. Among others of unreachable hosts, the one of a host that has no answer yet. */
function commonCode([first = 'UNREACHABLE', ...others]: readonly ErrorCode[]): ErrorCode {
  if (others.every((code) => code === first)) return first
  const all = [first, ...others]
  const isPassing = all.every((code) => code === 'UNREACHABLE' || notNow.includes(code))
  return (isPassing ? all.find((code) => notNow.includes(code)) : undefined) ?? 'UNREACHABLE'
}

/** One way out for all, or the list of the servers. */
function hintFor(code: ErrorCode, [first]: readonly Refusal[]): string {
  const isPassing = code === 'UNREACHABLE' || notNow.includes(code)
  return isPassing ? 'check --host, and see: dbtool cluster status' : (first?.error.hint ?? 'check --host')
}

/** Whether the server did not answer, or has left its cluster. A server that is full has answered. */
export function isGone(error: unknown): error is DbtoolError {
  if (!(error instanceof DbtoolError)) return false
  if (error instanceof DatabaseError && serverFull.includes(error.errno)) return false
  return error.code === 'UNREACHABLE' || notNow.includes(error.code)
}
