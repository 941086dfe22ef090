import { DatabaseError } from '../failures.ts'
import { explained, lockWaits, type LockWait } from '../lock-waits.ts'
import type { Queries } from '../queries.ts'
import { timerMs } from '../target.ts'

type Opened = Queries & { close(): Promise<void> }

/**
 * Looks up on a connection of its own what statements wait for, shortly before their time is over. After a time-out,
 * the server gives the same error for every kind of lock.
 */
export class LockObserver {
  readonly #connect: () => Promise<Opened>
  #look: Promise<readonly LockWait[]> | undefined

  constructor(connect: () => Promise<Opened>) {
    this.#connect = connect
  }

  /**
   * Resolves to the wait of a connection, undefined if none is visible. Connections that ask at the same time share one
   * look. Never rejects.
   */
  async waitOf(threadId: number): Promise<LockWait | undefined> {
    this.#look ??= this.look().finally(() => (this.#look = undefined))
    return (await this.#look).find(({ waiting }) => waiting === threadId)
  }

  private async look(): Promise<readonly LockWait[]> {
    try {
      const connection = await this.#connect()
      try {
        return await lockWaits(connection)
      } finally {
        await connection.close()
      }
    } catch {
      return []
    }
  }
}

/** The look comes this long before the end of the lock wait, or after half of it. */
const leadMs = 2_000

/** Watches one statement on the connection with this number. */
export class LockWatch {
  readonly #timer: NodeJS.Timeout
  #wait: Promise<LockWait | undefined> | undefined

  constructor(observer: LockObserver, threadId: number, lockWaitMs: number) {
    const afterMs = Math.max(lockWaitMs / 2, lockWaitMs - leadMs)
    this.#timer = setTimeout(() => void (this.#wait = observer.waitOf(threadId)), timerMs(afterMs))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** Resolves to the error; that of a lock wait with the kind of the lock and its holder, if these were seen. */
  async explain(error: Error): Promise<Error> {
    if (!(error instanceof DatabaseError) || error.code !== 'LOCK_TIMEOUT') return error
    const wait = await this.#wait
    return wait === undefined ? error : explained(error, wait)
  }
}
