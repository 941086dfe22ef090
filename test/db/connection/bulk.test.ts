import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { Secret, type Trace, type Value } from '../../../src/db/queries.ts'
import { transaction } from '../../../src/db/transaction.ts'
import { testDatabase } from '../../support/database.ts'

const database = testDatabase({ migrated: false })
const insert = 'INSERT INTO things (sku, note, n) VALUES (?, ?, ?) RETURNING id, sku'

beforeEach(() =>
  database.connection.execute(
    `CREATE OR REPLACE TABLE things
     (id INT AUTO_INCREMENT PRIMARY KEY, sku VARCHAR(64) UNIQUE, note LONGTEXT, n BIGINT)`,
  ),
)

describe('a statement for many rows', () => {
  it('takes them in their order, whatever their values, and returns a row for each', async () => {
    const values: Value[][] = [
      ['b', null, 1],
      ['a', "'; DROP TABLE things; --", 2_147_483_647],
      ['c', '👩‍👩‍👧', null],
      ['d', new Secret('hush'), -1],
      ['e', '', 3_000_000_000],
    ]
    expect((await database.connection.bulk<{ sku: string }>(insert, values)).map(({ sku }) => sku)).toEqual([
      'b',
      'a',
      'c',
      'd',
      'e',
    ])
    expect(await database.connection.rows('SELECT sku, note, n FROM things ORDER BY id')).toEqual(
      values.map(([sku, note, n]) => ({ sku, note: note instanceof Secret ? note.reveal() : note, n })),
    )
  })

  it('goes in several messages where one would be longer than the server takes', async () => {
    const [{ most } = { most: 0 }] = await database.connection.rows<{ most: number }>(
      'SELECT @@max_allowed_packet AS most',
    )
    const long = 'x'.repeat(Math.ceil(most / 40))
    const rows = Array.from({ length: 100 }, (_, row) => [`S${row}`, long, row])
    expect((await database.connection.bulk<{ sku: string }>(insert, rows)).map(({ sku }) => sku)).toEqual(
      rows.map(([sku]) => sku),
    )
  })

  it('of which one fails is an error, and a transaction keeps none of them', async () => {
    const work = transaction(database.connection, (tx) =>
      tx.bulk(insert, [
        ['a', null, 1],
        ['b', null, 1],
        ['a', null, 1],
      ]),
    )
    await expect(work).rejects.toMatchObject({ code: 'DUPLICATE', key: 'sku' })
    expect(await database.connection.rows('SELECT * FROM things')).toEqual([])
  })

  it('for none does nothing, and without a result set has no rows', async () => {
    expect(await database.connection.bulk(insert, [])).toEqual([])
    await database.connection.bulk(insert, [
      ['a', null, 1],
      ['b', null, 2],
    ])
    expect(
      await database.connection.bulk('UPDATE things SET n = ? WHERE sku = ?', [
        [5, 'b'],
        [4, 'a'],
      ]),
    ).toEqual([])
    expect(await database.connection.rows('SELECT sku, n FROM things ORDER BY id')).toEqual([
      { sku: 'a', n: 4 },
      { sku: 'b', n: 5 },
    ])
  })

  it('is told to --sql with the number of its rows; a server that quotes a secret is not', async () => {
    const traces: Trace[] = []
    const connection = await connect(database.target, undefined, { onTrace: (trace) => traces.push(trace) })
    try {
      await expect(
        connection.bulk(insert, [
          [new Secret('hush'), null, 1],
          [new Secret('hush'), null, 1],
        ]),
      ).rejects.toThrow("Duplicate entry '********' for key 'sku'")
      expect(traces.map(({ values, failed }) => [values, failed])).toEqual([[['rows: 2'], true]])
    } finally {
      await connection.close()
    }
  })
})

it('raw rows equal other rows, with bound values, except for instants', async () => {
  const sql = `SELECT 1 AS one, CAST(19.9 AS DECIMAL(10, 2)) AS price, '🛒' AS text,
    NULL AS nothing, ? AS bound, CAST(? AS CHAR) AS at`
  const values = ["'; DROP TABLE things; --", new Date('2026-07-01T12:30:00Z')]
  expect(await database.connection.rawRows(sql, values)).toEqual(await database.connection.rows(sql, values))
})
