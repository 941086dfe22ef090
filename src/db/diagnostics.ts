import { channel } from 'node:diagnostics_channel'
import { DbtoolError, type ErrorCode } from '../errors.ts'
import { DatabaseError } from './failures.ts'
import { addressOf, type Target } from './target.ts'

/** `ok`, or the code of the error. */
export type Outcome = 'ok' | ErrorCode

interface OfPool {
  /** The pool that publishes; the object that `createPool` returned. */
  readonly pool: object
}

interface OfConnection {
  /** Host and port, or the path of the socket. */
  readonly server: string
  readonly database: string | undefined
  /** The number of the connection at the server, as `SHOW PROCESSLIST` shows it. */
  readonly connection: number | null
}

/** A caller asks, and no connection is free. */
export interface WaitEvent extends OfPool {
  /** The callers that wait now, with this one. */
  readonly waiting: number
}
/** A caller has got a connection, or an error. */
export interface AcquireEvent extends OfPool {
  readonly durationMs: number
  readonly outcome: Outcome
}
/** No connection became free in time; `acquire` follows with the outcome POOL_TIMEOUT. */
export interface TimeoutEvent extends OfPool {
  readonly durationMs: number
  readonly inUse: number
  readonly waiting: number
}
/** A lease is held for longer than `leakAfterMs`. */
export interface LeakEvent extends OfPool {
  readonly heldMs: number
  /** The stack of the caller that acquired the lease. */
  readonly stack: string
}
/** The pool has moved to another of its hosts, with all its connections. */
export interface FailoverEvent extends OfPool {
  readonly role: 'writer' | 'reader' | 'server'
  readonly from: string
  readonly to: string
  readonly reason: string
}
/** A connection was opened, or could not be. */
export interface ConnectEvent extends OfConnection {
  readonly durationMs: number
  readonly outcome: Outcome
}
/** A connection was closed, or is lost. */
export type CloseEvent = OfConnection
/** A statement has ended. It has its text with placeholders, and none of its values. */
export interface QueryEvent extends OfConnection {
  readonly sql: string
  readonly durationMs: number
  readonly outcome: Outcome
  /** The number of the server's error. */
  readonly errno: number | undefined
}

/** The channels of node:diagnostics_channel, which cost next to nothing while nobody has subscribed. */
export const channels = {
  wait: channel('dbtool:wait'),
  acquire: channel('dbtool:acquire'),
  timeout: channel('dbtool:timeout'),
  leak: channel('dbtool:leak'),
  failover: channel('dbtool:failover'),
  connect: channel('dbtool:connect'),
  close: channel('dbtool:close'),
  query: channel('dbtool:query'),
} as const

/** The outcome of work that failed with this error, or did not fail. */
export function outcomeOf(error: unknown): Outcome {
  if (error === undefined) return 'ok'
  return error instanceof DbtoolError ? error.code : 'UNEXPECTED'
}

const connectionOf = (target: Target, connection: number | null): OfConnection => ({
  server: addressOf(target),
  database: target.database,
  connection,
})

export function publishConnect(target: Target, connection: number | null, durationMs: number, error: unknown): void {
  if (!channels.connect.hasSubscribers) return
  const event: ConnectEvent = { ...connectionOf(target, connection), durationMs, outcome: outcomeOf(error) }
  channels.connect.publish(event)
}

export function publishClose(target: Target, connection: number | null): void {
  if (channels.close.hasSubscribers) channels.close.publish(connectionOf(target, connection) satisfies CloseEvent)
}

/** A statement that has ended. */
interface EndedStatement {
  readonly sql: string
  readonly ms: number
  readonly failure: unknown
}

export function publishQuery(target: Target, connection: number | null, { sql, ms, failure }: EndedStatement): void {
  if (!channels.query.hasSubscribers) return
  const errno = failure instanceof DatabaseError ? failure.errno : undefined
  const ended = { sql, durationMs: ms, outcome: outcomeOf(failure), errno }
  channels.query.publish({ ...connectionOf(target, connection), ...ended } satisfies QueryEvent)
}
