import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

const database = testDatabase()
let holder: Connection

beforeAll(async () => {
  await dbtool('users create --username ada --email ada@example.com --generate-password', { database: database.name })
  await dbtool('products create --sku LOCK --name Locked --price 2.00 --stock 4', { database: database.name })
  holder = await connect(database.target)
})
afterAll(() => holder.close())

const running = async (): Promise<number> =>
  (
    await holder.rows(
      "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE '%UPDATE products%' AND ID " +
        '<> CONNECTION_ID()',
      [database.name],
    )
  ).length

it.each([
  ['SIGHUP', 129, 'HUNG_UP'],
  ['SIGINT', 130, 'INTERRUPTED'],
  ['SIGTERM', 143, 'TERMINATED'],
])(
  '%s while an order waits for a row: exit %d, nothing is ordered, neither now nor when the row is free',
  async (signal, exitCode, code) => {
    await holder.execute('START TRANSACTION')
    await holder.rows('SELECT id FROM products FOR UPDATE')
    const interrupt = new AbortController()
    const outcome = dbtool(`orders place --user ada --item LOCK:1 --idempotency-key ${signal} --json`, {
      database: database.name,
      signal: interrupt.signal,
    })
    while ((await running()) === 0) await sleep(5)
    interrupt.abort(signal)
    expect(await outcome).toMatchObject({
      exitCode,
      stdout: '',
      error: { code, message: 'interrupted; no order was placed' },
    })
    expect(await running()).toBe(0)
    await holder.execute('COMMIT')
    expect(await holder.rows('SELECT stock, (SELECT COUNT(*) FROM orders) AS orders FROM products')).toEqual([
      { stock: 4, orders: 0 },
    ])
    expect((await dbtool('db check', { database: database.name })).exitCode).toBe(0)
  },
)

it('names the user and the products that there are not, together', async () => {
  expect(
    await dbtool('orders place --user nobody --item nope:1 --item nope2:2 --json', { database: database.name }),
  ).toMatchObject({
    exitCode: 5,
    error: { code: 'NOT_FOUND', message: "there is no user 'nobody', and there are no products 'nope', 'nope2'" },
  })
})
