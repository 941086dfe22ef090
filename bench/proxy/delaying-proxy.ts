import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { CommandCounter } from './command-counter.ts'

/** A proxy on this machine that simulates a network with a given round-trip time. */
export interface DelayingProxy {
  /** The port on 127.0.0.1. */
  readonly port: number
  /** The number of commands of all clients so far. */
  readonly commands: () => number
  close(): void
}

export interface Line {
  /** The unix socket, or the port on 127.0.0.1, of the server. */
  readonly to: string | number
  readonly roundTripMs: number
}

/** The pause of the loop while data is in transit; timers of Node are too coarse for half of 5 ms. */
const napMs = 0.1

interface Parcel {
  readonly dueMs: number
  readonly deliver: () => void
}

/**
 * Starts a proxy that delays data in each direction by half a round trip. The delay of each piece counts from its own
 * arrival, so the order stays the same and throughput is not limited.
 */
export async function delayingProxy({ to, roundTripMs }: Line): Promise<DelayingProxy> {
  const post = new Post(roundTripMs / 2)
  const counter = new CommandCounter()
  const sockets = new Set<Socket>()
  // A peer that has ended its side can still receive data.
  const allowHalfOpen = true
  const listener = createServer({ allowHalfOpen }, (client) => {
    const server = connect(
      typeof to === 'string' ? { path: to, allowHalfOpen } : { port: to, host: '127.0.0.1', allowHalfOpen },
    )
    const count = counter.ofOneClient()
    client.on('data', count)
    for (const [from, onto] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from.setNoDelay(true))
      from.on('data', (data) => post.send(() => onto.write(data)))
      from.on('end', () => post.send(() => onto.end()))
      from.on('error', () => post.send(() => onto.destroy()))
      from.on('close', () => sockets.delete(from))
    }
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    listener.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: portOf(listener), commands: () => counter.count, close }
}

function portOf(listener: Server): number {
  return (listener.address() as AddressInfo).port
}

/** A queue for all directions. The delay is always the same, so the order of arrival is the order of delivery. */
class Post {
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  #parcels: Parcel[] = []
  #running = false

  constructor(private readonly delayMs: number) {}

  send(deliver: () => void): void {
    this.#parcels.push({ dueMs: performance.now() + this.delayMs, deliver })
    if (this.#running) return
    this.#running = true
    setImmediate(() => this.round())
  }

  private round(): void {
    const now = performance.now()
    const left = this.#parcels.findIndex(({ dueMs }) => dueMs > now)
    const due = this.#parcels.splice(0, left === -1 ? this.#parcels.length : left)
    for (const { deliver } of due) deliver()
    const [next] = this.#parcels
    this.#running = next !== undefined
    if (next === undefined) return
    Atomics.wait(this.#cell, 0, 0, Math.min(napMs, next.dueMs - now))
    setImmediate(() => this.round())
  }
}
