import { describe, expect, it, test } from 'vitest'
import { checkRecordFile } from '../../src/files/record-file.ts'
import { fields, header, readAll, scratch, withFile } from './fixture.ts'

const file = scratch()
const bom = '\uFEFF'

interface CsvCase {
  what: string
  content: string
  /** Line and raw text of each record. */
  raws: [line: number, raw: string][]
  /** Values of the last record: order_ref user sku quantity price. */
  last: (string | undefined)[]
}

const one: [number, string][] = [[2, 'A,ada,x,1']]
const ada = ['A', 'ada', 'x', '1']
const lineEnds = 'A,"b\nc\r\n\nd",x,1'

const csv: CsvCase[] = [
  {
    what: 'two records',
    content: `${header}\nA,ada,x,1\nB,b,y,2\n`,
    raws: [...one, [3, 'B,b,y,2']],
    last: ['B', 'b', 'y', '2'],
  },
  { what: 'no final line end', content: `${header}\nA,ada,x,1`, raws: one, last: ada },
  { what: 'a byte order mark', content: `${bom}${header}\nA,ada,x,1\n`, raws: one, last: ada },
  { what: 'a mark before a quote', content: `${bom}"order_ref",user,sku,quantity\nA,ada,x,1\n`, raws: one, last: ada },
  { what: 'CRLF', content: `${header}\r\nA,ada,x,1\r\n`, raws: one, last: ada },
  { what: 'CRLF after a quote', content: `${header}\r\nA,ada,x,"1"\r\n`, raws: [[2, 'A,ada,x,"1"']], last: ada },
  {
    what: 'both line ends',
    content: `${header}\r\nB,b,y,2\nA,ada,x,1\r\n`,
    raws: [
      [2, 'B,b,y,2'],
      [3, 'A,ada,x,1'],
    ],
    last: ada,
  },
  { what: 'blank lines', content: `\n${header}\n\n \t\nA,ada,x,1\n\r\n\n`, raws: [[5, 'A,ada,x,1']], last: ada },
  { what: 'spaces around cells', content: `${header}\n A , ada\t,x,  1\n`, raws: [[2, ' A , ada\t,x,  1']], last: ada },
  { what: 'empty cells', content: `${header}\nA,,"",  \n`, raws: [[2, 'A,,"",  ']], last: ['A'] },
  {
    what: 'quoted separators',
    content: `${header}\nA,"b,c",x,1\n`,
    raws: [[2, 'A,"b,c",x,1']],
    last: ['A', 'b,c', 'x', '1'],
  },
  {
    what: 'doubled quotes',
    content: `${header}\nA,"7""x""",x,1`,
    raws: [[2, 'A,"7""x""",x,1']],
    last: ['A', '7"x"', 'x', '1'],
  },
  {
    what: 'lines in quotes',
    content: `${header}\n${lineEnds}\r\nA,ada,x,1`,
    raws: [
      [2, lineEnds],
      [6, 'A,ada,x,1'],
    ],
    last: ada,
  },
  {
    what: 'a value over lines',
    content: `${header}\n${lineEnds}`,
    raws: [[2, lineEnds]],
    last: ['A', 'b\nc\r\n\nd', 'x', '1'],
  },
  { what: 'a header over lines', content: `"a\nb",${header}\n0,A,ada,x,1\n`, raws: [[3, '0,A,ada,x,1']], last: ada },
  {
    what: 'other columns',
    content: 'price,quantity,?,sku,user,order_ref\n2,1,,x,ada,A\n',
    raws: [[2, '2,1,,x,ada,A']],
    last: [...ada, '2'],
  },
  {
    what: 'letters',
    content: `${header}\nÅ,Zoë,漢字,🍰\n`,
    raws: [[2, 'Å,Zoë,漢字,🍰']],
    last: ['Å', 'Zoë', '漢字', '🍰'],
  },
  {
    what: 'rows of nothing but separators',
    content: `,,,\n"",""\n${header}\n,,,\n , ,"",\nA,ada,x,1\n,,,,,,\n"""",,,\n`,
    raws: [
      [6, 'A,ada,x,1'],
      [8, '"""",,,'],
    ],
    last: ['"'],
  },
  {
    what: 'a line that names its separator',
    content: `sep=;\r\n${header.replaceAll(',', ';')}\r\nA;a,b;x;1\r\n`,
    raws: [[3, 'A;a,b;x;1']],
    last: ['A', 'a,b', 'x', '1'],
  },
  { what: 'a header alone', content: `${header}\n`, raws: [], last: [] },
]

