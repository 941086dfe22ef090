import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { inject, onTestFinished } from 'vitest'
import type { Target } from '../../src/db/target.ts'

/** Makes the server listen on a free port of 127.0.0.1 until the test ends. Resolves to the port. */
export async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A network between dbtool and the private server that can be broken on purpose. */
export interface Proxy {
  readonly target: Target
  /** From now on drops everything in both directions silently. */
  swallow(): void
  /** Drops everything on the connections that are open now, as a firewall does that has forgotten them. */
  forget(): void
  /** Cuts every open connection. */
  cut(): void
  /** Forwards new connections again. */
  recover(): void
  /**
   * Cuts the connection when a client sends `word`: before the server receives it, or before its answer is forwarded.
   */
  cutAt(word: string, when: 'before' | 'after'): void
}

export async function brokenNetwork(target: Target): Promise<Proxy> {
  const lines = new Set<Socket>()
  const forgotten = new Set<Socket>()
  let swallowing = false
  let cut: { word: string; when: 'before' | 'after' } | undefined
  const listener = createServer((client) => {
    const server = connect(inject('socket'))
    for (const end of [client, server]) lines.add(end.on('error', () => undefined))
    const hangUp = (): void => [client, server].forEach((end) => end.destroy())
    client.on('close', hangUp)
    server.on('close', hangUp)
    server.on('data', (data) => {
      if (swallowing || forgotten.has(server)) return
      if (cut?.when === 'after' && wasSent) hangUp()
      else client.write(data)
    })
    let wasSent = false
    client.on('data', (data) => {
      wasSent ||= cut !== undefined && data.includes(cut.word)
      if (wasSent && cut?.when === 'before') hangUp()
      else if (!swallowing && !forgotten.has(client)) server.write(data)
    })
  })
  const port = await listening(listener)
  onTestFinished(() => lines.forEach((end) => end.destroy()))
  return {
    target: { ...target, socket: undefined, host: '127.0.0.1', port },
    swallow: () => void (swallowing = true),
    cut: () => lines.forEach((end) => end.destroy()),
    forget: () => lines.forEach((end) => forgotten.add(end)),
    recover: () => void (swallowing = false),
    cutAt: (word, when) => void (cut = { word, when }),
  }
}
