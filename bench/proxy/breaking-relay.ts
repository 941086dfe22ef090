import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A relay on this machine that breaks on purpose. */
export interface BreakingRelay {
  /** The port on 127.0.0.1. */
  readonly port: number
  /** Drops everything on the connections that are open now, and tells nobody. */
  forget(): void
  /** Cuts all connections, and refuses new ones until `recover`. */
  fail(): void
  recover(): void
  close(): void
}

export async function breakingRelay(socket: string): Promise<BreakingRelay> {
  const ends = new Set<Socket>()
  const forgotten = new Set<Socket>()
  let failing = false
  const relay = (from: Socket, to: Socket): void => {
    from.on('data', (data) => forgotten.has(from) || to.write(data))
    from
      .on('error', () => undefined)
      .on('close', () => {
        ends.delete(from)
        to.destroy()
      })
  }
  const listener = createServer({ noDelay: true }, (client) => {
    if (failing) {
      client.on('error', () => undefined).destroy()
      return
    }
    const server = connect(socket)
    for (const end of [client, server]) ends.add(end)
    relay(client, server)
    relay(server, client)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const cut = (): void => ends.forEach((end) => end.destroy())
  return {
    port: (listener.address() as AddressInfo).port,
    forget: () => ends.forEach((end) => forgotten.add(end)),
    fail: () => {
      failing = true
      cut()
    },
    recover: () => void (failing = false),
    close: () => {
      cut()
      listener.close()
    },
  }
}
