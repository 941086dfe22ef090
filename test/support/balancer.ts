import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Target } from '../../src/db/target.ts'

/** The target behind which there are several servers. */
export interface Balancer extends Target {
  /** Cuts all connections, and accepts new ones. */
  cut(): void
}

/**
 * A proxy before several servers, as HAProxy balances connections: to the first server that accepts one, or to each in
 * turn. It knows nothing about the servers but whether they accept connections.
 */
export async function balancer(targets: readonly Target[], how: 'first' | 'in turn'): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const listener = createServer((client) => {
    open.add(client)
    client.on('error', () => undefined).on('close', () => open.delete(client))
    const first = how === 'first' ? 0 : turn++
    forward(
      client,
      targets.map((_target, index) => targets[(first + index) % targets.length]!),
    )
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const cut = (): void => open.forEach((client) => client.destroy())
  onTestFinished(() => {
    listener.close()
    cut()
  })
  return { ...targets[0]!, port: (listener.address() as AddressInfo).port, cut }
}

function forward(client: Socket, [target, ...others]: readonly Target[]): void {
  if (target === undefined) return void client.destroy()
  const server = connect(target.port, target.host)
  let isConnected = false
  server.on('connect', () => {
    isConnected = true
    client.pipe(server).pipe(client)
  })
  server.on('error', () => (isConnected ? client.destroy() : forward(client, others)))
  server.on('close', () => isConnected && client.destroy())
  client.on('close', () => server.destroy())
}
