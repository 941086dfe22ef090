import { setTimeout as sleep } from 'node:timers/promises'
import { connectTimeout, serverFull } from '../error-numbers.ts'
import { DbtoolError } from '../../errors.ts'
import { DatabaseError, type ConnectionIdentity } from '../failures.ts'
import type { Queries } from '../queries.ts'
import type { Limits } from '../target.ts'
import { existing, serverName } from './server-name.ts'
import { onAbort } from '../on-abort.ts'

/** Short limits for a connection beside another one: nobody wants to wait for a server that does not answer. */
export const sideLimits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, lockWaitMs: 1_000 }

const waitMs = 2_000
const pollMs = 20
/** Behind a balancer, one of the next connections may reach the right server. */
const mostConnections = 4
const mostAstray = 32
const longestPauseMs = 10
/** Pauses while the server takes no connection: twice as long each time. */
const shortestPatienceMs = 50
const longestPatienceMs = 500

interface SideConnection extends Queries {
  /** The name of its server, if that is known. */
  readonly reached: string | undefined
  close(): Promise<void>
}

type What = 'CONNECTION' | 'QUERY'

/** One of dbtool's connections, on a server that is known. */
interface Known extends ConnectionIdentity {
  readonly server: string
}

/** `late`: the statement may still run. `unreachable`: its server is gone, or cannot be reached from here. */
type Result = 'over' | 'late' | 'unreachable'

interface Request {
  readonly what: What
  readonly on: Known
  /** On the clock of performance.now(). */
  readonly until: () => number
  readonly done: (result: Result) => void
}

export interface KillerOptions {
  /** Its connections reach one server of several at that server's own address. */
  readonly isDirect?: boolean
}

/**
 * Kills connections and statements of dbtool at their server, over a connection of its own. A pool has one for all its
 * connections, so that it never opens more than one for this. Needs no privilege for connections of the same user.
 */
export class Killer {
  readonly #connect: () => Promise<SideConnection>
  readonly isDirect: boolean
  #requests: Request[] = []
  #running = false
  #hasGivenUp = false

  constructor(connect: () => Promise<SideConnection>, { isDirect = false }: KillerOptions = {}) {
    this.#connect = connect
    this.isDirect = isDirect
  }

  /**
   * Kills a connection, whose transaction the server then rolls back. Resolves to true when it has ended, so that its
   * outcome can be looked up. Resolves to false if that takes longer than two seconds; with `patience`, two seconds
   * after that is aborted. Never rejects. A connection whose server is unknown is left alone: its number may belong to
   * a stranger on the server that a new connection reaches.
   */
  async kill(connection: ConnectionIdentity, patience?: AbortSignal): Promise<boolean> {
    return (await this.request('CONNECTION', connection, patience)) !== 'late'
  }

  /** Stops the statement that the connection runs, and keeps its transaction. Resolves when that was asked for. */
  async cancel(connection: ConnectionIdentity): Promise<void> {
    await this.request('QUERY', connection)
  }

  /** From now on, nothing is killed, and nobody waits for it: the server does not answer, or answers no statement. */
  giveUp(): void {
    this.#hasGivenUp = true
    this.endAll('unreachable')
  }

  /** Kills a connection as {@link kill} does, if its server has an address of its own. Resolves to true if it ended. */
  async killAtAddress(connection: ConnectionIdentity): Promise<boolean> {
    return this.isDirect && (await this.request('CONNECTION', connection)) === 'over'
  }

