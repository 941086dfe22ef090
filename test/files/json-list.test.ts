import { describe, expect, it } from 'vitest'
import { checkRecordFile } from '../../src/files/record-file.ts'
import { failure, readAll, scratch, withFile } from './fixture.ts'

const file = scratch()
const order = '{"order_ref":"A","user":"ada","sku":"x","quantity":1}'
const another = '{\n  "order_ref": "B", "user": "bob",\n  "sku": "y", "quantity": 2}'
/** Order and line of each record. */
const found = async (content: string, map = new Map<string, string>()): Promise<string[]> =>
  (await readAll(file('answer.json', content), { map })).map(
    ({ values, line, fault }) => fault ?? `${values['order_ref']} ${values['sku']} ${values['quantity']}, line ${line}`,
  )

describe('a list of objects within a JSON document', () => {
  it.each<[what: string, content: string, records: string[]]>([
    ['on one line', `{"orders":[${order},${order}]}`, ['A x 1, line 1', 'A x 1, line 1']],
    ['on several lines', `{\n"orders": [\n${order},\n${another}\n]\n}\n`, ['A x 1, line 3', 'B y 2, line 4']],
    ['behind other keys', `{"total":2,"ids":[1,2],"paging":{"next":null},"items":[${order}]}`, ['A x 1, line 1']],
    ['before other keys', `{"items":[${order}],"search":{"filters":[{"by":"}"}]},"total":1}`, ['A x 1, line 1']],
    ['two objects deep', `{"data":{"orders":[${order}]},"errors":[]}`, ['A x 1, line 1']],
    ['beside a field of the same name', `{"user":"me","items":[${order}]}`, ['A x 1, line 1']],
    ['behind a byte order mark', `\uFEFF{"items":[${order}]}`, ['A x 1, line 1']],
    ['with brackets in texts', `{"q":"[{\\"","items":[${order.replace('ada', 'a]}{')}]}`, ['A x 1, line 1']],
    ['longer than a record', `{"items":[${`${order},`.repeat(25_000)}${another}]}`, ['B y 2, line 1']],
  ])('%s', async (_what, content, records) => {
    expect((await found(content)).slice(-records.length)).toEqual(records)
  })

  it.each<[what: string, content: string]>([
    ['of an order on one line', '{"order_ref":"A","user":"ada","items":[{"sku":"x","quantity":1}]}'],
    ['of each order', '{"order_ref":"A","user":"ada","items":[{"sku":"x","quantity":1}]}\n'.repeat(2)],
    ['behind another list', '{"order_ref":"A","user":"ada","tags":[{"sku":"z"}],"items":[{"sku":"x","quantity":1}]}'],
    ['of the first order', `{"order_ref":"A","user":"ada","items":[{"sku":"x","quantity":1}]}\n${order}\n`],
  ])('is no list of records: %s', async (_what, content) => {
    const map = new Map([
      ['sku', 'items[].sku'],
      ['quantity', 'items[].quantity'],
    ])
    expect((await found(content, map))[0]).toBe('A x 1, line 1')
  })

  it.each<[what: string, content: string, sentence: string]>([
    ['a second list beside it', `{"users":[{"sku":"x"}],\n"orders":[${order}]}`, ' line 2: a second list of objects'],
    [
      'text behind the document',
      `{"orders":[${`${order},`.repeat(25_000)}${order}]}\n]`,
      ' line 2: text after the end of the document',
    ],
    ['a document that is cut', `{"orders":[${order}],"total":`, ': the JSON never ends'],
    ['a list that is cut', `{"orders":[${order},{"order`, ' line 1: the list never ends'],
  ])('%s is refused', async (_what, content, sentence) => {
    const path = file('answer.json', content)
    const error = await failure(withFile(path, {}, (opened) => checkRecordFile(opened)))
    expect(error.message).toBe(path + sentence)
  })

  it('names the keys of its elements, if none is known', async () => {
    const path = file('answer.json', '{"count":1,"orders":[{"no":"A","email":"ada"}]}')
    const error = await failure(withFile(path, {}, (opened) => checkRecordFile(opened)))
    expect(error.hint).toContain('The keys of the first object are "no", "email"')
  })
})
