import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
const run = (line: string, DB_CURRENCY = 'EUR', columns?: number): Promise<Outcome> =>
  dbtool(`${line} --color never`, {
    database,
    env: { DB_CURRENCY, TZ: 'UTC' },
    ...(columns === undefined ? {} : { columns }),
  })
beforeAll(() => smallShop(database))

describe('the currency of the shop', () => {
  it.each<[line: string, head: RegExp]>([
    ['products list', /│ +price │.*\n│.* EUR │/],
    ['orders list', /│ total_amount │.*\n│.* EUR │/],
    ['report top-products', /│ revenue │\n│.* EUR │/],
    ['report revenue', /│ revenue │\n│.* EUR │/],
    ['orders list --format markdown', /\| total_amount \(EUR\) \|/],
    ['report big-spenders --format markdown --min-spent 1', /\| total_spent \(EUR\) \|/],
  ])('%s has it in the head', async (line, head) => {
    expect((await run(line)).stdout).toMatch(head)
    expect((await run(line, '')).stdout).not.toContain('EUR')
  })

  it('one thing has it beside the amount, and messages name it', async () => {
    const { stdout } = await run('orders get 1')
    expect(stdout).toMatch(/^total_amount +57\.90 EUR$/m)
    expect(stdout).toMatch(/│ subtotal │\n│.* EUR │/)
    expect((await run('orders get 1 --format markdown')).stdout).toContain('57.90 EUR')
    expect((await run('orders place --user ada --item TEA-1:1')).stderr).toContain('placed order 2: 4.50 EUR')
  })

  it.each(['json', 'ndjson', 'csv', 'tsv', 'ids', 'count'])('changes nothing in %s', async (format) => {
    for (const line of ['orders list', 'orders get 1', 'products list', 'report top-products', 'products export'])
      expect((await run(`${line} --format ${format}`)).stdout).toBe(
        (await run(`${line} --format ${format}`, '')).stdout,
      )
  })

  it('of a currency without a minor unit, whole amounts have no decimals; nothing is rounded', async () => {
    await shop.connection.execute("UPDATE products SET price = 1200 WHERE sku = 'POT-1'")
    expect((await run('products get POT-1', 'JPY', 80)).stdout).toMatch(/^price +1,200 JPY$/m)
    expect((await run('products get TEA-1', 'JPY', 80)).stdout).toMatch(/^price +4\.50 JPY$/m)
    expect((await run('products get POT-1', 'KWD', 80)).stdout).toMatch(/^price +1,200\.00 KWD$/m)
    expect((await run('products get POT-1 --json', 'JPY')).json()).toMatchObject({ price: '1200.00' })
  })

  it('is a setting like the others: small letters are read, and other words refused', async () => {
    expect((await run('products get TEA-1', 'eur')).stdout).toContain('4.50 EUR')
    const settings = (await run('config show --json')).json<{ name: string; value: string; origin: string }[]>()
    expect(settings).toContainEqual({ name: 'DB_CURRENCY', value: 'EUR', origin: 'environment' })
    const { exitCode, error } = await run('products list --json', 'Euro')
    expect([exitCode, error.code, error.message]).toEqual([
      2,
      'BAD_CONFIG',
      "DB_CURRENCY (environment) must be a currency code of ISO 4217 such as EUR, not 'Euro'",
    ])
  })

  it('is in the chart of a report', async () => {
    const path = join(folder, 'chart.svg')
    expect(await run(`report big-spenders --min-spent 1 --chart-out ${path}`)).toMatchObject({ exitCode: 0 })
    expect(readFileSync(path, 'utf8')).toContain('total_spent, EUR')
  })
})
