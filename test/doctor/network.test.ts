import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { socketTarget, type Target } from '../../src/db/target.ts'
import { findRoute, probeTcp, timed } from '../../src/doctor/gather/network.ts'

const { signal } = new AbortController()
const deadline = { timeoutMs: 10_000, signal }
const at = (host: string, port = 3306): Target => ({ ...socketTarget('', 'ada'), socket: undefined, host, port })

describe('the route to a server', () => {
  it.each([
    ['a socket', socketTarget('/run/db.sock', 'ada'), { kind: 'socket', addresses: [] }],
    ['an address', at('192.0.2.7'), { kind: 'address', addresses: ['192.0.2.7'] }],
    ['another kind of address', at('2001:db8::1'), { kind: 'address', addresses: ['2001:db8::1'] }],
    [
      'a name',
      at('localhost'),
      { kind: 'name', addresses: expect.arrayContaining([expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]) },
    ],
  ])('to %s', async (_what, target, route) => {
    expect(await findRoute(target, deadline)).toEqual({
      ...route,
      ms: expect.any(Number),
      ...(route.kind === 'name' ? { failure: undefined } : {}),
    })
  })

  it('is open if a server listens, and the probe closes its connection', async () => {
    const server = createServer()
    const closed = new Promise((resolve) => server.on('connection', (socket) => socket.resume().on('close', resolve)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    expect(await probeTcp(at('127.0.0.1', (server.address() as AddressInfo).port), deadline)).toEqual({
      ms: expect.any(Number),
      failure: undefined,
    })
    await closed
    server.close()
  })

  it.each([
    ['no answer', { timeoutMs: 1, signal }, () => new Promise<void>(() => undefined), 'TIMEOUT'],
    [
      'an interrupt',
      { timeoutMs: 0, signal: AbortSignal.abort() },
      () => new Promise<void>(() => undefined),
      'ABORTED',
    ],
    [
      'an error of Node',
      deadline,
      () => Promise.reject(Object.assign(new Error('no'), { code: 'EHOSTUNREACH' })),
      'EHOSTUNREACH',
    ],
    ['success, without any limit', { timeoutMs: 0, signal }, () => Promise.resolve(), undefined],
  ])('ends with %s', async (_what, limits, work, failure) => {
    expect(await timed(limits, work)).toEqual({ ms: expect.any(Number), failure })
  })
})
