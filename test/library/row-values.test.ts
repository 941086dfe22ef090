import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { transaction } from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'

const database = testDatabase({ migrated: false })

/** For each type in docs/library.md: a column of that type, a literal, and the value of its rows. */
const columns: readonly [type: string, literal: string, value: unknown][] = [
  ['DECIMAL(10,2)', "'1.50'", '1.50'],
  ['BIGINT', '5', 5],
  ['BIGINT UNSIGNED', '18446744073709551615', '18446744073709551615'],
  ['INT', '-7', -7],
  ['DOUBLE', '1.5e300', 1.5e300],
  ['YEAR', '2024', 2024],
  ['BOOLEAN', 'TRUE', 1],
  ['DATETIME(6)', "'2024-02-29 23:02:03.123456'", new Date('2024-02-29T23:02:03.123Z')],
  ['TIMESTAMP NULL', "'2024-02-29 23:02:03'", new Date('2024-02-29T23:02:03Z')],
  ['DATE', "'2024-02-29'", new Date('2024-02-29T00:00:00Z')],
  ['TIME', "'-100:02:03'", '-100:02:03'],
  ['JSON', '\'{"a": [1]}\'', { a: [1] }],
  ['BLOB', "x'00ff'", Buffer.from([0, 255])],
  ['BINARY(2)', "x'00ff'", Buffer.from([0, 255])],
  ['BIT(1)', "b'1'", true],
  ['BIT(8)', "b'101'", Buffer.from([5])],
  ["SET('x', 'y')", "'x,y'", ['x', 'y']],
  ['UUID', "'123e4567-e89b-12d3-a456-426655440000'", '123e4567-e89b-12d3-a456-426655440000'],
  ['INET6', "'::1'", '::1'],
  ["ENUM('x')", "'x'", 'x'],
  ['TEXT', "'é'", 'é'],
]

const values = columns.map(([, , value]) => value)

describe('the values of rows', () => {
  it('are those of docs/library.md, however they are read', async () => {
    const pool = poolOn(database)
    await pool.execute(`CREATE TABLE kinds (${columns.map(([type], at) => `c${at} ${type}`).join(', ')})`)
    const insert = `INSERT INTO kinds VALUES (${columns.map(([, literal]) => literal).join(', ')}) RETURNING *`
    const inserted = await pool.query(insert)
    const streamed = []
    for await (const row of pool.stream('SELECT * FROM kinds')) streamed.push(row)
    const inTransaction = await transaction(pool, (tx) => tx.rows('SELECT * FROM kinds'))
    for (const [row] of [inserted, streamed, inTransaction, await pool.query('SELECT * FROM kinds')])
      expect(Object.values(row ?? {})).toEqual(values)
    const [sums] = await pool.query('SELECT SUM(c3) AS sum, AVG(c3) AS avg, COUNT(*) AS count FROM kinds')
    expect(sums).toEqual({ sum: '-7', avg: '-7.0000', count: 1 })
  })

  it('and its table has each of these types', () => {
    const page = readFileSync('docs/library.md', 'utf8')
    const [, table = ''] = /^\| type \| value \|\n((?:\|.*\n)+)/m.exec(page) ?? []
    const common = ['INT', 'DOUBLE', 'TEXT']
    for (const [type] of columns)
      if (!common.includes(type)) expect(table).toContain(`\`${/^\w+(\(1\))?/.exec(type)?.[0]}\``)
  })
})