test.each(csv)('CSV with $what', async ({ content, raws, last }) => {
  const records = await readAll(file('in.csv', content))
  expect(records.map(({ line, raw }) => [line, raw])).toEqual(raws)
  const values = records.at(-1)?.values ?? {}
  const names = [...fields.required, ...fields.optional]
  expect(names.map((name) => values[name])).toEqual(names.map((_, index) => last[index]))
  expect(records.filter(({ fault }) => fault !== undefined)).toEqual([])
})

test.each([
  [';', ';'],
  ['\t', 'tab'],
  ['\t', '\\t'],
  ['|', '|'],
])('the separator %j, given as %s', async (separator, flag) => {
  const path = file('in.csv', `${header}\nA,ada,"x,y",1\n`.replaceAll(/,(?!y)/g, separator))
  const [record] = await readAll(path, { delimiter: flag })
  expect(record?.values).toMatchObject({ user: 'ada', sku: 'x,y', quantity: '1' })
})

test('our names come from the mapped columns', async () => {
  const map = new Map([
    ['order_ref', 'InvoiceNo'],
    ['user', 'Customer, ID'],
    ['price', 'user'],
  ])
  const [record] = await readAll(file('in.csv', 'InvoiceNo,"Customer, ID",sku,quantity,user\n1,2,3,4,5\n'), { map })
  expect(record?.values).toEqual({ order_ref: '1', user: '2', sku: '3', quantity: '4', price: '5' })
})

test.each([
  [false, ['=1', "'=1", "'x'", 'x']],
  [true, ["'=1", "''=1", "'x'", 'x']],
])('the quote that guards a spreadsheet is taken off again, unless the cells are raw: %s', async (raw, values) => {
  const [record] = await readAll(file('in.csv', `${header}\n'=1,"''=1",'x',x\n`), { raw })
  expect(Object.values(given(record?.values))).toEqual(values)
})

test('what the file does not have is not among the values, and what it has empty is', async () => {
  const wanted = { fields: { required: ['order_ref'], optional: ['user', 'price'] } }
  const [csv] = await readAll(file('in.csv', 'order_ref,user\nA,\n'), wanted)
  const [json] = await readAll(file('in.ndjson', '{"order_ref":"A","user":null}\n'), wanted)
  for (const record of [csv, json])
    expect([Object.keys(record?.values ?? {}), record?.values['user']]).toEqual([['order_ref', 'user'], undefined])
})

