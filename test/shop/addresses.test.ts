import { expect, it } from 'vitest'
import { insertAddress } from '../../src/shop/addresses.ts'
import { insertUser, noLogin } from '../../src/shop/users.ts'
import { testDatabase } from '../support/database.ts'

const author = { osUser: 'tester', command: 'test' }
const database = testDatabase()

it('an address for a user who was deleted meanwhile is refused as for one who never was', async () => {
  const db = database.connection
  const user = await insertUser(db, author, { username: 'ada', email: 'ada@example.com', passwordHash: noLogin })
  await db.change('DELETE FROM users')
  const address = { address_type: 'billing', street: 's', city: 'c', postal_code: 'p', country: 'DE' } as const
  await expect(insertAddress(db, author, user, address)).rejects.toMatchObject({ code: 'NOT_FOUND', message: `there is no user ${user.id} any more` })
})
