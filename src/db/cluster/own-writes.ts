import { setTimeout as sleep } from 'node:timers/promises'
import { lockTimeout } from '../error-numbers.ts'
import { DbtoolError } from '../../errors.ts'
import { DatabaseError } from '../failures.ts'
import { firstRow, type Queries, type StatementOptions, type Value } from '../queries.ts'
import { isAhead } from './gtid.ts'

/** The last own write of a user, which the next server must have. */
export interface OwnWrite {
  /** The server that took it, as `host:port`, and its position as far as it is known. */
  readonly last: () => { readonly server: string | undefined; readonly position: string | undefined }
  /**
   * Resolves to the GTID position that a reader must have reached before it is read, such as `0-1-100` or
   * `0-1-100,1-2-5`. Undefined: nothing is known, and nothing is waited for.
   */
  readonly position: () => Promise<string | undefined>
}

/** The time in which a reader has to apply the last own write, unless a statement has less. */
export const catchUpMs = 5_000

/** The position of a writer after everything that it has committed; undefined for one without a binary log. */
export async function positionOf(writer: Queries): Promise<string | undefined> {
  const row = await firstRow<{ position: string | null }>(writer, 'SELECT @@GLOBAL.gtid_binlog_pos AS position')
  return row?.position || undefined
}

/** Whether a server lacks a transaction of this position: it neither wrote it nor replicated it. */
export async function lacks(server: Queries, position: string): Promise<boolean> {
  const row = await firstRow<{ position: string }>(server, 'SELECT @@GLOBAL.gtid_current_pos AS position')
  return isAhead(position, row?.position ?? '')
}

export interface CatchUp {
  /** Whether the reader is a node of a Galera cluster. */
  readonly isNode: boolean
  /** The position to wait for; a node needs none. */
  readonly position: string | undefined
  readonly waitMs?: number | undefined
}

/** A connection whose statements can be given up. */
interface Reader {
  rows<T>(sql: string, values?: readonly Value[], options?: StatementOptions): Promise<T[]>
}

/**
 * Waits until a reader has applied the position. A node applies everything that its cluster has committed until now.
 * Resolves to false if that takes longer than `waitMs`.
 */
export async function catchUp(reader: Reader, { isNode, position, waitMs = catchUpMs }: CatchUp): Promise<boolean> {
  if (isNode) return nodeCatchesUp(reader, performance.now() + waitMs)
  if (position === undefined) return true
  const sql = 'SELECT MASTER_GTID_WAIT(?, ?) AS result'
  const waiting = reader.rows<{ result: number | null }>(sql, [position, waitMs / 1_000])
  return isInTime(waiting.then(([row]) => row?.result === 0))
}

const pauseMs = 100

/**
 * No time limit of the server ends the wait of a node, so it is given up here. While the members of the cluster change,
 * as in a failover, a node refuses to wait, and is asked again.
 */
async function nodeCatchesUp(reader: Reader, deadline: number): Promise<boolean> {
  for (;;) {
    const timeoutMs = Math.max(1, deadline - performance.now())
    if (await isInTime(reader.rows('SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1', [], { timeoutMs }))) return true
    if (performance.now() + pauseMs >= deadline) return false
    await sleep(pauseMs)
  }
}

/** A wait that is too long ends with its result, with the error of a lock wait, or with a time-out. */
async function isInTime(waiting: Promise<unknown>): Promise<boolean> {
  try {
    return (await waiting) !== false
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === lockTimeout) return false
    if (error instanceof DbtoolError && error.code === 'STATEMENT_TIMEOUT') return false
    throw error
  }
}
