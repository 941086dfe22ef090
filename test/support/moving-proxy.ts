import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Target } from '../../src/db/target.ts'

export interface MovingProxy {
  readonly target: Target
  /** Cuts the clients off. Their connections to the first server stay open, and new ones go to the second server. */
  moveOn(): void
}

/** A proxy that moves its clients from one server to another, as after a health check that failed. */
export async function movingProxy(first: Target, second: Target): Promise<MovingProxy> {
  const [clients, servers] = [new Set<Socket>(), new Set<Socket>()]
  let [current, hasMoved] = [first, false]
  const listener = createServer((client) => {
    const toFirst = current === first
    const server = connect(current.port, current.host)
    clients.add(client.on('error', () => undefined))
    servers.add(server.on('error', () => undefined))
    client.pipe(server, { end: false })
    server.pipe(client)
    client.on('close', () => (toFirst && hasMoved) || server.destroy())
    server.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    listener.close()
    for (const end of [...clients, ...servers]) end.destroy()
  })
  return {
    target: { ...first, port: (listener.address() as AddressInfo).port },
    moveOn() {
      ;[current, hasMoved] = [second, true]
      for (const client of clients) client.destroy()
    },
  }
}
