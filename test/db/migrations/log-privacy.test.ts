import { beforeAll, describe, expect, it } from 'vitest'
import { migrate, rollback } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../../src/db/migrations/migration-files.ts'
import { testDatabase } from '../../support/database.ts'

const database = testDatabase({ migrated: false })
const known = loadMigrations()

/** What dbtool wrote until now, and what remains of it. */
const old: readonly [entity: string, message: string, now: string][] = [
  ['users', 'created ada <ada@example.com>', 'created'],
  ['users', 'created logged <in@example.com>', 'created'],
  ['users', 'ada logged in', 'logged in'],
  ['users', 'created logged in', 'logged in'],
  ['users', 'ada logged in; the hash of the password was renewed', 'logged in; renewed the hash of the password'],
  ['users', 'set a new password of ada', 'set a new password'],
  ['users', 'deleted ada <ada@example.com>', 'deleted (addresses: 0)'],
  ['users', 'deleted ada <ada@example.com> with 1 address', 'deleted (addresses: 1)'],
  ['users', 'purged ada <ada@example.com> with 12 addresses, not seen since 2025-03-04', 'purged (addresses: 12)'],
  ['users', 'purged ada <ada@example.com>, not seen since 2025-03-04', 'purged (addresses: 0)'],
  ['users', 'updated ada: email a@example.com → b@example.com', 'updated: email'],
  ['users', 'updated ada: first_name Ada → Augusta, last_name NULL → King', 'updated: first_name, last_name'],
  ['users', 'updated ada: last_name King, email me → Byron', 'updated: email, last_name'],
  ['users', 'updated ada: is_active true → false', 'updated: is_active true → false'],
  ['users', 'updated ada: is_active 1 → 0, is_admin 0 → 1', 'updated: is_active 1 → 0, is_admin 0 → 1'],
  ['users', 'updated ada: password_hash', 'updated: password_hash'],
  ['users', 'updated ada: password_hash, last_login 2026-01-02 03:04:05 → NULL', 'updated: password_hash, last_login'],
  ['users', 'updated ADA: username ADA → ada', 'updated: username'],
  ['users', `updated ada: first_name ${'x'.repeat(470)}`, 'updated: first_name'],
  ['users', 'moved to Ada Lovelace by hand', 'changed'],
  ['users', '', 'changed'],
  ['addresses', 'added a billing address of ada', 'added'],
  ['addresses', 'removed a shipping address of ada', 'removed'],
  [
    'addresses',
    'updated a billing address of ada: address_type billing → shipping, street 1 St → 2 St, city A → B',
    'updated: address_type billing → shipping, street, city',
  ],
  [
    'addresses',
    'updated a billing address of ada: postal_code 1 → 2, country DE → AT',
    'updated: postal_code, country',
  ],
  ['addresses', 'Ada moved', 'changed'],
  ['products', 'created TEA-1: Green tea, price 4.50, stock 100', 'created TEA-1: Green tea, price 4.50, stock 100'],
  ['orders', 'placed for user 1: 2 lines, total 57.90', 'placed for user 1: 2 lines, total 57.90'],
  ['shop', 'seeded 3 users, 2 products and 1 orders', 'seeded 3 users, 2 products and 1 orders'],
]

/** What dbtool writes now. */
const current: readonly [entity: string, message: string][] = [
  ['users', 'created'],
  ['users', 'updated: email, is_active true → false'],
  ['users', 'updated: username, email, password_hash, first_name, last_name, created_at, last_login, is_admin 0 → 1'],
  ['users', 'set a new password'],
  ['users', 'logged in'],
  ['users', 'logged in; renewed the hash of the password'],
  ['users', 'login refused'],
  ['users', 'deleted (addresses: 2)'],
  ['users', 'purged (addresses: 0)'],
  ['users', 'anonymised (addresses: 1)'],
  ['addresses', 'added for user 7'],
  ['addresses', 'removed from user 7'],
  ['addresses', 'updated for user 7: street, city, postal_code, country, address_type billing → shipping'],
]

const write = async (rows: readonly (readonly [entity: string, message: string, ...unknown[]])[]): Promise<void> => {
  for (const [entity, message] of rows)
    await database.connection.execute(
      "INSERT INTO logs (os_user, command, entity, entity_id, message) VALUES ('ada', 'test', ?, 1, ?)",
      [entity, message],
    )
}
const messages = async (): Promise<string[]> =>
  (await database.connection.rows<{ message: string }>('SELECT message FROM logs ORDER BY id')).map(
    ({ message }) => message,
  )

describe('the log after migration 3', () => {
  beforeAll(async () => {
    const { connection: session } = database
    await migrate({ session, known }, 2)
    await write(old)
    await write(current)
    await migrate({ session, known }, 3)
  })

  it.each(old.map(([entity, before, now], index) => [entity, before.slice(0, 100), now, index] as const))(
    '%s: %j becomes %j',
    async (_entity, _before, now, index) => {
      expect((await messages())[index]).toBe(now)
    },
  )

  it('keeps what is written without personal data, also when it is rolled back and applied again', async () => {
    const { connection: session } = database
    const before = await messages()
    expect(before.slice(old.length)).toEqual(current.map(([, message]) => message))
    await session.execute("DELETE FROM logs WHERE message IN ('added', 'removed') OR message LIKE 'updated: address%'")
    const kept = (await messages()).filter((message) => message !== 'updated: postal_code, country')
    await session.execute("DELETE FROM logs WHERE message = 'updated: postal_code, country'")
    await rollback({ session, known }, 2)
    await migrate({ session, known })
    expect(await messages()).toEqual(kept)
  })
})
