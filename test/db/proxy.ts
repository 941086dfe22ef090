import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { inject, onTestFinished } from 'vitest'
import type { Target } from '../../src/db/target.ts'

/** The port of 127.0.0.1 on which it listens from now on, until the test ends. */
export async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A network between dbtool and the private server that can be broken on purpose. */
export interface Proxy {
  readonly target: Target
  /** From now on nothing gets through in either direction, and nobody is told. */
  swallow(): void
  /** New connections get through again. */
  recover(): void
  /** Cuts the line when a client says `word`: before the server hears it, or after it heard and before it answers. */
  cutAt(word: string, when: 'before' | 'after'): void
}

export async function brokenNetwork(target: Target): Promise<Proxy> {
  const lines = new Set<Socket>()
  let swallowing = false
  let cut: { word: string; when: 'before' | 'after' } | undefined
  const listener = createServer((client) => {
    const server = connect(inject('socket'))
    for (const end of [client, server]) lines.add(end.on('error', () => undefined))
    const hangUp = (): void => [client, server].forEach((end) => end.destroy())
    client.on('close', hangUp)
    server.on('close', hangUp)
    server.on('data', (data) => {
      if (swallowing) return
      if (cut?.when === 'after' && saidIt) hangUp()
      else client.write(data)
    })
    let saidIt = false
    client.on('data', (data) => {
      saidIt ||= cut !== undefined && data.includes(cut.word)
      if (saidIt && cut?.when === 'before') hangUp()
      else if (!swallowing) server.write(data)
    })
  })
  const port = await listening(listener)
  onTestFinished(() => lines.forEach((end) => end.destroy()))
  return {
    target: { ...target, socket: undefined, host: '127.0.0.1', port },
    swallow: () => void (swallowing = true),
    recover: () => void (swallowing = false),
    cutAt: (word, when) => void (cut = { word, when }),
  }
}
