import { beforeAll, describe, expect, it } from 'vitest'
import type { Queries, Value } from '../../../src/db/queries.ts'
import { freeUsernames } from '../../../src/shop/users/free-usernames.ts'
import { testDatabase } from '../../support/database.ts'

const database = testDatabase()
const others = 30_000

beforeAll(() =>
  database.connection.execute(
    `INSERT INTO users (username, email, password_hash)
      SELECT IF(seq = 1, 'info', CONCAT('info_', seq)), CONCAT('info@', seq, '.example'), '!' FROM seq_1_to_${others}`,
  ),
)

/** The usernames for the wanted ones, and the number of names that the server was asked for. */
async function asking(wanted: readonly string[], reserved?: readonly string[]) {
  let names = 0
  const rawRows = <R>(sql: string, values: readonly Value[] = []): Promise<R[]> => {
    names += values.length
    return database.connection.rawRows<R>(sql, values)
  }
  const queries = Object.create(database.connection, { rawRows: { value: rawRows } }) as Queries
  return { usernames: await freeUsernames(queries, wanted, reserved), names }
}

describe('a free username', () => {
  it.each<[string, string[], string[], string[]]>([
    ['is the wanted one', ['kim', 'lee'], [], ['kim', 'lee']],
    ['has a number if it is wanted twice', ['kim', 'lee', 'kim'], [], ['kim', 'lee', 'kim_2']],
    ['is not reserved', ['kim', 'kim'], ['kim_2'], ['kim', 'kim_3']],
    ['follows those of many users', ['info', 'kim', 'info'], ['info_30001'], ['info_30002', 'kim', 'info_30003']],
  ])('%s', async (_what, wanted, reserved, usernames) => {
    expect((await asking(wanted, reserved)).usernames).toEqual(usernames)
  })

  it('needs few look-ups among many users who want the same', async () => {
    const { usernames, names } = await asking(Array.from({ length: 500 }, () => 'info'))
    expect(usernames).toEqual(Array.from({ length: 500 }, (_, index) => `info_${others + 1 + index}`))
    expect(names).toBeLessThan(2_000)
  })
})
