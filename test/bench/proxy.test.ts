import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CommandCounter } from '../../bench/proxy/command-counter.ts'
import { delayingProxy, type DelayingProxy } from '../../bench/proxy/delaying-proxy.ts'

/** An echo server behind a delaying proxy. */
async function echo(roundTripMs: number): Promise<DelayingProxy> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const proxy = await delayingProxy({ to: (server.address() as AddressInfo).port, roundTripMs })
  onTestFinished(() => {
    proxy.close()
    server.close()
  })
  return proxy
}

async function everythingFrom(socket: Socket): Promise<Buffer> {
  const received: Buffer[] = []
  for await (const chunk of socket as AsyncIterable<Buffer>) received.push(chunk)
  return Buffer.concat(received)
}

describe('a slow network', () => {
  it.each([0, 1, 5, 20])('of %i ms takes at least that long, each time', async (roundTripMs) => {
    const socket = connect((await echo(roundTripMs)).port, '127.0.0.1')
    for (let sent = 0; sent < 10; sent += 1) {
      const started = performance.now()
      socket.write(`hello ${sent}`)
      const [reply] = (await once(socket, 'data')) as [Buffer]
      expect(performance.now() - started).toBeGreaterThanOrEqual(roundTripMs)
      expect(String(reply)).toBe(`hello ${sent}`)
    }
    socket.destroy()
  })

  it('loses nothing and keeps order, however much is under way, and both ends hang up', async () => {
    const { port } = await echo(5)
    const all = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const sent = randomBytes(1_000_000)
        const socket = connect(port, '127.0.0.1')
        for (let at = 0; at < sent.length; at += 10_007) socket.write(sent.subarray(at, at + 10_007))
        socket.end()
        return sent.equals(await everythingFrom(socket))
      }),
    )
    expect(all).toEqual(Array.from({ length: 8 }, () => true))
  })
})

describe('commands of a client', () => {
  const packet = (sequence: number, ...body: number[]): Buffer => Buffer.from([body.length, 0, 0, sequence, ...body])
  const query = packet(0, 0x03, 0x31)
  const conversation = Buffer.concat([
    packet(1, 0x85, 0xa6),
    query,
    packet(0, 0x19, 1),
    packet(0, 0x17, ...Array.from({ length: 200 }, () => 0)),
    query,
    packet(2, 0x61),
    packet(0, 0x01),
  ])

  it.each([1, 2, 3, 5, 7, 100, 1_000])(
    'are counted when they come in pieces of %i bytes: neither log-in nor what has no answer',
    (length) => {
      const counter = new CommandCounter()
      const count = counter.ofOneClient()
      for (let at = 0; at < conversation.length; at += length) count(conversation.subarray(at, at + length))
      expect(counter.count).toBe(3)
    },
  )
})
