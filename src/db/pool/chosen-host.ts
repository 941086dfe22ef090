import { connectTimeout } from '../error-numbers.ts'
import { DatabaseError } from '../failures.ts'
import type { Connection } from '../connection/connection.ts'
import { isGone } from '../connection/first-fit.ts'
import type { Killer } from '../connection/kill.ts'
import {
  type ConnectOptions,
  killerOf,
  lockObserver,
  openConnection,
  type OpenedConnection,
} from '../connection/open-connection.ts'
import type { OnTrace } from '../queries.ts'
import type { Limits, Target, TargetRole } from '../target.ts'
import { SilenceMonitor } from './silence-monitor.ts'

interface ChosenHostOptions {
  readonly onTrace: OnTrace | undefined
  /** The host is to be left, for this reason; it continues the address. */
  readonly onUnfit: (why: string) => void
}

export const silent = 'does not answer'
const notReady = 'is not ready'
const readOnly = 'is read-only'

/** One of several hosts, with all connections of a pool to it. */
export class ChosenHost {
  readonly options: ConnectOptions
  readonly #connections = new Set<Connection>()
  /** The callers that wait for a connection while the host is chosen. */
  readonly #opening = new Set<() => void>()
  readonly #monitor: SilenceMonitor
  readonly #killer: Killer
  readonly #onUnfit: (why: string) => void

  constructor(
    readonly server: Target,
    { onTrace, onUnfit }: ChosenHostOptions,
  ) {
    this.#onUnfit = onUnfit
    this.#killer = killerOf(server, { isDirect: true })
    this.#monitor = new SilenceMonitor(server, {
      isBusy: () => this.#opening.size > 0 || [...this.#connections].some(isAtWork),
      onSilent: () => onUnfit(silent),
    })
    this.options = {
      onTrace,
      locks: lockObserver(server),
      killer: this.#killer,
      onUnfit: ({ code, message }) => {
        if (code === 'NODE_NOT_READY') onUnfit(notReady)
        else if (/read.?only/i.test(message)) onUnfit(readOnly)
      },
    }
  }

  /**
   * Opens a connection. Resolves to undefined if the host was left meanwhile, also because of this attempt. Rejects
   * with an error for which it is not left.
   */
  async open(limits: Limits, askedRole: TargetRole, signal?: AbortSignal): Promise<OpenedConnection | undefined> {
    let isLeft = (): void => undefined
    const left = new Promise<undefined>((resolve) => (isLeft = () => resolve(undefined)))
    this.#opening.add(isLeft)
    const opening = openConnection(this.server, limits, { ...this.options, askedRole, signal })
    try {
      return await Promise.race([opening, left])
    } catch (error) {
      if (!isGone(error) || (isLate(error) && (await this.#monitor.isAnswering()))) throw error
      this.#onUnfit(error.code === 'NODE_NOT_READY' ? notReady : silent)
      return undefined
    } finally {
      if (!this.#opening.delete(isLeft))
        void opening.then(({ connection }) => connection.close()).catch(() => undefined)
    }
  }

  /** Takes over a connection to this host. */
  adopt(connection: Connection): Connection {
    for (const other of this.#connections) if (!other.usable && !other.abandoned) this.#connections.delete(other)
    this.#connections.add(connection)
    this.#monitor.start()
    return connection
  }

  /** Closes all connections to the host. Their statements reject, and are retried on the next host. */
  leave(why: string): void {
    this.#monitor.stop()
    // A server that became read-only still runs what was sent before.
    if (why !== readOnly) this.#killer.giveUp()
    for (const isLeft of this.#opening) isLeft()
    this.#opening.clear()
    for (const connection of this.#connections) connection.destroy()
  }

  /** Ends the monitor. */
  close(): void {
    this.#monitor.stop()
  }
}

/** A statement runs, or the server is asked to end one: the pool keeps its place until it answers. */
const isAtWork = ({ busy, abandoned }: Connection): boolean => busy || abandoned

/** Under load, a login can take longer than the connect time-out, although the server answers. */
const isLate = (error: unknown): boolean => error instanceof DatabaseError && error.errno === connectTimeout
