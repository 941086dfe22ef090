import { hash, verify } from '@node-rs/bcrypt'
import { beforeEach, describe, expect, it } from 'vitest'
import { authenticate } from '../../../src/shop/users/authenticate.ts'
import { insertUser, type User } from '../../../src/shop/users/users.ts'
import { testDatabase, withPool } from '../../support/database.ts'

const author = { osUser: 'tester', command: 'test' }
const database = testDatabase()
const password = 'Abcdef-12345'
const ada = { email: 'ada@example.com', password }
const stored = await hash(password, 4)

beforeEach(async () => {
  const db = database.connection
  for (const table of ['users', 'logs']) await db.execute(`DELETE FROM ${table}`)
  await insertUser(db, author, { username: 'ada', email: ada.email, passwordHash: stored })
})

const logIn = (credentials = ada): Promise<User> =>
  withPool(database.target, {}, (db) => authenticate(db, author, credentials))
const hashNow = async (): Promise<string> =>
  (await database.connection.rows<{ password_hash: string }>('SELECT password_hash FROM users'))[0]?.password_hash ?? ''
const messages = async (): Promise<unknown[]> =>
  (await database.connection.rows<{ message: string }>('SELECT message FROM logs ORDER BY id'))
    .map(({ message }) => message)
    .slice(1)

describe('a login', () => {
  it('is stamped in UTC, with one row in the log, and renews a weak hash once', async () => {
    const user = await logIn()
    expect(Math.abs(Date.now() - (user.last_login?.getTime() ?? 0))).toBeLessThan(60_000)
    const renewed = await hashNow()
    expect(renewed).toMatch(/^\$2.\$12\$/)
    expect(await verify(password, renewed)).toBe(true)
    await logIn()
    expect(await hashNow()).toBe(renewed)
    expect(await messages()).toEqual(['logged in; renewed the hash of the password', 'logged in'])
  })

  it.each([
    ['was deactivated', 'UPDATE users SET is_active = FALSE'],
    ['got another password', `UPDATE users SET password_hash = UPPER(password_hash)`],
    ['was deleted', 'DELETE FROM users'],
  ])('is refused to who %s while the password was compared', async (_what, sql) => {
    const meanwhile = async (typed: string, hash: string): Promise<boolean> => {
      if (hash === stored) await database.connection.execute(sql)
      return verify(typed, hash)
    }
    await expect(withPool(database.target, {}, (db) => authenticate(db, author, ada, meanwhile))).rejects.toMatchObject(
      { code: 'NOT_AUTHENTICATED' },
    )
    expect(await messages()).toEqual(['login refused'])
  })
})
