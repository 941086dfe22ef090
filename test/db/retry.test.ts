import { beforeEach, describe, expect, it } from 'vitest'
import type { Queries } from '../../src/db/queries.ts'
import { testDatabase, withPool } from '../support/database.ts'

const database = testDatabase()
const add = (db: Queries, sku: string): Promise<unknown> =>
  db.execute('INSERT INTO products (sku, name, price) VALUES (?, ?, 1)', [sku, sku])
const restock = (db: Queries, sku: string): Promise<unknown> =>
  db.execute('UPDATE products SET stock = stock + 1 WHERE sku = ?', [sku])

beforeEach(() => database.connection.execute('DELETE FROM products'))

describe('a retry', () => {
  it('after a real deadlock: the whole work, on both sides, until both took place', async () => {
    await Promise.all([add(database.connection, 'a'), add(database.connection, 'b')])
    await withPool(database.target, { size: 2 }, async (db) => {
      const bothArrived = barrier(2)
      let attempts = 0
      const both = (first: string, second: string): Promise<unknown> =>
        db.transaction(async (tx) => {
          attempts += 1
          await restock(tx, first)
          await bothArrived()
          await restock(tx, second)
        })
      await Promise.all([both('a', 'b'), both('b', 'a')])
      expect(attempts).toBe(3)
      expect(await db.rows('SELECT sku, stock FROM products ORDER BY sku')).toEqual([
        { sku: 'a', stock: 2 },
        { sku: 'b', stock: 2 },
      ])
    })
  })

  it.each([
    ['a node that is not ready', 1047],
    ['a node that leaves its cluster', 1180],
  ])('after the error of %s (%d), on another connection', async (_what, errno) => {
    await withPool(database.target, { size: 1, maxOverflow: 0 }, async (db) => {
      const connections: number[] = []
      await db.transaction(async (tx) => {
        await add(tx, 'a')
        connections.push(...(await tx.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')).map(({ id }) => id))
        if (connections.length === 1) await tx.execute(`SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${errno}`)
      })
      expect(new Set(connections).size).toBe(2)
      expect(await db.rows('SELECT sku FROM products')).toEqual([{ sku: 'a' }])
    })
  })

  it('after a real snapshot conflict (1020)', async (context) => {
    const [known] = await database.connection.rows("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'")
    if (known === undefined) return context.skip('this server has no innodb_snapshot_isolation')
    await add(database.connection, 'a')
    const variables = { innodb_snapshot_isolation: 'ON', tx_isolation: 'REPEATABLE-READ' }
    await withPool({ ...database.target, variables }, { size: 1, maxOverflow: 0 }, async (db) => {
      let attempts = 0
      await db.transaction(async (tx) => {
        attempts += 1
        await tx.rows('SELECT * FROM products')
        if (attempts === 1) await restock(database.connection, 'a')
        await restock(tx, 'a')
      })
      expect(attempts).toBe(2)
      expect(await db.rows('SELECT stock FROM products')).toEqual([{ stock: 2 }])
    })
  })
})

/** A barrier for `count` callers; later ones do not wait. */
function barrier(count: number): () => Promise<void> {
  let arrived = 0
  let open: () => void = () => undefined
  const all = new Promise<void>((resolve) => (open = resolve))
  return () => {
    arrived += 1
    if (arrived >= count) open()
    return all
  }
}
