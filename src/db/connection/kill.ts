import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError, type ConnectionIdentity } from '../failures.ts'
import type { Queries } from '../queries.ts'
import type { Limits } from '../target.ts'
import { existing, serverName } from './server-name.ts'

/** Short limits for a connection beside another one: nobody wants to wait for a server that does not answer. */
export const sideLimits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_000, lockWaitMs: 1_000 }

const waitMs = 2_000
const pollMs = 20
/** Behind a balancer, one of the next connections may reach the right server. */
const mostConnections = 4

/** The server, or the account, has no further connection. */
const fullErrors: readonly (number | undefined)[] = [1040, 1203, 1226]
const isFull = (error: unknown): boolean => error instanceof DatabaseError && fullErrors.includes(error.errno)

type Opened = Queries & { close(): Promise<void> }
type What = 'CONNECTION' | 'QUERY'

/** One of dbtool's connections, on a server that is known. */
interface Known extends ConnectionIdentity {
  readonly server: string
}

interface Request {
  readonly what: What
  readonly on: Known
  readonly done: (isOver: boolean) => void
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
  readonly #connect: () => Promise<Opened>
  readonly isDirect: boolean
  #requests: Request[] = []
  #running = false
  #hasGivenUp = false

  constructor(connect: () => Promise<Opened>, { isDirect = false }: KillerOptions = {}) {
    this.#connect = connect
    this.isDirect = isDirect
  }

  /**
   * Kills a connection, whose transaction the server then rolls back. Resolves when it has ended, so that its outcome
   * can be looked up, or after two seconds. Never rejects. A connection whose server is unknown is left alone: its
   * number may belong to a stranger on the server that a new connection reaches.
   */
  async kill(connection: ConnectionIdentity): Promise<void> {
    await this.request('CONNECTION', connection)
  }

  /** Stops the statement that the connection runs, and keeps its transaction. Resolves when that was asked for. */
  async cancel(connection: ConnectionIdentity): Promise<void> {
    await this.request('QUERY', connection)
  }

  /** From now on, nothing is killed, and nobody waits for it: the server does not answer, or answers no statement. */
  giveUp(): void {
    this.#hasGivenUp = true
    for (const { done } of this.#requests) done(false)
    this.#requests = []
  }

  /** Kills a connection as {@link kill} does, if its server has an address of its own. Resolves to true if it ended. */
  async killAtAddress(connection: ConnectionIdentity): Promise<boolean> {
    return this.isDirect && (await this.request('CONNECTION', connection))
  }

  private request(what: What, { threadId, server }: ConnectionIdentity): Promise<boolean> {
    if (server === undefined || this.#hasGivenUp) return Promise.resolve(false)
    return new Promise((done) => {
      this.#requests.push({ what, on: { threadId, server }, done })
      if (!this.#running) void this.run()
    })
  }

  private async run(): Promise<void> {
    this.#running = true
    while (this.#requests.length > 0) {
      const requests = this.#requests
      this.#requests = []
      const servers = new Set(requests.map(({ on: { server } }) => server))
      for (const server of servers) {
        const ofServer = requests.filter(({ on }) => on.server === server)
        const isOver = await this.serve(server, ofServer)
        for (const { done } of ofServer) done(isOver)
      }
    }
    this.#running = false
  }

  /** Resolves to true if the killed connections have ended. */
  private async serve(server: string, requests: readonly Request[]): Promise<boolean> {
    const deadline = performance.now() + waitMs
    for (let connections = 0; connections < mostConnections;) {
      try {
        const side = await this.#connect()
        connections += 1
        const left = await handle(side, server, requests).finally(() => side.close())
        if (left !== undefined) return left === 0
      } catch (error) {
        // Without a connection to the server, nothing can be killed. A full server may have room in a moment.
        if (!isFull(error) || performance.now() > deadline) return false
        await sleep(pollMs)
      }
    }
    return false
  }
}

/** Resolves to the number of connections that still exist, undefined if this connection reached another server. */
async function handle(side: Queries, server: string, requests: readonly Request[]): Promise<number | undefined> {
  const killed = requests.filter(({ what }) => what === 'CONNECTION').map(({ on }) => on.threadId)
  for (const { what, on } of requests) await send(side, what, on)
  const deadline = performance.now() + waitMs
  for (;;) {
    const left = await existing(side, server, [0, ...killed])
    if (left === undefined || left.length === 0 || performance.now() > deadline) return left?.length
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
