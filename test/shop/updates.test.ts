import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { insertAddress, removeAddress, updateAddress } from '../../src/shop/addresses.ts'
import { setPassword, updateUser } from '../../src/shop/users/user-changes.ts'
import { insertUser, noLogin } from '../../src/shop/users/users.ts'
import { testDatabase } from '../support/database.ts'
import { meanwhile } from '../support/waiting.ts'

const author = { osUser: 'tester', command: 'test' }
const database = testDatabase()
const parts = { address_type: 'billing', street: 's', city: 'c', postal_code: 'p', country: 'DE' } as const
let userId = 0
let addressId = 0

beforeEach(async () => {
  const db = database.connection
  await db.execute('DELETE FROM users')
  const ada = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
  userId = ada.id
  addressId = (await insertAddress(db, author, ada, parts)).id
  await db.execute('DELETE FROM logs')
})

const logged = async (): Promise<number> => (await database.connection.rows('SELECT id FROM logs')).length

describe('what somebody else has just changed', () => {
  it('is no change any more: of a user', async () => {
    const updated = await meanwhile(
      database,
      (somebody) => somebody.execute(`UPDATE users SET first_name = 'Ada' WHERE id = ?`, [userId]),
      (db) => db.transaction((tx) => updateUser(tx, author, 'ada', { first_name: 'Ada' })),
    )
    expect([updated, await logged()]).toEqual([
      { thing: expect.objectContaining({ first_name: 'Ada' }), rowsChanged: 0, changes: '' },
      0,
    ])
  })

  it('is no change any more: of an address', async () => {
    const updated = await meanwhile(
      database,
      (somebody) => somebody.execute(`UPDATE addresses SET city = 'Bonn' WHERE id = ?`, [addressId]),
      (db) => db.transaction((tx) => updateAddress(tx, author, addressId, { city: 'Bonn' })),
    )
    expect([updated, await logged()]).toEqual([
      { thing: expect.objectContaining({ city: 'Bonn' }), rowsChanged: 0, changes: '' },
      0,
    ])
  })
})

describe('what somebody else has just deleted is not found, and leaves no log', () => {
  it.each<[what: string, work: Parameters<typeof meanwhile>[2]]>([
    ['an update of a user', (db) => db.transaction((tx) => updateUser(tx, author, 'ada', { first_name: 'Ada' }))],
    ['a new password', (db) => db.transaction((tx) => setPassword(tx, author, 'ada', noLogin))],
    ['an update of an address', (db) => db.transaction((tx) => updateAddress(tx, author, addressId, { city: 'Bonn' }))],
    ['a removal of an address', (db) => db.transaction((tx) => removeAddress(tx, author, addressId))],
    ['a new address', (db) => db.transaction((tx) => insertAddress(tx, author, { id: userId }, parts))],
  ])('%s', async (_what, work) => {
    await expect(meanwhile(database, (somebody) => somebody.execute('DELETE FROM users'), work)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await logged()).toBe(0)
  })
})

it('who changes bob does not wait for who is changing ada', async () => {
  const db = database.connection
  await insertUser(db, author, { username: 'bob', email: 'bob@example.com', passwordHash: noLogin })
  const somebody = await connect(database.target)
  await somebody.execute('START TRANSACTION')
  await somebody.execute(`UPDATE users SET last_name = 'Held' WHERE username = 'ada'`)
  await db.execute('SET innodb_lock_wait_timeout = 1')
  expect(await updateUser(db, author, 'bob', { first_name: 'Bob' })).toMatchObject({ rowsChanged: 1 })
  await somebody.close()
})
