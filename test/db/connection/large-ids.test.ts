import { beforeAll, describe, expect, it } from 'vitest'
import type { Queries } from '../../../src/db/queries.ts'
import { testDatabase, withPool } from '../../support/database.ts'

const database = testDatabase({ migrated: false })
const insertion = 'INSERT INTO things (id, name) VALUES (?, ?)'

/** Every way to learn an id from the server. Each of the changes is committed before its id is read. */
const ways: Record<string, (db: Queries, id: bigint) => Promise<unknown>> = {
  'execute: insertId': async (db, id) => {
    await db.execute(`ALTER TABLE things AUTO_INCREMENT = ${id}`)
    return (await db.execute("INSERT INTO things (name) VALUES ('x')")).insertId
  },
  'rows: INSERT … RETURNING': async (db, id) => idOf(await db.rows(`${insertion} RETURNING id`, [id, 'x'])),
  'prepared: INSERT … RETURNING': async (db, id) => idOf(await db.prepared(`${insertion} RETURNING id`, [id, 'x'])),
  'rawRows: INSERT … RETURNING': async (db, id) => idOf(await db.rawRows(`${insertion} RETURNING id`, [id, 'x'])),
  'bulk: INSERT … RETURNING': async (db, id) => idOf(await db.bulk(`${insertion} RETURNING id`, [[id, 'x']])),
  'rows: LAST_INSERT_ID()': async (db, id) => idOf(await db.rows('SELECT LAST_INSERT_ID(?) AS id', [id])),
  'prepared: SELECT': async (db, id) => {
    await db.execute(insertion, [id, 'x'])
    return idOf(await db.prepared('SELECT id FROM things WHERE id = ?', [id]))
  },
  'rows: MAX(id)': async (db, id) => {
    await db.execute(insertion, [id, 'x'])
    return idOf(await db.rows('SELECT MAX(id) AS id FROM things'))
  },
  'rawRows after a NULL': async (db, id) => {
    const rows = await db.rawRows<{ id: unknown }>(
      'SELECT CAST(NULL AS UNSIGNED) AS id UNION ALL SELECT CAST(? AS UNSIGNED)',
      [id],
    )
    return rows[1]?.id
  },
  each: async (db, id) => {
    const found: { id: unknown }[] = []
    await db.each<{ id: unknown }>('SELECT CAST(? AS UNSIGNED) AS id', [id], (rows) => {
      found.push(...rows)
      return Promise.resolve()
    })
    return idOf(found)
  },
}

const idOf = (rows: unknown[]): unknown => (rows as { id: unknown }[])[0]?.id

describe('an id from the server', () => {
  beforeAll(() =>
    database.connection.execute(
      'CREATE TABLE things (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(10))',
    ),
  )

  it.each(
    Object.keys(ways).flatMap((way) =>
      [
        [7n, 7],
        [9_007_199_254_740_991n, 9_007_199_254_740_991],
        [9_007_199_254_740_993n, '9007199254740993'],
        [18_446_744_073_709_551_000n, '18446744073709551000'],
      ].map(([id, expected]) => [way, id, expected] as const),
    ),
  )('%s: %s is %j, and the row is there', async (way, id, expected) => {
    await database.connection.execute('DELETE FROM things')
    const found = await withPool(database.target, { size: 1, maxOverflow: 0 }, (db) =>
      // LAST_INSERT_ID belongs to its session, and only there the table keeps what the statement before has set.
      ways[way]!(db, id as bigint),
    )
    expect(found).toBe(expected)
    const rows = await database.connection.rows<{ id: unknown }>('SELECT id FROM things')
    if (rows.length > 0) expect(rows).toEqual([{ id: expected }])
  })

  it('is bound again as it was read', async () => {
    await database.connection.execute('DELETE FROM things')
    await database.connection.execute(insertion, [9_007_199_254_740_993n, 'large'])
    const [row] = await database.connection.rows<{ id: string }>('SELECT id FROM things')
    expect(await database.connection.rows('SELECT name FROM things WHERE id = ?', [row!.id])).toEqual([
      { name: 'large' },
    ])
  })
})
