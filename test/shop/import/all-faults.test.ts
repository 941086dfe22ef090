import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { dbtool } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { renewedShop } from '../../support/shop.ts'

const shop = testDatabase()
const file = join(temporaryFolder(), 'file.csv')
beforeAll(() => renewedShop(shop))

// A value that a flag of the file reads, and values that the rules of the shop read, are both wrong.
it.each<[line: string, rows: string[], faults: string[]]>([
  [
    'orders import --date-format DD.MM.YYYY --create-missing',
    ['order_ref,user,sku,quantity,price,ordered_at', 'A,ada,,0,1.5.5,31.13.2026'],
    [
      "quantity must be a whole number from 1 to 2147483647, not '0'",
      "price must be an amount such as 19.90, not '1.5.5'",
      "ordered_at must be a time such as DD.MM.YYYY, not '31.13.2026'",
      'sku is empty',
    ],
  ],
  [
    'products import --currency-sign',
    ['sku,name,price,stock', 'POT,Pot,$ 9.00,1', 'CUP,,€ 4.50,-1'],
    [
      "price is in '€' here, but '$' above: import them apart",
      "stock must be a whole number from 0 to 2147483647, not '-1'",
      'name is empty',
    ],
  ],
])('%s names all faults of a row, and no flag that is given', async (line, rows, faults) => {
  writeFileSync(file, `${rows.join('\n')}\n`)
  const [noun = '', verb = '', ...flags] = line.split(' ')
  const { error } = await dbtool([noun, verb, file, ...flags, '--dry-run', '--json'], { database: shop.name })
  expect(error.message.split(/, line \d: /)[1]?.split('; ')).toEqual(faults)
})

it('import guess names the faults of all lines of an order', async () => {
  writeFileSync(file, 'order_ref,user,sku,quantity\nA,ada,TEA-1,0\nA,ada,,1\nB,ada,TEA-1,1\n,ada,TEA-1,1\n')
  const { json } = await dbtool(`import guess ${file} --json`)
  expect(json()).toMatchObject({
    first: [
      {
        name: 'A',
        fault: "line 2: quantity must be a whole number from 1 to 2147483647, not '0'; line 3: sku is empty",
      },
      { name: 'B', fault: null },
      { name: 'line 5', fault: 'line 5: order_ref is empty' },
    ],
  })
  const { stdout } = await dbtool(`import guess ${file}`)
  expect(stdout).toMatch(/│ B +│ ada, 1 × TEA-1 +│ none +│/)
})