describe('a fault of one record stays with that record', () => {
  test.each([
    ['too few', 'A,ada,x', 'has 3 columns, the header has 4'],
    ['one', 'A', 'has 1 column, the header has 4'],
    ['too many', 'A,ada,x,1,', 'has 5 columns, the header has 4'],
    ['too many, quoted', 'A,ada,"x,y",1,2', 'has 5 columns, the header has 4'],
  ])('CSV: %s columns', async (_, raw, fault) => {
    const records = await readAll(file('in.csv', `${header}\nA,a,b,1\n${raw}\nC,"c",d,1\n`))
    expect(records.map((record) => record.fault)).toEqual([undefined, fault, undefined])
    expect(records[1]).toMatchObject({ line: 3, raw, values: { order_ref: 'A' } })
  })

  test('CSV: only the first cell of a line with another number of columns is certainly in its column', async () => {
    const path = file('in.csv', 'user,order_ref,sku,quantity\nada,A,x,1\nbob,B,x\n')
    expect(given((await readAll(path))[1]?.values)).toEqual({ user: 'bob' })
  })

  test.each([
    ['text after a closing quote', 'B,"bob" ,x,1', 'text after the closing quote'],
    ['a quote inside a cell', 'B,6" pipe,x,1', 'a quote in the middle of a cell without quotes'],
    ['two quotes inside a cell', 'B,the "best",x,1', 'a quote in the middle of a cell without quotes'],
    ['a quote inside a cell, and another cell in quotes', 'B,6" pipe,"x,y",1', 'a quote in the middle of a cell'],
  ])('CSV: %s, and the line still belongs to its order', async (_, raw, fault) => {
    const records = await readAll(file('in.csv', `${header}\nA,a,b,1\n${raw}\nC,"c",d,1\n`))
    expect(records.map(({ line, values }) => [line, values.order_ref])).toEqual([
      [2, 'A'],
      [3, 'B'],
      [4, 'C'],
    ])
    expect(records[1]?.fault).toContain(fault)
    expect(records[1]).toMatchObject({ raw })
    expect([records[0]?.fault, records[2]?.fault]).toEqual([undefined, undefined])
  })

  test.each([
    ['no JSON', '{"order_ref": A}', 'is not a JSON object'],
    ['a list', '["A"]', 'is not a JSON object'],
    [
      'nested values',
      '{"sku":{"id":1},"user":[1],"quantity":1}',
      '"user" is not a single value; "sku" is not a single value',
    ],
  ])('NDJSON: %s', async (_, raw, fault) => {
    const records = await readAll(file('in.ndjson', `{"order_ref":"A"}\n${raw}\n`))
    expect(records[1]).toMatchObject({ line: 2, raw, fault })
    expect(records[0]?.fault).toBeUndefined()
  })
})

/** A line of NDJSON → its values. Numbers come as they are written: a rule about them has to see 1e3 and -0. */
test.each([
  ['strings', '{"order_ref":" A ","user":"","sku":"x\\ny","other":{}}', { order_ref: 'A', sku: 'x\ny' }],
  ['numbers as written', '{"user":-0,"sku":1e3,"quantity":2.50}', { user: '-0', sku: '1e3', quantity: '2.50' }],
  ['great numbers', '{"order_ref":9007199254740993}', { order_ref: '9007199254740993' }],
  ['digits in strings', '{"order_ref":"a\\"1\\\\","quantity":1,"2":3}', { order_ref: 'a"1\\', quantity: '1' }],
  ['null and truth', '{"order_ref":null,"user":true}', { user: 'true' }],
  ['inherited names', '{"__proto__":{"user":"x"},"sku":"a"}', { sku: 'a' }],
])('NDJSON with %s', async (_, line, values) => {
  const [record] = await readAll(file('in.jsonl', `${line}\n`))
  expect(given(record?.values)).toEqual(values)
  expect(record).toMatchObject({ line: 1, raw: line, fault: undefined })
})

test.each([
  ['in.ndjson', '{"order_ref":"A"}\n', 'ndjson'],
  ['IN.JSONL', ' [1]\n', 'ndjson'],
  ['in.txt', `${bom}\r\n {"order_ref":"A"}\r\n`, 'ndjson'],
  ['in.json', '{"order_ref":"A"}\n', 'ndjson'],
  ['in.txt', `${header}\n`, 'csv'],
])('the format of %s', async (name, content, format) => {
  const found = await withFile(file(name, content), {}, (opened) => Promise.resolve([opened.format, opened.header]))
  expect(found).toEqual([format, format === 'csv' ? header : undefined])
})

it('gives the same records as often as it is asked, and says how far it is', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `R${index},ada,"x, ${index}",1\n`)
  const content = `${bom}${header}\n${lines.join('')}`
  await withFile(file('in.csv', content), {}, async (opened) => {
    expect(opened.bytes).toBe(Buffer.byteLength(content))
    expect(await checkRecordFile(opened)).toEqual({ records: 20_000, faulty: 0 })
    for (let pass = 0; pass < 2; pass++) {
      const seen: number[] = []
      let next = 0
      for await (const { line, raw, values } of opened.records({ onBytes: (read) => seen.push(read) })) {
        const right = line === next + 2 && raw === `R${next},ada,"x, ${next}",1` && values.sku === `x, ${next}`
        if (!right) throw new Error(`record ${next} is ${raw}`)
        next++
      }
      expect(next).toBe(20_000)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
      expect(seen.at(-1)).toBe(opened.bytes)
    }
  })
})

function given(values: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
