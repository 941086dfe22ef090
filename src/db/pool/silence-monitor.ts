import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '../connection/connection.ts'
import { isGone } from '../connection/first-fit.ts'
import { sideLimits } from '../connection/kill.ts'
import { openConnection } from '../connection/open-connection.ts'
import type { Target } from '../target.ts'

const intervalMs = 500
const silentAfterMs = 1_000
/** After this process was busy itself, an answer may wait in its socket. */
const graceMs = 250
/** Under load, a login takes longer than a ping. */
const connectTimeoutMs = 2_000

interface Watched {
  /** Whether statements are running at the server. */
  readonly isBusy: () => boolean
  readonly onSilent: () => void
}

/**
 * Pings a server on a connection of its own while statements are running there. A frozen server, or one behind a broken
 * network, gives no error by itself.
 */
export class SilenceMonitor {
  readonly #target: Target
  readonly #watched: Watched
  #timer: NodeJS.Timeout | undefined
  #side: Connection | undefined
  #look: Promise<boolean> | undefined

  constructor(target: Target, watched: Watched) {
    this.#target = target
    this.#watched = watched
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.watch(), intervalMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    void this.#side?.close()
    this.#side = undefined
  }

  /** Resolves to whether the server answers now. */
  isAnswering(): Promise<boolean> {
    this.#look ??= this.look().finally(() => (this.#look = undefined))
    return this.#look
  }

  private async watch(): Promise<void> {
    if (this.#look !== undefined || !this.#watched.isBusy()) return
    if (!(await this.isAnswering()) && this.#timer !== undefined) this.#watched.onSilent()
  }

  private async look(): Promise<boolean> {
    // A connection that was closed, such as by KILL, says nothing about the server; a second one does.
    const first = await this.ask()
    return (first === 'closed' ? await this.ask() : first) === 'alive'
  }

  private async ask(): Promise<'alive' | 'closed' | 'silent'> {
    try {
      this.#side ??= await this.open()
    } catch (error) {
      // A server that accepts no further connection has answered.
      return isGone(error) ? 'silent' : 'alive'
    }
    const side = this.#side
    const answered = side.ping(silentAfterMs + graceMs * 2)
    const inTime = (ms: number): Promise<boolean | undefined> =>
      Promise.race([answered, sleep(ms, undefined, { ref: false })])
    const isAlive = (await inTime(silentAfterMs)) ?? (await inTime(graceMs))
    if (isAlive === true) return 'alive'
    this.#side = undefined
    side.destroy()
    return isAlive === false ? 'closed' : 'silent'
  }

  private async open(): Promise<Connection> {
    const { connection } = await openConnection(this.#target, { ...sideLimits, connectTimeoutMs })
    if (this.#timer === undefined) connection.destroy()
    return connection
  }
}
