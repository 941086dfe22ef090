import { setTimeout as sleep } from 'node:timers/promises'
import type { OwnWrite } from '../cluster/own-writes.ts'
import type { Connection } from '../connection/connection.ts'
import { firstFit, type FitServer, isGone, isSame, noteOn } from '../connection/first-fit.ts'
import { fitnessOf } from '../connection/server-role.ts'
import type { OnTrace } from '../queries.ts'
import { addressOf, type Limits, type Target } from '../target.ts'
import { ChosenHost } from './chosen-host.ts'

/** The move of a pool to another of its hosts. */
export interface Failover {
  readonly role: 'writer' | 'reader' | 'server'
  readonly from: string
  readonly to: string
  /** Such as `a:3306 does not answer`. */
  readonly reason: string
}

export interface ChosenServerOptions {
  readonly onTrace?: OnTrace | undefined
  /** A host was chosen, the first time or in a failover. */
  readonly onChosen?: ((address: string) => void) | undefined
  readonly onFailover?: ((failover: Failover) => void) | undefined
  /** A sentence about the data of the chosen server: they are old, or the writer's in place of a reader's. */
  readonly onNote?: ((sentence: string) => void) | undefined
  /** The write that a server must have when it is chosen. */
  readonly ownWrite?: OwnWrite | undefined
  /** The connections to the chosen server were closed. */
  readonly onLeft?: (() => void) | undefined
}

interface Departure {
  readonly server: Target
  readonly reason: string
}

const longestSearchMs = 10_000
/** Pause between two searches while a failover lasts. */
const searchPauseMs = 100

/**
 * The one server of several to which all connections of a pool go: the first that is fit for the role of the target.
 * When it is lost or no longer fit, all its connections are closed together, and the next one is chosen.
 */
export class ChosenServer {
  readonly #target: Target
  readonly #limits: Limits
  readonly #options: ChosenServerOptions
  #chosen: ChosenHost | undefined
  #search: Promise<Connection> | undefined
  #left: Departure | undefined
  #cluster: string | undefined
  #isClosed = false

  constructor(target: Target, limits: Limits, options: ChosenServerOptions = {}) {
    this.#target = target
    this.#limits = limits
    this.#options = options
  }

  /** Opens a connection to the chosen server. Callers that find none share one search for it. */
  async connect(signal?: AbortSignal): Promise<Connection> {
    for (;;) {
      const chosen = this.#chosen
      const connection = chosen === undefined ? undefined : await this.connectTo(chosen, signal)
      if (connection !== undefined) return connection
      if (this.#search !== undefined) await this.#search
      else if (this.#chosen === undefined) return this.startSearch(signal)
    }
  }

  /** Ends the monitor and the search. */
  close(): void {
    this.#isClosed = true
    this.#chosen?.close()
  }

  /** Resolves to undefined if the server is lost, or no longer fit. */
  private async connectTo(chosen: ChosenHost, signal: AbortSignal | undefined): Promise<Connection | undefined> {
    const { role = 'any' } = this.#target
    const opened = await chosen.open(this.#limits, role, signal)
    if (opened === undefined) return undefined
    const fitness = role === 'any' ? 'fit' : fitnessOf(role, opened.role ?? [], true)
    if (typeof fitness === 'string' && this.#chosen === chosen) return this.adopt(chosen, opened.connection)
    if (typeof fitness !== 'string') this.leave(chosen, fitness.against)
    await opened.connection.close()
    return undefined
  }

  private startSearch(signal: AbortSignal | undefined): Promise<Connection> {
    this.#search = this.search(signal).finally(() => (this.#search = undefined))
    return this.#search
  }

  /** During a failover, searches again for some seconds: the next server needs a moment, too. */
  private async search(signal: AbortSignal | undefined): Promise<Connection> {
    const started = performance.now()
    const hosts = new Map<string, ChosenHost>()
    const at = (server: Target): ChosenHost => {
      const host = hosts.get(addressOf(server)) ?? this.hostAt(server)
      hosts.set(addressOf(server), host)
      return host
    }
    for (;;) {
      try {
        const sides = (server: Target): ChosenHost['options'] => ({ ...at(server).options, signal })
        const [{ ownWrite }, last, cluster] = [this.#options, this.#left?.server, this.#cluster]
        const found = await firstFit(this.#target, this.#limits, { sides, last, cluster, ownWrite })
        this.#chosen = at(found.server)
        this.#cluster = found.cluster
        this.announce(found)
        return this.adopt(this.#chosen, found.connection)
      } catch (error) {
        const isLate = performance.now() - started >= longestSearchMs
        if (this.#left === undefined || !isGone(error) || isLate || this.#isClosed) throw error
        await sleep(searchPauseMs)
      }
    }
  }

  private hostAt(server: Target): ChosenHost {
    const { onTrace } = this.#options
    const host: ChosenHost = new ChosenHost(server, { onTrace, onUnfit: (why) => this.leave(host, why) })
    return host
  }

  private adopt(chosen: ChosenHost, connection: Connection): Connection {
    chosen.adopt(connection)
    if (this.#isClosed) chosen.close()
    return connection
  }

  private leave(host: ChosenHost, why: string): void {
    // A reader refuses changes, and is a reader for that.
    if (this.#chosen !== host || (this.#target.role !== 'writer' && why === 'is read-only')) return
    this.#chosen = undefined
    this.#left = { server: host.server, reason: `${addressOf(host.server)} ${why}` }
    host.leave(why)
    this.#options.onLeft?.()
  }

  private announce(found: FitServer): void {
    const { role = 'any' } = this.#target
    const [note, left] = [noteOn(this.#target, found), this.#left]
    this.#left = undefined
    this.#options.onChosen?.(addressOf(found.server))
    if (note !== undefined) this.#options.onNote?.(note)
    // The note about a reader names the new one, too.
    const isNoted = note !== undefined && role === 'reader'
    if (left !== undefined && !isNoted && !isSame(found.server, left.server))
      this.#options.onFailover?.({
        role: role === 'any' ? 'server' : role,
        from: addressOf(left.server),
        to: addressOf(found.server),
        reason: left.reason,
      })
  }
}
