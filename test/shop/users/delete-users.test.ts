import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Database } from '../../../src/db/database.ts'
import { deleteUser, findPurgeable, purgeUsers } from '../../../src/shop/users/delete-users.ts'
import { insertUser, noLogin, type User } from '../../../src/shop/users/users.ts'
import { testDatabase, withPool } from '../../support/database.ts'
import { meanwhile } from '../../support/waiting.ts'

const author = { osUser: 'tester', command: 'test' }
const database = testDatabase()
const since = new Date('2025-01-01T00:00:00Z')
let users: User[] = []

beforeEach(async () => {
  const db = database.connection
  for (const table of ['orders', 'users', 'logs']) await db.execute(`DELETE FROM ${table}`)
  users = []
  for (const username of ['ada', 'bob', 'eve'])
    users.push(await insertUser(db, author, { username, email: `${username}@example.com`, passwordHash: noLogin }))
  await db.execute(`UPDATE users SET is_active = FALSE, created_at = '2020-01-01'`)
})

const order = `INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (?, 1, 'k', '')`
const names = async (): Promise<string[]> =>
  (await database.connection.rows<{ username: string }>('SELECT username FROM users ORDER BY id')).map(
    ({ username }) => username,
  )

const whileBobOrders = <T>(work: (db: Database) => Promise<T>): Promise<T> =>
  meanwhile(database, (shopper) => shopper.execute(order, [users[1]!.id]), work)

describe('who orders at the last moment stays', () => {
  it('when deleted: the sentence is the same as ever', async () => {
    const refused = whileBobOrders((db) => db.transaction((tx) => deleteUser(tx, author, users[1]!.id)))
    await expect(refused).rejects.toMatchObject({
      code: 'REFERENCED',
      message: 'bob cannot be deleted: 1 order belongs to this user',
      hint: expect.stringMatching(/dbtool users anonymise bob; .*dbtool users update bob --inactive$/),
    })
    expect(await names()).toEqual(['ada', 'bob', 'eve'])
  })

  it('when purged: the others go', async () => {
    const deleted = await whileBobOrders((db) => db.transaction((tx) => purgeUsers(tx, author, users, since)))
    expect(deleted.map(({ username }) => username)).toEqual(['ada', 'eve'])
    expect(await names()).toEqual(['bob'])
  })
})

describe('a purge', () => {
  it.each([
    ['logged in', 'UPDATE users SET last_login = UTC_TIMESTAMP() WHERE id = ?'],
    ['was activated', 'UPDATE users SET is_active = TRUE WHERE id = ?'],
    ['ordered', order],
    ['was deleted', 'DELETE FROM users WHERE id = ?'],
  ])('leaves out who %s after it was outcome, and takes nobody who was not', async (_what, sql) => {
    const outcome = await findPurgeable(database.connection, since)
    await database.connection.execute(sql, [users[1]!.id])
    await database.connection.execute(
      `INSERT INTO users (username, email, password_hash, is_active, created_at)
        VALUES ('new', 'new@example.com', '!', FALSE, '2020-01-01')`,
    )
    const deleted = await withPool(database.target, {}, (db) =>
      db.transaction((tx) => purgeUsers(tx, author, outcome.users, since)),
    )
    expect(deleted.map(({ username }) => username)).toEqual(['ada', 'eve'])
    expect(await names()).toEqual(expect.arrayContaining(['new']))
    expect((await names()).filter((name) => ['ada', 'eve'].includes(name))).toEqual([])
  })

  it('of thousands is four statements, with a row in the log for each and its addresses counted', async () => {
    const db = database.connection
    await db.execute(
      `INSERT INTO users (username, email, password_hash, is_active, created_at)
        SELECT CONCAT('u', seq), CONCAT('u', seq, '@example.com'), '!', FALSE, '2020-01-01'
        FROM seq_1_to_5000`,
    )
    await db.execute(
      `INSERT INTO addresses (user_id, address_type, street, city, postal_code, country)
        SELECT id, 'billing', 's', 'c', 'p', 'DE'
        FROM users
        WHERE username LIKE 'u%'`,
    )
    const statements: string[] = []
    const traced = await connect(database.target, undefined, { onTrace: ({ sql }) => void statements.push(sql) })
    const { users: found } = await findPurgeable(db, since)
    statements.length = 0
    const deleted = await purgeUsers(traced, author, found, since)
    expect(statements).toHaveLength(4)
    await traced.close()
    expect(deleted).toHaveLength(5003)
    expect(
      await db.rows(
        `SELECT COUNT(*) AS n, COUNT(DISTINCT entity_id) AS ids
          FROM logs
          WHERE message = 'purged (addresses: 1)'`,
      ),
    ).toEqual([{ n: 5000, ids: 5000 }])
    expect(await db.rows('SELECT COUNT(*) AS n FROM addresses')).toEqual([{ n: 0 }])
  })
})
