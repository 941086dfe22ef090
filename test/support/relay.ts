import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { listening } from '../db/proxy.ts'

export interface Relay {
  readonly port: number
  /** The number of connections so far. */
  readonly connections: number
}

export interface RelayOptions {
  /** The number that a proxy writes into each greeting, as one does that has connections of its own. */
  readonly threadId?: number
  /** The number of the collation in each greeting, which is that of the server's default character set. */
  readonly collation?: number
  /** Receives all that clients send. */
  readonly onSent?: (data: Buffer) => void
}

/** A balancer in front of several sockets: each connection goes to the next one, until the test ends. */
export async function roundRobin(
  sockets: readonly string[],
  { threadId, collation, onSent }: RelayOptions = {},
): Promise<Relay> {
  const lines = new Set<Socket>()
  let connections = 0
  const listener = createServer((client) => {
    const server = connect(sockets[connections % sockets.length] ?? '')
    connections += 1
    for (const end of [client, server]) lines.add(end.on('error', () => undefined))
    server.once('data', (greeting: Buffer) => {
      const named = collation === undefined ? greeting : withCollation(greeting, collation)
      client.write(threadId === undefined ? named : withThreadId(named, threadId))
      server.on('data', (data) => client.write(data))
    })
    client.on('data', (data) => {
      onSent?.(data)
      server.write(data)
    })
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
  })
  onTestFinished(() => lines.forEach((end) => end.destroy()))
  const port = await listening(listener)
  return {
    port,
    get connections() {
      return connections
    },
  }
}

/** The collation follows the version, the number of the connection, a salt, a zero and capabilities. */
function withCollation(greeting: Buffer, collation: number): Buffer {
  const [headerAndProtocol, threadAndSalt, zeroAndCapabilities] = [5, 12, 3]
  const changed = Buffer.from(greeting)
  changed.writeUInt8(collation, greeting.indexOf(0, headerAndProtocol) + 1 + threadAndSalt + zeroAndCapabilities)
  return changed
}

/** The number follows the version, which ends with a zero. */
export function withThreadId(greeting: Buffer, threadId: number): Buffer {
  const headerAndProtocol = 5
  const changed = Buffer.from(greeting)
  changed.writeUInt32LE(threadId, greeting.indexOf(0, headerAndProtocol) + 1)
  return changed
}