  private request(what: What, { threadId, server }: ConnectionIdentity, patience?: AbortSignal): Promise<Result> {
    if (server === undefined || this.#hasGivenUp) return Promise.resolve('unreachable')
    return new Promise((resolve) => {
      let until = performance.now() + waitMs
      const stopListening = onAbort(patience, () => void (until = performance.now() + waitMs))
      const done = (result: Result): void => {
        stopListening()
        resolve(result)
      }
      const isPatient = (): boolean => patience?.aborted === false
      this.#requests.push({ what, on: { threadId, server }, until: () => (isPatient() ? Infinity : until), done })
      if (!this.#running) void this.run()
    })
  }

  private async run(): Promise<void> {
    this.#running = true
    let astray = 0
    let patienceMs = shortestPatienceMs
    while (this.#requests.length > 0) {
      const result = await this.serveOne()
      astray = result === 'astray' ? astray + 1 : 0
      if (result === 'gone' || astray >= mostAstray) this.endAll('unreachable')
      this.end('late', ({ until }) => performance.now() >= until())
      if (result === 'closed' && this.#requests.length > 0) {
        await sleep(patienceMs)
        patienceMs = Math.min(longestPatienceMs, 2 * patienceMs)
      } else patienceMs = shortestPatienceMs
      // Otherwise a balancer that takes its servers in turn could lead every one of these to the same server.
      if (astray > 0) await sleep(Math.random() * longestPauseMs)
    }
    this.#running = false
  }

  /**
   * Serves the requests for the server that a new connection reaches. Resolves to `astray` if there are none. Resolves
   * to `closed` if the server does not answer, or has no connection left for the account. That may change in a moment.
   * Resolves to `gone` if nobody listens there.
   */
  private async serveOne(): Promise<'served' | 'astray' | 'closed' | 'gone'> {
    try {
      const side = await this.#connect()
      try {
        return (await this.serve(side)) ? 'served' : 'astray'
      } finally {
        await side.close()
      }
    } catch (error) {
      const errno = error instanceof DatabaseError ? error.errno : undefined
      if (errno === connectTimeout || serverFull.includes(errno)) return 'closed'
      return error instanceof DbtoolError && error.code === 'UNREACHABLE' ? 'gone' : 'astray'
    }
  }

  private async serve(side: SideConnection): Promise<boolean> {
    const server = side.reached
    const requests = this.#requests.filter(({ on }) => on.server === server)
    if (server === undefined || requests.length === 0) return false
    const left = await handle(side, server, requests).catch(() => undefined)
    const isOver = ({ what, on }: Request): boolean => what === 'QUERY' || left?.includes(on.threadId) === false
    this.end('over', (request) => requests.includes(request) && isOver(request))
    return left !== undefined
  }

  private endAll(result: Result): void {
    this.end(result, () => true)
  }

  private end(result: Result, which: (request: Request) => boolean): void {
    const ended = this.#requests.filter(which)
    this.#requests = this.#requests.filter((request) => !ended.includes(request))
    for (const { done } of ended) done(result)
  }
}

/**
 * Kills what the requests name. Resolves to the connections that still exist, within two seconds; undefined if this
 * connection reached another server.
 */
async function handle(side: Queries, server: string, requests: readonly Request[]): Promise<number[] | undefined> {
  const killed = requests.filter(({ what }) => what === 'CONNECTION').map(({ on }) => on.threadId)
  for (const { what, on } of requests) await send(side, what, on)
  const deadline = performance.now() + waitMs
  for (;;) {
    const left = await existing(side, server, [0, ...killed])
    if (left === undefined || left.length === 0 || performance.now() > deadline) return left
    await sleep(pollMs)
  }
}

/**
 * The server that executes the statement compares its own name, whatever a proxy does with the connections. Elsewhere
 * it is KILL 0, which is no connection.
 */
function send(queries: Queries, what: What, { threadId, server }: Known): Promise<unknown> {
  // The connection may have ended by now.
  return queries.execute(`KILL ${what} IF(${serverName} = ?, ?, 0)`, [server, threadId]).catch(() => undefined)
}

/**
 * After losing a connection, kills its statement at the server before a retry: otherwise the first attempt could still
 * commit. Resolves to true when the connection has ended, and only then the outcome is final. If `queries` reach
 * another server than the connection did, nothing is killed there. One of several hosts is then asked at its own
 * address; without that, it resolves to false. Rejects with OUTCOME_UNKNOWN if the statement is still running after two
 * seconds, or with the reason why the server cannot be queried.
 */
export async function killLostStatement(queries: Queries, lost: ConnectionIdentity): Promise<boolean> {
  const { threadId, server } = lost
  if (server === undefined) return false
  const deadline = performance.now() + waitMs
  for (let attempt = 1; ; attempt += 1) {
    const left = await existing(queries, server, [threadId])
    if (left?.length === 0) return true
    if (left === undefined && lost.killer !== undefined) return lost.killer.killAtAddress(lost)
    if (left === undefined && attempt >= mostConnections) return false
    if (performance.now() > deadline)
      throw new DatabaseError('OUTCOME_UNKNOWN', 'the server is still running a statement of a lost connection', {
        hint: 'try again',
      })
    await send(queries, 'CONNECTION', { threadId, server })
    if (left !== undefined) await sleep(pollMs)
  }
}
