import { DbtoolError, type ErrorCode } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { addressOf, type Host, hostsOf, type Limits, type Target, targetAt, type TargetRole } from '../target.ts'
import type { Connection } from './connection.ts'
import { type ConnectOptions, openConnection } from './open-connection.ts'
import { fitnessOf } from './server-role.ts'

/** A connection to a server that is fit for the role of its target. */
export interface FitServer {
  readonly server: Target
  readonly connection: Connection
  /** Taken because no other host is fit: the writer in place of a reader, or a node that sends its data to another. */
  readonly isSpare: boolean
  /** The seconds that a reader is behind its primary, if it may be asked. */
  readonly behindSeconds: number | undefined
}

export interface Search {
  /** The options of connections to one of the servers. */
  readonly sides: (server: Target) => ConnectOptions
  /** A host that was left, which comes last. */
  readonly last?: Host | undefined
}

/** Without a connect time-out, a silent host must not hide the ones after it. */
const shareWithoutLimitMs = 5_000

/**
 * Opens a connection to the first host that is fit for the role of the target. Every attempt has its share of the time
 * that is left. Rejects with one error that names each host with its reason.
 */
export async function firstFit(target: Target, limits: Limits, { sides, last }: Search): Promise<FitServer> {
  const hosts = hostsOf(target).toSorted((a, b) => Number(isSame(a, last)) - Number(isSame(b, last)))
  const deadline = performance.now() + limits.connectTimeoutMs
  const refusals: Refusal[] = []
  let spare: FitServer | undefined
  for (const [index, host] of hosts.entries()) {
    const share = shareOf(limits, deadline, hosts.length - index)
    const found = await tryHost(targetAt(target, host), share, { sides, target, hasWriter: spare !== undefined }).catch(
      async (error: unknown) => {
        if (isOfHost(error)) return { error, server: targetAt(target, host) }
        await spare?.connection.close()
        throw error
      },
    )
    if ('error' in found) refusals.push(found)
    else if (found.isSpare && spare === undefined) spare = found
    else if (found.isSpare) await found.connection.close()
    else {
      await spare?.connection.close()
      return found
    }
  }
  if (spare !== undefined) return spare
  throw noneIsFit(target, refusals)
}

const longLagSeconds = 10

/** A sentence about the data of a reader, if they are old or the writer's. */
export function readerNote({ role }: Target, { server, isSpare, behindSeconds = 0 }: FitServer): string | undefined {
  if (role !== 'reader') return undefined
  if (isSpare) return `no reader answers: reading from the writer, ${addressOf(server)}`
  return behindSeconds > longLagSeconds
    ? `reading from ${addressOf(server)}, which is ${behindSeconds} s behind`
    : undefined
}

export const isSame = (a: Host, b: Host | undefined): boolean => a.host === b?.host && a.port === b.port

function shareOf(limits: Limits, deadline: number, hostsLeft: number): Limits {
  if (limits.connectTimeoutMs === 0) return { ...limits, connectTimeoutMs: shareWithoutLimitMs }
  return { ...limits, connectTimeoutMs: Math.max(1, Math.ceil((deadline - performance.now()) / hostsLeft)) }
}

interface Attempt extends Pick<Search, 'sides'> {
  readonly target: Target
  readonly hasWriter: boolean
}

async function tryHost(server: Target, limits: Limits, { sides, target, hasWriter }: Attempt): Promise<FitServer> {
  const { role = 'any' } = target
  const opened = await openConnection(server, limits, { ...sides(server), askedRole: role })
  const { connection, role: answer = [], behindSeconds } = opened
  const fitness = role === 'any' ? 'fit' : fitnessOf(role, answer, hasWriter)
  if (typeof fitness === 'string') return { server, connection, isSpare: fitness === 'spare', behindSeconds }
  await connection.close()
  throw new DbtoolError('UNREACHABLE', `${addressOf(server)} ${fitness.against}`)
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

function noneIsFit({ role = 'any', inCode }: Target, refusals: readonly Refusal[]): DbtoolError {
  const codes = new Set(refusals.map(({ error }) => error.code))
  const [code = 'UNREACHABLE']: ErrorCode[] = codes.size === 1 ? [...codes] : []
  const reasons = refusals.map(({ error: { message }, server }) =>
    message.includes(addressOf(server)) ? message : `${addressOf(server)}: ${message}`,
  )
  const [only] = refusals
  const [message, hint] =
    refusals.length === 1
      ? [reasons.join(''), only?.error.hint ?? 'check the host and its role']
      : [`none of the ${refusals.length} hosts is ${inWords[role]}: ${reasons.join('; ')}`, hintFor(code, refusals)]
  const error = new DbtoolError(code, message, { hint, hintInCode: 'check the hosts of the pool', cause: only?.error })
  return inCode === true ? error.inCode() : error
}

/** One way out for all, or the list of the servers. */
function hintFor(code: ErrorCode, [first]: readonly Refusal[]): string {
  const isPassing = code === 'UNREACHABLE' || code === 'NODE_NOT_READY' || code === 'CONNECTION_LOST'
  return isPassing ? 'check --host, and see: dbtool cluster status' : (first?.error.hint ?? 'check --host')
}

/** The numbers of a server that answers and accepts no further connection. */
const full: readonly (number | undefined)[] = [1040, 1203, 1226]

/** Whether the server did not answer, or has left its cluster. A server that is full has answered. */
export function isGone(error: unknown): error is DbtoolError {
  if (!(error instanceof DbtoolError)) return false
  if (error instanceof DatabaseError && full.includes(error.errno)) return false
  return ['UNREACHABLE', 'CONNECTION_LOST', 'NODE_NOT_READY'].includes(error.code)
}
