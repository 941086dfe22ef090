import { describe, expect, test } from 'vitest'
import { checkRecordFile } from '../../src/files/record-file.ts'
import { type Fields, ignoredColumns } from '../../src/files/columns.ts'
import { collect, failure, readAll, scratch, withFile } from './fixture.ts'

const file = scratch()
const fields: Fields = { required: ['sku'], optional: ['price', 'is_active', 'stock'] }

/** The columns of a file → the fields that are read, and the columns that are not, with the field probably meant. */
const cases: [what: string, columns: string[], values: Record<string, string>, ignored: [string, string?][]][] = [
  ['our names', ['sku', 'price'], { sku: '0', price: '1' }, []],
  ['another case', ['SKU', 'Price', 'IS_ACTIVE'], { sku: '0', price: '1', is_active: '2' }, []],
  ['no underscore', ['sku', 'isActive'], { sku: '0', is_active: '1' }, []],
  ['spaces and hyphens', ['Sku', 'Is Active', 'STO-CK'], { sku: '0', is_active: '1', stock: '2' }, []],
  ['our name and another like it', ['Price', 'sku', 'price'], { price: '2', sku: '1' }, [['Price']]],
  ['other columns', ['sku', 'Colour', 'Stok', 'note'], { sku: '0' }, [['Colour'], ['Stok', 'stock'], ['note']]],
]

describe.each(['csv', 'ndjson', 'json'])('%s', (format) => {
  test.each(cases)('with %s', async (_, columns, values, ignored) => {
    const object = JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, String(index)])))
    const content =
      format === 'csv'
        ? `${columns.join()}\n${columns.map((_column, index) => index).join()}\n`
        : format === 'json'
          ? `[${object}]`
          : object
    await withFile(file(`in.${format}`, content), { fields }, async (opened) => {
      const [record] = await collect(opened.records())
      expect(record?.values).toEqual(values)
      expect(opened.ignored()).toEqual(ignored.map(([column, meant]) => ({ column, meant })))
    })
  })
})

test('a column of the map may differ in the same way', async () => {
  const map = new Map([['sku', 'article-no']])
  expect((await readAll(file('in.csv', 'Article No,x\nA,1\n'), { fields, map }))[0]?.values).toEqual({ sku: 'A' })
})

test('keys that come with later objects are found too, and two that could be one field are a fault', async () => {
  const lines = ['{"sku":"A"}', '{"SKU":"B","Price":1,"tint":2}', '{"sku":"C","PRICE":1,"Price":2}']
  await withFile(file('in.ndjson', lines.join('\n')), { fields }, async (opened) => {
    const records = await collect(opened.records())
    expect(records.map(({ values }) => values.sku)).toEqual(['A', 'B', 'C'])
    expect(records[1]?.values.price).toBe('1')
    expect(records[2]?.fault).toBe('keys "PRICE" and "Price" could both be price')
    expect(opened.ignored()).toEqual([{ column: 'tint', meant: undefined }])
  })
})

test.each([
  ['in.csv', 'sku,line,reason\nA,2,why\n', []],
  ['in.ndjson', '{"sku":"A","line":2,"reason":"why"}\n', []],
  ['in.csv', 'sku,reason\nA,why\n', ['reason']],
])('the columns of a rejects file are no news: %s %j', async (name, content, ignored) => {
  await withFile(file(name, content), { fields }, async (opened) => {
    await checkRecordFile(opened)
    expect(opened.ignored().map(({ column }) => column)).toEqual(ignored)
  })
})

test.each<[names: string[], meant: (string | undefined)[]]>([
  [['updated_at'], ['created_at']],
  [
    ['created_at', 'updated_at'],
    ['created_at', undefined],
  ],
  [
    ['Created-At', 'crated_at', 'stok'],
    ['created_at', undefined, 'stock'],
  ],
])('%j: a name is not meant where another one is the same', (names, meant) => {
  expect(ignoredColumns(names, ['created_at', 'stock']).map((one) => one.meant)).toEqual(meant)
})

describe('a column whose name has a part of its own', () => {
  const known = new Map([['stock', ['Current Quantity *']]])
  const read = (head: string) => readAll(file('in.csv', `${head}\n1,2\n`), { fields: optional, map: new Map(), known })
  const optional: Fields = { required: [], optional: ['stock'] }

  test.each(['Current Quantity Main,x', 'current-quantity Shop 2,x', 'x,Current Quantity Main'])('%s', async (head) => {
    expect((await read(head))[0]?.values['stock']).toBe(head.startsWith('x') ? '2' : '1')
  })

  test('two of them need a map', async () => {
    expect(await failure(read('Current Quantity A,Current Quantity B'))).toMatchObject({
      message: expect.stringContaining(
        'columns "Current Quantity A" and "Current Quantity B" (1 and 2) could both be stock',
      ) as string,
    })
  })
})

