import { expect, it } from 'vitest'
import { readAll, scratch } from './fixture.ts'

const file = scratch()
const fields = { required: ['sku', 'name', 'price'], optional: [] }
const cells = async (content: string, more: object = {}): Promise<unknown[]> =>
  (await readAll(file('in.csv', content), { fields, ...more })).map(
    ({ values: { sku, name, price }, fault }) => fault ?? [sku, name, price],
  )

// Other programs keep zeros so: Excel would read the number 123 in "0123".
it.each<[what: string, row: string, read: unknown]>([
  ['without quotes', '="0123",Pin,2', ['0123', 'Pin', '2']],
  ['in quotes', '"=""0123""",Pin,2', ['0123', 'Pin', '2']],
  ['beside a quoted cell', '"A, 1",="007","2"', ['A, 1', '007', '2']],
  ['with a separator in it', '="A,1",="a, b",="2"', ['A,1', 'a, b', '2']],
  ['with quotes in it', '="7"" pin",="""","2"', ['7" pin', '"', '2']],
  ['with a line end in it', '="01","a\n=""b""",2', ['01', 'a\n="b"', '2']],
  ['empty', '="",Pin,=""', [undefined, 'Pin', undefined]],
  ['before a carriage return', 'A,Pin,="2"\r', ['A', 'Pin', '2']],
  ['in the middle of a quoted cell', '"a,=""b"",c",Pin,2', ['a,="b",c', 'Pin', '2']],
  ['a formula that computes', '=A1+1,"=SUM(""x"")",2', ['=A1+1', '=SUM("x")', '2']],
  ['a text behind one', '"=""0123""x",Pin,2', ['="0123"x', 'Pin', '2']],
  ['an exported name that looks like one', `A,"'=""0123""",2`, ['A', '="0123"', '2']],
])('a formula that is only a text: %s', async (_what, row, read) => {
  expect(await cells(`sku,name,price\n${row}\n`)).toEqual([read])
})

it('also names a column', async () => {
  expect(await cells('="sku";="name";="price"\n="01";Pin;2\n', { delimiter: ';' })).toEqual([['01', 'Pin', '2']])
})

it('is left as it is with --raw, and in the TSV of exports', async () => {
  expect(await cells('sku,name,price\n="01",Pin,2\n', { raw: true })).toEqual([['="01"', 'Pin', '2']])
  expect(await cells('sku\tname\tprice\n="01"\tPin\t2\n', { inputFormat: 'tsv' })).toEqual([['="01"', 'Pin', '2']])
})

it.each(['x="01",Pin,2', '="01"x,Pin,2', '=""x,Pin,2'])(
  'a quote in the wrong place is still a fault: %s',
  async (row) => {
    expect(await cells(`sku,name,price\n${row}\n`)).toEqual([expect.stringMatching(/quote/)])
  },
)
