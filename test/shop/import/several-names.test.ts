import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { dbtool, type Outcome } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const database = testDatabase()

beforeEach(async () => {
  for (const table of ['orders', 'products', 'users', 'logs']) await database.connection.execute(`DELETE FROM ${table}`)
  await dbtool('products create --sku OWN --name Shop --price 1 --stock 50', { database: database.name })
})

async function importing(noun: string, rows: readonly string[], flags: string): Promise<Outcome> {
  const path = join(folder, 'names.csv')
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''))
  return dbtool(`${noun} import ${path} ${flags}`, { database: database.name })
}

const head = 'order_ref,user,sku,quantity,price,product_name'
const growing = '--create-missing --initial-stock 50'

interface Name {
  readonly sku: string
  readonly kept: string
  readonly others: readonly string[]
}

describe('one SKU is one product, and the other names in a file are reported', () => {
  it.each<[what: string, rows: string[], names: Name[]]>([
    ['one name', [head, 'A,kim,TEA,1,1,Tea', 'B,kim,TEA,1,1,Tea', 'C,kim,TEA,1,1,'], []],
    [
      'two names in two orders: the first one is that of the new product',
      [head, 'A,kim,TEA,1,1,Tea', 'B,kim,TEA,1,1,Green tea', 'C,kim,TEA,1,1,Thé', 'D,kim,TEA,1,1,Green tea'],
      [{ sku: 'TEA', kept: 'Tea', others: ['Green tea', 'Thé'] }],
    ],
    [
      'two names in one order',
      [head, 'A,kim,TEA,1,1,', 'A,kim,TEA,1,1,Tea', 'A,kim,TEA,1,1,Green tea'],
      [{ sku: 'TEA', kept: 'Tea', others: ['Green tea'] }],
    ],
    [
      'the product exists',
      [head, 'A,kim,OWN,1,1,Shop', 'B,kim,OWN,1,1,File'],
      [{ sku: 'OWN', kept: 'Shop', others: ['File'] }],
    ],
    [
      'the first order has no name, so the SKU is the name',
      [head, 'A,kim,TEA,1,1,', 'B,kim,TEA,1,1,Tea'],
      [{ sku: 'TEA', kept: 'TEA', others: ['Tea'] }],
    ],
    ['a rejected order creates no product', [head, 'A,kim,TEA,999,1,Green tea', 'B,kim,TEA,1,1,Tea'], []],
  ])('%s', async (...[, rows, names]) => {
    const flags = `${growing} --on-error skip`
    for (const run of ['--dry-run', '', '']) {
      const { json } = await importing('orders', rows, `${flags} --json ${run}`)
      expect(json()).toMatchObject({ differing_names: names })
      const { stderr } = await importing('orders', rows, `${flags} --dry-run`)
      for (const { sku, kept, others } of names) {
        const more = others.map((name) => `'${name}'`).join(', ')
        expect(stderr).toContain(`SKU '${sku}' is one product, '${kept}'; the file also says ${more}\n`)
      }
      if (names.length === 0) expect(stderr).not.toContain('is one product')
    }
    for (const { sku, kept } of names)
      expect(await database.connection.rows('SELECT name FROM products WHERE sku = ?', [sku])).toEqual([{ name: kept }])
  })

  it('many of them: the first on standard error, all in the summary', async () => {
    const skus = Array.from({ length: 7 }, (_, index) => `S${index}`)
    const rows = [head, ...skus.flatMap((sku) => [`A${sku},kim,${sku},1,1,One`, `B${sku},kim,${sku},1,1,Two`])]
    const { stderr } = await importing('orders', rows, `${growing} --dry-run`)
    expect(stderr.match(/is one product/g)).toHaveLength(5)
    expect(stderr).toContain('2 other products with several names; --json lists all\n')
    expect(
      (await importing('orders', rows, `${growing} --json`)).json<{ differing_names: [] }>().differing_names,
    ).toEqual(skus.map((sku) => ({ sku, kept: 'One', others: ['Two'] })))
  })

  it('of products: a second row is a fault, and a row that is skipped has its name reported', async () => {
    const rows = ['sku,name,price', 'TEA,Tea,1', 'TEA,Green tea,1']
    const twice = await importing('products', rows, '--json')
    expect([twice.exitCode, twice.error.message]).toEqual([
      2,
      expect.stringContaining("line 3: duplicate sku 'TEA': already on an earlier line"),
    ])
    const skipped = await importing('products', ['sku,name,price', 'OWN,File,1'], '--on-conflict skip --json')
    expect(skipped.json()).toMatchObject({
      skipped: 1,
      differing_names: [{ sku: 'OWN', kept: 'Shop', others: ['File'] }],
    })
    expect((await importing('products', ['sku,name,price', 'OWN,File,1'], '--on-conflict skip')).stderr).toBe(
      "SKU 'OWN' is one product, 'Shop'; the file also says 'File'\n",
    )
    const updated = await importing('products', ['sku,name,price', 'OWN,File,1'], '--on-conflict update --json')
    expect(updated.json()).toMatchObject({ updated: 1, differing_names: [] })
  })
})