test.each([
  ['sku,name,price,price\nA,Tea,1,2\n', 'column 4', '2'],
  ['sku,name,price,Price\nA,Tea,1,2\n', 'Column 3', '1'],
  ['sku,name,,x\nA,Tea,1,2\n', 'column 3', '1'],
  ['sku,column 4,name,price\nA,3,Tea,1\n', 'column 4', '3'],
])('%j: %s is a column without a name of its own', async (content, column, price) => {
  const wanted = { required: ['sku', 'price'], optional: [] }
  const [record] = await readAll(file('in.csv', content), { fields: wanted, map: new Map([['price', column]]) })
  expect(record?.values['price']).toBe(price)
})

test.each(['column 2', 'column 9', 'column 0'])('%s is no column with a name of its own', async (column) => {
  const path = file('in.csv', 'sku,7,price\nA,Tea,1\n')
  const wanted = { required: ['sku', 'price'], optional: [] }
  const error = await failure(readAll(path, { fields: wanted, map: new Map([['price', column]]) }))
  expect(error.message).toContain(`no column "${column}" for price`)
})

test('a column without a name has a number', async () => {
  await withFile(file('in.csv', 'sku,,\nA,1,2\n'), { fields }, (opened) => {
    expect(opened.ignored().map(({ column }) => column)).toEqual(['column 2', 'column 3'])
    return Promise.resolve()
  })
})

describe('paths into JSON', () => {
  const order =
    '{"id":1,"billing":{"Email":"k@x.nl"},"total":5.10,"line_items":[{"sku":"A","price":15.990},{"sku":"B"}]}'
  const paths = (map: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(map))

  test.each([
    ['in.ndjson', `${order}\n`],
    ['in.json', `[${order}]`],
  ])('%s: a record for each element', async (name, content) => {
    const wanted = { required: ['sku', 'user'], optional: ['price', 'ref'] }
    const map = paths({ sku: 'line_items[].sku', price: 'line_items[].price', user: 'billing.email', ref: 'id' })
    await withFile(file(name, content), { fields: wanted, map }, async (opened) => {
      const records = await collect(opened.records())
      expect(records.map(({ values }) => ({ ...values }))).toEqual([
        { sku: 'A', price: '15.990', user: 'k@x.nl', ref: '1' },
        { sku: 'B', user: 'k@x.nl', ref: '1' },
      ])
      expect(opened.ignored()).toEqual([{ column: 'total', meant: undefined }])
    })
  })

  test.each([
    ['no elements', '{"line_items":[]}', '"line_items" has no elements'],
    ['no list', '{"line_items":{"sku":"A"}}', '"line_items" is not a list'],
    ['an object for a value', '{"line_items":[{"sku":{"id":1}}]}', '"line_items[].sku" is not a single value'],
  ])('%s is a fault of the record', async (_, line, fault) => {
    const [record] = await readAll(file('in.ndjson', line), { fields, map: paths({ sku: 'line_items[].sku' }) })
    expect(record?.fault).toBe(fault)
  })

  test('a key with a dot in its name is no path', async () => {
    const [record] = await readAll(file('in.ndjson', '{"a.b":"x","a":{"b":"y"}}'), {
      fields,
      map: paths({ sku: 'a.b' }),
    })
    expect(record?.values.sku).toBe('x')
  })

  test.each([{ sku: 'a[].b[].c' }, { sku: 'a[].b', price: 'c[].d' }])('one list only: %j', async (map) => {
    const error = await failure(
      readAll(file('in.ndjson', '{"a":1}'), { fields, map: paths(map as Record<string, string>) }),
    )
    expect([error.code, error.message]).toEqual(['USAGE', expect.stringContaining('several lists')])
  })
})

test('a JSON list may be one line of any length, or many', async () => {
  const objects = Array.from({ length: 60_000 }, (_, index) => ({ sku: `S"${index}]}`, note: '\\" {[' }))
  for (const text of [JSON.stringify(objects), JSON.stringify(objects, null, 2)]) {
    const records = await readAll(file('in.json', text), { fields })
    expect(records).toHaveLength(objects.length)
    expect(records.map(({ values }) => values.sku)).toEqual(objects.map(({ sku }) => sku))
  }
})

test('the lines of a JSON list are counted', async () => {
  const records = await readAll(file('in.json', '[\n  {\n    "sku": "A"\n  },\n  {"sku": "B"}, {"sku": "C"}\n]\n'), {
    fields,
  })
  expect(records.map(({ line, raw }) => [line, raw])).toEqual([
    [2, '{\n    "sku": "A"\n  }'],
    [5, '{"sku": "B"}'],
    [5, '{"sku": "C"}'],
  ])
})
