import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { inParts } from '../../../src/db/parts.ts'
import { socketTarget } from '../../../src/db/target.ts'
import { loginName } from '../../../src/server/login.ts'
import { dbtool, type Outcome } from '../../support/cli.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { serverWith } from '../../support/server-with.ts'
import { expectFailure } from '../expect-failure.ts'

const limit = 65_536
const refusal = (what: 'row' | 'statement'): RegExp =>
  new RegExp(`the ${what} has \\d+ bytes, but max_allowed_packet of the server is ${limit}$`)
const tooLarge = (what: 'row' | 'statement') =>
  ({
    code: 'TOO_LARGE',
    exitCode: 6,
    message: refusal(what),
    hint: 'nothing was changed; an administrator can raise it: SET GLOBAL max_allowed_packet = 131072',
  }) as const

describe(`a server with max_allowed_packet = ${limit}`, { timeout: 120_000 }, () => {
  const server = serverWith(`--max-allowed-packet=${limit}`)
  const folder = temporaryFolder()
  let db: Connection
  beforeAll(async () => {
    db = await connect(socketTarget(server.socket, loginName(), 'dbtool'))
  })
  afterAll(() => db.close())

  describe('gets no larger statement', () => {
    const insert = 'INSERT INTO things (note) VALUES (?) RETURNING id'
    beforeEach(() => db.execute('CREATE OR REPLACE TABLE things (id INT AUTO_INCREMENT PRIMARY KEY, note LONGTEXT)'))
    const stored = async (): Promise<number[]> =>
      (await db.rows<{ bytes: number }>('SELECT LENGTH(note) AS bytes FROM things ORDER BY id')).map(
        ({ bytes }) => bytes,
      )

    it('rows go in as many messages as they need, in their order', async () => {
      const sizes = Array.from({ length: 100 }, (_, row) => 4_000 + row)
      const ids = await db.bulk<{ id: number }>(
        insert,
        sizes.map((size) => ['ü'.repeat(size / 2)]),
      )
      expect(ids.map(({ id }) => id)).toEqual(sizes.map((_, row) => row + 1))
      expect(await stored()).toEqual(sizes.map((size) => 2 * Math.floor(size / 2)))
    })

    it('one row that is larger is an error, before any row is sent', async () => {
      await expectFailure(db.bulk(insert, [['a'], ['x'.repeat(limit)], ['b']]), tooLarge('row'))
      expect(await stored()).toEqual([])
    })

    it.each([
      ['rows', 'x', 1],
      ['execute', 'x', 1],
      ['rawRows', 'x', 1],
      ['prepared', 'x', 1],
      ['rows', "'", 2],
      ['rows', '\\', 2],
      ['rows', '€', 3],
      ['prepared', '€', 3],
      ['prepared', "'", 1],
    ] as const)('%s with values of %j, and the connection stays usable', async (how, unit, bytesPerUnit) => {
      const units = Math.floor(limit / bytesPerUnit)
      await expectFailure(db[how](`SELECT LENGTH(?) AS n`, [unit.repeat(units)]), tooLarge('statement'))
      expect(await db.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
      // A little less is sent, and the server takes it.
      await db[how](`SELECT LENGTH(?) AS n`, [unit.repeat(units - 200)])
    })

    it('its text counts as well as its values', () =>
      expectFailure(db.rows(`SELECT '${'x'.repeat(limit)}'`), tooLarge('statement')))
  })

  describe('serves every writer', () => {
    const run = (line: string, stdin = ''): Promise<Outcome> => dbtool(line, { env: server.env, stdin })
    const csv = (head: string, rows: readonly string[]): string => [head, ...rows].join('\n')
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
    beforeEach(async () => {
      expect(await run('db reset --confirm dbtool')).toMatchObject({ exitCode: 0 })
    })

    it('imports of users, products and orders', async () => {
      const name = 'n'.repeat(90)
      const users = numbers(600).map((n) => `user_${n},${'e'.repeat(200)}${n}@example.com,${name},${name}`)
      expect(await run('users import - --json', csv('username,email,first_name,last_name', users))).toMatchObject({
        exitCode: 0,
      })
      const long = '"€'.repeat(1_500).replaceAll('"', '""')
      const products = numbers(1_200).map((n) => `${'S'.repeat(50)}${n},P${n},1.50,"${long}",1000000`)
      for (const policy of ['error', 'update', 'skip'])
        expect(
          await run(
            `products import - --on-conflict ${policy} --json`,
            csv('sku,name,price,description,stock', products),
          ),
        ).toMatchObject({ exitCode: 0 })
      const lines = numbers(4_000).map(
        (n) => `R-${Math.floor(n / 20)},user_${(n % 600) - (n % 20)},${'S'.repeat(50)}${n % 1_200},1`,
      )
      const placed = await run('orders import - --json --concurrency 2', csv('order_ref,user,sku,quantity', lines))
      expect(placed).toMatchObject({ exitCode: 0 })
      expect(placed.json()).toMatchObject({ orders_placed: 200, lines_placed: 4_000 })
      const imported = numbers(400).map((n) => `T-${n},u${n}${'x'.repeat(180)}@example.com,${'S'.repeat(50)}${n},1`)
      expect(
        await run('orders import - --create-missing --json', csv('order_ref,user,sku,quantity', imported)),
      ).toMatchObject({ exitCode: 0 })
      expect(await run('db check')).toMatchObject({ exitCode: 0 })
    })

    it('db seed, and users purge', async () => {
      expect(await run('db seed --users 1500 --products 800 --orders 3000')).toMatchObject({ exitCode: 0 })
      expect(await run('db check')).toMatchObject({ exitCode: 0 })
      await db.execute(
        `INSERT INTO users (username, email, password_hash, is_active, created_at)
          SELECT CONCAT('old_', seq), CONCAT('old_', seq, '@example.com'), '!', 0, '2020-01-01' FROM seq_1_to_15000`,
      )
      expect(await run('users purge --inactive-for 30d --yes --format count')).toMatchObject({ exitCode: 0 })
      expect(await db.rows("SELECT COUNT(*) AS n FROM users WHERE username LIKE 'old%'")).toEqual([{ n: 0 }])
    })

    const head = 'sku,name,price,description'
    const products = [`A,Cup,1.00,short`, `B,Pot,2.00,${'€'.repeat(16_000)}`, `C,Jug,3.00,short`]

    it('and names the line of a row that is larger', async () => {
      const rejects = join(folder, 'rejects.csv')
      const large = csv(head, [...products, `D,${'🛒'.repeat(100)},4.00,${'🛒'.repeat(15_990)}`])
      const aborted = await run('products import - --json', large)
      expect(aborted).toMatchObject({ exitCode: 6, error: { code: 'TOO_LARGE' } })
      expect(aborted.error.message).toMatch(
        /, line 5: the row has \d+ bytes, but max_allowed_packet of the server is 65536$/,
      )
      expect(await db.rows('SELECT COUNT(*) AS n FROM products')).toEqual([{ n: 0 }])
      expect(await run(`products import - --on-error skip --rejects ${rejects} --json`, large)).toMatchObject({
        exitCode: 7,
      })
      expect(readFileSync(rejects, 'utf8')).toMatch(/max_allowed_packet of the server is 65536/)
      expect(await db.rows('SELECT sku FROM products ORDER BY id')).toEqual([{ sku: 'A' }, { sku: 'B' }, { sku: 'C' }])
    })

    it('and names the line of an order that is larger, before any order is placed', async () => {
      const file = join(folder, 'orders.csv')
      const lines = numbers(6_000).map((n) => `BIG,ada,P-${n},1,1234.50`)
      writeFileSync(
        file,
        csv('order_ref,user,sku,quantity,price', ['ONE,ada,P-1,1,1.00', ...lines, 'TWO,ada,P-2,1,1.00']),
      )
      const line = `orders import ${file} --create-missing --initial-stock 9 --json`
      const aborted = await run(line)
      expect(aborted).toMatchObject({ exitCode: 6, error: { code: 'TOO_LARGE' } })
      expect(aborted.error.message).toMatch(/order 'BIG' \(line 3\): .*max_allowed_packet of the server is 65536/)
      expect(await db.rows('SELECT COUNT(*) AS n FROM orders')).toEqual([{ n: 0 }])
      const skipped = await run(`${line} --on-error skip`)
      expect(skipped).toMatchObject({ exitCode: 7 })
      expect(skipped.json()).toMatchObject({ orders_placed: 2, orders_rejected: 1 })
    })
  })
})

it('parts are tried as a whole first, then in halves, and keep their order', async () => {
  const asked: number[] = []
  const doubled = await inParts([1, 2, 3, 4, 5], (part) => {
    asked.push(part.length)
    return Promise.resolve(part.map((n) => n * 2))
  })
  expect([doubled, asked]).toEqual([[2, 4, 6, 8, 10], [5]])
})
