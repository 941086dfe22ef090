import { beforeAll, describe, expect, it } from 'vitest'
import { utc } from '../../src/time-zone.ts'
import { compareStrategies, strategies, type Strategy } from '../../src/reports/strategies.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, withPool } from '../support/database.ts'
import { reportShop } from './shop.ts'

const shop = testDatabase()
beforeAll(() => reportShop(shop.connection))

const asked = { since: undefined, until: undefined, limit: 100, now: new Date(), zone: utc }

describe('three strategies for users with their orders', () => {
  it.each([
    [
      '',
      [
        ['one-by-one', 11, 71],
        ['join', 1, 62],
        ['second-query', 2, 71],
      ],
    ],
    [
      '--limit 1',
      [
        ['one-by-one', 2, 6],
        ['join', 1, 5],
        ['second-query', 2, 6],
      ],
    ],
    [
      '--limit 5',
      [
        ['one-by-one', 6, 57],
        ['join', 1, 53],
        ['second-query', 2, 57],
      ],
    ],
    [
      '--since 2011-01-01 --limit 0',
      [
        ['one-by-one', 11, 12],
        ['join', 1, 10],
        ['second-query', 2, 12],
      ],
    ],
  ])('report eager-loading %s counts statements and rows', async (flags, expected) => {
    const rows = (await dbtool(`report eager-loading ${flags} --json`, { database: shop.name })).json<
      { strategy: string; statements: number; rows: number; ms: number }[]
    >()
    expect(rows.map(({ strategy, statements, rows: came }) => [strategy, statements, came])).toEqual(expected)
    for (const { ms } of rows) expect(JSON.stringify(ms)).toMatch(/^\d+(\.\d)?$/)
  })

  it('sends what it counts', async () => {
    const { stderr } = await dbtool('report eager-loading --limit 4 --sql', { database: shop.name })
    expect(stderr.split('\n').filter((line) => line.includes('WHERE o.user_id = ?'))).toHaveLength(4)
    expect(stderr).toContain('["[1,2,3,4]"]')
  })

  it.each<[string, Strategy]>([
    [
      'another order',
      async (...all) => (await strategies['join']!(...all)).map((one) => ({ ...one, orders: one.orders.slice(1) })),
    ],
    [
      'no users without orders',
      async (...all) => (await strategies['join']!(...all)).filter(({ orders }) => orders.length > 0),
    ],
    [
      'another total',
      async (...all) =>
        (await strategies['join']!(...all)).map((one) => ({
          ...one,
          orders: one.orders.map((order) => ({ ...order, total_amount: '0.00' })),
        })),
    ],
  ])('fails when one of them loads %s', async (_what, wrong) => {
    await withPool(shop.target, {}, async (db) => {
      await expect(compareStrategies(db, asked, { ...strategies, wrong })).rejects.toMatchObject({
        code: 'UNEXPECTED',
        message: 'wrong loaded other users or orders than a join',
      })
    })
  })

  it('all see one instant, whatever is ordered meanwhile', async () => {
    const disturbing: Strategy = async (...all) => {
      await shop.connection.execute("UPDATE orders SET status = 'cancelled' WHERE user_id = 1")
      return strategies['one-by-one']!(...all)
    }
    await withPool(shop.target, {}, async (db) => {
      expect(await compareStrategies(db, asked, { disturbing, ...strategies })).toHaveLength(4)
    })
  })
})
