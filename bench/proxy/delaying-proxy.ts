import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { CommandCounter } from './command-counter.ts'

/** A network with a round trip of its own between a client and a server, on this machine. */
export interface DelayingProxy {
  /** Of 127.0.0.1. */
  readonly port: number
  /** Commands of all clients so far. */
  readonly commands: () => number
  close(): void
}

export interface Line {
  /** The unix socket or the port of 127.0.0.1 that it leads to. */
  readonly to: string | number
  readonly roundTripMs: number
}

/** How long the loop sleeps at a time while something is under way: timers of Node are too coarse for half of 5 ms. */
const napMs = 0.1

interface Parcel {
  readonly dueMs: number
  readonly deliver: () => void
}

/**
 * Holds what comes in either direction back for half a round trip, each piece from its own arrival on: order is kept
 * and
 * nothing waits for something else, so it delays without limiting throughput.
 */
export async function delayingProxy({ to, roundTripMs }: Line): Promise<DelayingProxy> {
  const post = new Post(roundTripMs / 2)
  const counter = new CommandCounter()
  const sockets = new Set<Socket>()
  // Who has said everything may still be told something.
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

/** The delay is the same for all, so what was sent first is due first, whoever sent it. */
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
