import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openRecordFile } from '../../../src/files/record-file.ts'
import { orderFields } from '../../../src/shop/import/draft-order.ts'
import { parseKeyRule } from '../../../src/shop/import/key-rule.ts'
import { keyByReference, type KeyRule, OrderGroups } from '../../../src/shop/import/order-groups.ts'
import { temporaryFolder } from '../../support/folder.ts'

const folder = temporaryFolder()
const { signal } = new AbortController()

const head = 'order_ref,user,sku,quantity,ordered_at'

/** The orders of a file: `R1: 2 3` is the order R1 of lines 2 and 3. */
async function groupsOf(content: string, rule: KeyRule = keyByReference, records = 1_000): Promise<string[]> {
  const path = join(folder, content.startsWith(head) ? 'lines.csv' : 'lines.ndjson')
  writeFileSync(path, content)
  const file = await openRecordFile(path, { stdin: Readable.from([]), fields: orderFields, map: new Map() })
  try {
    const orders = await OrderGroups.scan(file, signal, rule, { records, characters: 1_000_000 })
    const found: string[] = []
    for await (const { key, records: lines, suspect } of orders.groups(signal))
      found.push(
        `${key}: ${lines.map(({ line }) => line).join(' ')}${suspect === undefined ? '' : ` (suspect ${suspect})`}`,
      )
    return found
  } finally {
    await file.close()
  }
}

const csv = (...lines: readonly string[]): string => `${head}\n${lines.join('\n')}\n`

describe('the lines of one order', () => {
  it.each([
    ['adjacent', ['A,kim,T,1,', 'A,kim,P,1,', 'B,lee,T,1,'], ['A: 2 3', 'B: 4']],
    ['not adjacent', ['A,kim,T,1,', 'B,lee,T,1,', 'A,kim,P,1,', 'C,kim,T,1,'], ['B: 3', 'C: 5', 'A: 2 4']],
    ['without reference and user', ['A,kim,T,1,', ',,P,1,', ',,C,1,', 'B,lee,T,1,'], ['A: 2 3 4', 'B: 5']],
    ['without user or date', ['A,kim,T,1,2026-01-01', 'A,,P,1,', 'A,kim,C,1,'], ['A: 2 3 4']],
    [
      'not adjacent, and each continued',
      ['A,kim,T,1,', ',,P,1,', 'B,lee,T,1,', 'A,,C,1,', ',,D,1,'],
      ['B: 4', 'A: 2 3 5 6'],
    ],
    ['with a user but no reference: not of the order above', ['A,kim,T,1,', ',kim,P,1,'], ['A: 2', ': 3']],
  ])('%s', async (_what, lines, expected) => {
    expect(await groupsOf(csv(...lines))).toEqual(expected)
  })

  it.each([
    [
      'times as parts of the key',
      ['A,kim,T,1,2026-01-01', 'A,kim,T,1,2026-01-02'],
      ['A|2026-01-01T00:00:00Z: 2', 'A|2026-01-02T00:00:00Z: 3'],
    ],
    [
      'spellings of one instant',
      ['A,kim,T,1,2026-01-01T10:00:00+01:00', 'A,kim,T,1,2026-01-01 09:00:00'],
      ['A|2026-01-01T09:00:00Z: 2 3'],
    ],
    ['an empty time continues', ['A,kim,T,1,2026-01-01', 'A,,P,1,', ',,C,1,'], ['A|2026-01-01T00:00:00Z: 2 3 4']],
    ['a bar in a reference', ['A|B,kim,T,1,2026-01-01'], ['A\\|B|2026-01-01T00:00:00Z: 2']],
  ])('%s', async (_what, lines, expected) => {
    expect(await groupsOf(csv(...lines), parseKeyRule('order_ref,ordered_at'))).toEqual(expected)
  })
})

describe('a line that cannot be read', () => {
  const ndjson = (...lines: readonly string[]): string =>
    lines
      .map((ref) => (ref === '?' ? 'broken' : `{"order_ref":"${ref}","user":"kim","sku":"T","quantity":1}`))
      .join('\n')

  it.each([
    ['may belong to the order above or below', ['A', 'A', '?', 'B', 'C'], ['A: 1 2 3', 'B: 4 (suspect 3)', 'C: 5']],
    ['at the beginning', ['?', 'A', 'B'], [': 1', 'A: 2 (suspect 1)', 'B: 3']],
    [
      'may belong to any order whose lines are not adjacent',
      ['A', 'B', 'A', 'C', '?'],
      ['B: 2', 'C: 4 5', 'A: 1 3 (suspect 5)'],
    ],
  ])('%s', async (_what, refs, expected) => {
    expect(await groupsOf(ndjson(...refs))).toEqual(expected)
  })
})

it('any file of lines comes out as its orders, each whole and once, in bounded memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(12), { minLength: 1, maxLength: 80 }),
      fc.integer({ min: 1, max: 20 }),
      async (refs, most) => {
        const groups = await groupsOf(csv(...refs.map((ref) => `R${ref},kim,T,1,`)), keyByReference, most)
        const expected = [...new Set(refs)].map(
          (ref) => `R${ref}: ${refs.flatMap((other, index) => (other === ref ? [index + 2] : [])).join(' ')}`,
        )
        expect(groups.toSorted()).toEqual(expected.toSorted())
      },
    ),
  )
})
