import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { probe } from '../../../src/db/connection/probe.ts'
import { Secret } from '../../../src/db/queries.ts'
import { defaultLimits } from '../../../src/db/target.ts'
import { testDatabase } from '../../support/database.ts'

// A machine far from Greenwich must make no difference.
beforeAll(() => void vi.stubEnv('TZ', 'America/St_Johns'))
afterAll(() => void vi.unstubAllEnvs())

describe('a session', () => {
  const database = testDatabase()

  it('is utf8mb4, UTC, strict, READ COMMITTED and bounded, as the server sees it', async () => {
    const db = await connect(database.target, { connectTimeoutMs: 5_000, statementTimeoutMs: 1_500, lockWaitMs: 3_000 })
    expect(await probe(db)).toMatchObject({
      charset: 'utf8mb4',
      collation: 'utf8mb4_unicode_ci',
      time_zone: '+00:00',
      sql_mode: 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
      isolation: 'READ-COMMITTED',
      database: database.name,
      tls: null,
    })
    expect(
      await db.rows(
        `SELECT CAST(@@max_statement_time AS CHAR) AS statement,
           @@innodb_lock_wait_timeout AS row_lock, @@lock_wait_timeout AS table_lock`,
      ),
    ).toEqual([{ statement: '1.500000', row_lock: 3, table_lock: 3 }])
    expect(await db.rows('SELECT @@character_set_client AS client, @@character_set_results AS results')).toEqual([
      { client: 'utf8mb4', results: 'utf8mb4' },
    ])
    await db.close()
  })

  it('takes zero for no bound', async () => {
    const db = await connect(database.target, { ...defaultLimits, statementTimeoutMs: 0, lockWaitMs: 0 })
    expect(
      await db.rows('SELECT CAST(@@max_statement_time AS CHAR) AS statement, @@innodb_lock_wait_timeout AS row_lock'),
    ).toEqual([{ statement: '0.000000', row_lock: 100_000_000 }])
    await db.close()
  })

  it('takes a bound of more days than a timer of Node can count', async () => {
    const db = await connect(database.target, {
      connectTimeoutMs: 90 * 86_400_000,
      statementTimeoutMs: 90 * 86_400_000,
      lockWaitMs: 0,
    })
    expect(await db.rows('SELECT SLEEP(0.05) AS slept')).toEqual([{ slept: 0 }])
    await db.close()
  })

  it('is strict: nothing is cut to fit', async () => {
    await expect(
      database.connection.execute(
        "INSERT INTO users (username, email, password_hash) VALUES (REPEAT('x', 51), 'x', 'x')",
      ),
    ).rejects.toMatchObject({ code: 'CONSTRAINT' })
  })
})

describe.each(['rows', 'prepared'] as const)('a value read with %s', (how) => {
  const database = testDatabase({ migrated: false })
  const read = async (expression: string): Promise<unknown> =>
    (await database.connection[how]<{ value: unknown }>(`SELECT ${expression} AS value`, []))[0]?.value

  it.each([
    ['a whole number', '42', 42],
    ['a BIGINT within what a number can hold', '9007199254740991', 9_007_199_254_740_991],
    ['a BIGINT beyond that, as text and never rounded', '9007199254740993', '9007199254740993'],
    ['a COUNT', 'COUNT(*)', 1],
    ['a DECIMAL', 'CAST(19.9 AS DECIMAL(10, 2))', '19.90'],
    ['a SUM of whole numbers', 'SUM(1)', '1'],
    ['an instant', "TIMESTAMP '2026-07-01 12:30:00'", new Date('2026-07-01T12:30:00Z')],
    [
      'an instant of the hour that the clocks skip here',
      "TIMESTAMP '2026-03-08 02:30:00'",
      new Date('2026-03-08T02:30:00Z'),
    ],
    ['a fraction of a second', "TIMESTAMP '2026-07-01 12:30:00.250'", new Date('2026-07-01T12:30:00.250Z')],
    ['a day', "DATE '2026-07-01'", new Date('2026-07-01T00:00:00Z')],
    ['NULL', 'NULL', null],
    ['a NULL of a DATETIME', 'CAST(NULL AS DATETIME)', null],
    ['an emoji', "'🛒'", '🛒'],
  ])('%s', async (_what, expression, expected) => {
    expect(await read(expression)).toEqual(expected)
  })

  it('is bound and returned unchanged, and a Secret is bound as its value', async () => {
    const at = new Date('2026-12-24T18:00:00Z')
    const [row] = await database.connection[how](
      `SELECT CAST(? AS DATETIME) AS at, CAST(UNIX_TIMESTAMP(?) AS INT) AS seconds,
         ? AS text, ? AS secret, ? IS NULL AS nothing`,
      [at, at, `'; DROP TABLE users; --`, new Secret('hush'), null],
    )
    expect(row).toEqual({ at, seconds: 1_798_135_200, text: `'; DROP TABLE users; --`, secret: 'hush', nothing: 1 })
  })

  it('no result set is an empty one; of several the first counts', async () => {
    expect(await database.connection[how]('DO 0', [])).toEqual([])
    expect(await database.connection[how]('BEGIN NOT ATOMIC SELECT 1 AS one; SELECT 2 AS two; END', [])).toEqual([
      { one: 1 },
    ])
    expect(await database.connection[how]('BEGIN NOT ATOMIC DO 0; END', [])).toEqual([])
  })
})
