import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import type { Target } from '../../src/db/target.ts'
import { insertProduct } from '../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, withPool } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { environmentOf, openShop, operations, type Shop } from './support/operations.ts'
import { packetProxy, type PacketProxy } from './support/packets.ts'

const database = testDatabase()
const folder = temporaryFolder()
const outageMs = 400
let shop: Shop
let opening = 0

const over = ({ port }: PacketProxy): Target => ({ ...database.target, socket: undefined, host: '127.0.0.1', port })

beforeAll(async () => {
  const author = { osUser: 'tester', command: 'test' }
  const product = await insertProduct(database.connection, author, {
    sku: 'OUT',
    name: 'Out',
    price: '1.00',
    stock: 100,
  })
  const user = await insertUser(database.connection, author, {
    username: 'waiter',
    email: 'waiter@example.com',
    passwordHash: noLogin,
  })
  shop = { userId: user.id, productId: product.id, folder }
  const proxy = await packetProxy(inject('socket'))
  await openShop(over(proxy), () => (opening = proxy.counts.up))
  await proxy.close()
})

/**
 * The server goes away at a packet after the shop was opened. It comes back a while after it has refused a connection,
 * however slow its client is.
 */
async function outageAfter(packets: number): Promise<PacketProxy> {
  const proxy = await packetProxy(inject('socket'), { direction: 'up', packet: opening + packets, how: 'cut before' })
  onTestFinished(() => proxy.close())
  proxy.refuseAfterwards(true)
  const watch = setInterval(() => {
    if (proxy.refused === 0) return
    clearInterval(watch)
    setTimeout(() => proxy.refuseAfterwards(false), outageMs)
  }, 5)
  return proxy
}

describe('a server that is away for a moment', () => {
  const persistent = operations.filter(({ persists }) => persists)
  it.each(persistent.flatMap((operation) => [1, 4].map((packets) => [operation.name, packets, operation] as const)))(
    '%s, gone at packet %d: waited for',
    async (_name, packets, operation) => {
      const tag = `out${persistent.indexOf(operation)}n${packets}`
      const subject = (await withPool(database.target, {}, async (db) => operation.prepare?.(db, shop, tag))) ?? ''
      const proxy = await outageAfter(packets)
      expect(await operation.run(over(proxy), shop, tag, subject)).toMatchObject({ answer: 'acknowledged' })
      expect(proxy.struck).toBe(true)
    },
  )

  it('is waited for by a transaction too; -v tells every attempt on stderr, and nobody else is told', async () => {
    const create = (name: string, ...flags: string[]): string[] => [
      'products',
      'create',
      '--sku',
      name,
      '--name',
      name,
      '--price',
      '1',
      '--json',
      ...flags,
    ]
    const quiet = await dbtool(create('quiet'), { env: environmentOf(over(await outageAfter(2))) })
    expect(quiet).toMatchObject({ exitCode: 0, stderr: '' })
    const verbose = await dbtool(create('verbose', '-v'), { env: environmentOf(over(await outageAfter(2))) })
    expect(verbose.exitCode).toBe(0)
    expect(verbose.stderr).toMatch(
      new RegExp(
        '^attempt 2 in \\d+ ms, after CONNECTION_LOST, the connection to 127\\.0\\.0\\.1:\\d+ was lost\n' +
          'attempt 3 in \\d+ ms, after ',
      ),
    )
    expect(verbose.json()).toMatchObject({ sku: 'verbose' })
  })
})
