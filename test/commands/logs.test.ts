import { beforeAll, describe, expect, it } from 'vitest'
import { selectLogs, type LogFilter } from '../../src/shop/logs.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

const shop = testDatabase()
const rows: readonly [at: string, osUser: string, command: string, entity: string, id: number][] = [
  ['2026-01-01', 'ada', 'users create', 'users', 1],
  ['2026-01-02', 'ada', 'products create', 'products', 1],
  ['2026-01-03', 'bob', 'orders place', 'orders', 1],
  ['2026-01-03', 'bob', 'orders place', 'orders', 2],
  ['2026-01-04', 'ada', 'orders cancel', 'orders', 1],
  ['2026-01-05', 'ada', 'db seed', 'shop', 0],
]
beforeAll(async () => {
  for (const row of rows)
    await shop.connection.execute(
      "INSERT INTO logs (created_at, os_user, command, entity, entity_id, message) VALUES (?, ?, ?, ?, ?, 'done')",
      row,
    )
})

const type = (line: string) => dbtool(line, { database: shop.name })

describe('logs list', () => {
  it.each([
    ['', '6 5 4 3 2 1'],
    ['--entity orders', '5 4 3'],
    ['--entity orders --id 1', '5 3'],
    ['--id 1', '5 3 2 1'],
    ['--entity addresses', ''],
    ['--by bob', '4 3'],
    ['--by BOB --id 2', '4'],
    ['--since 2026-01-04', '6 5'],
    ['--until 2026-01-03', '2 1'],
    ['--since 2026-01-02 --until 2026-01-04 --by ada', '2'],
    ['--since 1d --until 2026-01-01', ''],
    ['--limit 2 --offset 1', '5 4'],
  ])('%s', async (flags, ids) => {
    expect((await type(`logs list ${flags} --format ids`)).stdout.trim().split('\n').join(' ')).toBe(ids)
  })

  it('names who, what and when', async () => {
    expect((await type('logs list --limit 1 --json')).json()).toEqual([
      {
        id: 6,
        created_at: '2026-01-05T00:00:00Z',
        os_user: 'ada',
        command: 'db seed',
        entity: 'shop',
        entity_id: 0,
        message: 'done',
      },
    ])
  })

  it('wants an entity that there is, and an id that can be', async () => {
    expect((await type('logs list --entity carts --id x --json')).error).toMatchObject({
      code: 'USAGE',
      faults: [
        "--entity must be one of users, addresses, products, orders, shop, not 'carts'",
        "--id must be a whole number from 1 to 2147483647, not 'x'",
      ],
    })
  })
})

describe('logs list in a shop where much has happened', () => {
  const busy = testDatabase()
  beforeAll(async () => {
    const { connection: db } = busy
    await db.execute(`INSERT INTO logs (created_at, os_user, command, entity, entity_id, message)
      SELECT TIMESTAMP('2026-01-01') + INTERVAL seq MINUTE, IF(seq % 2, 'ada', 'bob'), '',
        IF(seq % 5000, 'orders', 'users'), 1 + seq % 999, '' FROM seq_1_to_60000`)
    await db.rows('ANALYZE TABLE logs')
  })

  it.each<[string, LogFilter, string]>([
    ['everything', {}, 'idx_log_created'],
    ['a day', { since: new Date('2026-02-01'), until: new Date('2026-02-02') }, 'idx_log_created'],
    ['a kind that is rare', { entity: 'users' }, 'idx_log_entity'],
    ['a kind that is not', { entity: 'orders' }, 'idx_log_created'],
    ['one order', { entity: 'orders', entityId: 77 }, 'idx_log_entity'],
    ['an id', { entityId: 77 }, 'idx_log_entity'],
    ['somebody', { osUser: 'ada' }, 'idx_log_created'],
  ])('%s: one statement, and it uses an index', async (_what, filter, key) => {
    const { sql, values } = selectLogs(filter, { limit: 51, offset: 0 })
    const plan = await busy.connection.rows<Record<string, unknown>>(`EXPLAIN ${sql}`, values)
    expect(plan.map((step) => step['key'])).toEqual([key])
  })
})
