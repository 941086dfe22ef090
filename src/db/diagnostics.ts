import { channel } from 'node:diagnostics_channel'
import type { ErrorCode } from '../errors.ts'

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
/** A connection was opened, or could not be. */
export interface ConnectEvent extends OfConnection {
  readonly durationMs: number
  readonly outcome: Outcome
}
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
  connect: channel('dbtool:connect'),
  close: channel('dbtool:close'),
  query: channel('dbtool:query'),
} as const
