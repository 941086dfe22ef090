import { describe, expect, it } from 'vitest'
import type { SourceRecord } from '../../../src/files/record.ts'
import { type DraftOrder, draftOrders, type DraftRules } from '../../../src/shop/import/draft-order.ts'
import { adjacent, keyByReference } from '../../../src/shop/import/order-groups.ts'

const rules: DraftRules = { key: keyByReference, guest: undefined }
const columns = ['order_ref', 'user', 'sku', 'quantity', 'price', 'ordered_at', 'status', 'shipping', 'discount', 'tax']

/** The draft orders of lines such as `A,kim,TEA,1,2.50`. */
async function drafts(lines: readonly string[], given = rules): Promise<DraftOrder[]> {
  async function* batches(): AsyncGenerator<SourceRecord[]> {
    for (const [index, raw] of lines.entries()) {
      const cells = raw.split(',')
      const values = Object.fromEntries(columns.map((name, at) => [name, cells[at] === '' ? undefined : cells[at]]))
      yield await Promise.resolve([{ line: index + 2, raw, values, fault: undefined }])
    }
  }
  const found: DraftOrder[] = []
  for await (const draft of draftOrders(adjacent(batches()), given)) found.push(draft)
  return found
}

const faultsOf = async (lines: readonly string[], given = rules): Promise<[number, string][]> =>
  (await drafts(lines, given)).flatMap(({ faults }) => [...faults])

describe('the lines of one product', () => {
  it.each<[what: string, lines: string[], expected: Partial<DraftOrder>]>([
    [
      'at one price are one line',
      ['A,kim,TEA,2,5.00', 'A,kim,TEA,1,5.00'],
      { lines: [{ sku: 'TEA', quantity: 3, price: '5.00', productName: undefined }], adjustments: [], notes: [] },
    ],
    [
      'without a price are one line',
      ['A,kim,TEA,2', 'A,kim,TEA,1'],
      { lines: [{ sku: 'TEA', quantity: 3, price: undefined, productName: undefined }], adjustments: [], notes: [] },
    ],
    [
      'at two prices are one line and a discount',
      ['A,kim,TEA,2,5.00', 'A,kim,POT,1,9.00', 'A,kim,TEA,1,0'],
      {
        lines: [
          { sku: 'TEA', quantity: 3, price: '5.00', productName: undefined },
          { sku: 'POT', quantity: 1, price: '9.00', productName: undefined },
        ],
        adjustments: [{ kind: 'discount', label: 'TEA: 1 × 0.00', amount: '-5.00' }],
        notes: ["sku 'TEA' at 5.00 and 0.00 becomes 3 × 5.00 with a discount of 5.00"],
      },
    ],
    [
      'at a higher price later',
      ['A,kim,TEA,2,5.00', 'A,kim,TEA,1,5.10', 'A,kim,TEA,3,4.99'],
      {
        lines: [{ sku: 'TEA', quantity: 6, price: '5.10', productName: undefined }],
        adjustments: [{ kind: 'discount', label: 'TEA: 2 × 5.00, 3 × 4.99', amount: '-0.53' }],
      },
    ],
  ])('%s', async (_what, lines, expected) => {
    expect(await drafts(lines)).toEqual([expect.objectContaining({ faults: new Map(), ...expected })])
  })
})

describe('the values of an order', () => {
  it('may be on any of its lines, and are the same on all others', async () => {
    const [draft] = await drafts([
      'A,,TEA,1,1.00,,,4.90,,',
      'A,kim,POT,1,1.00,2026-01-01,delivered,4.90,,0.40',
      ',,CUP,1,1.00,,,,-2.00,',
    ])
    expect(draft).toMatchObject({
      user: 'kim',
      status: 'delivered',
      orderedAt: new Date('2026-01-01T00:00:00Z'),
      adjustments: [
        { kind: 'shipping', label: null, amount: '4.90' },
        { kind: 'tax', label: null, amount: '0.40' },
        { kind: 'discount', label: null, amount: '-2.00' },
      ],
    })
  })

  it.each<[what: string, lines: string[], fault: [number, string]]>([
    ['users', ['A,kim,TEA,1', 'A,lee,POT,1'], [3, "user is 'lee' here, but 'kim' on line 2 of the same order"]],
    [
      'statuses',
      ['A,kim,TEA,1,1,,shipped', 'A,kim,POT,1,1,,cancelled'],
      [3, "status is 'cancelled' here, but 'shipped' on line 2 of the same order"],
    ],
    [
      'shipping',
      ['A,kim,TEA,1,1,,,4.90', 'A,kim,POT,1,1,,,5'],
      [3, "shipping is '5.00' here, but '4.90' on line 2 of the same order"],
    ],
    ['an unknown status', ['A,kim,TEA,1,1,,refunded'], [2, expect.stringContaining('status must be one of')]],
    ['a negative tax', ['A,kim,TEA,1,1,,,,,-1'], [2, 'tax must not be negative']],
    ['no user', ['A,,TEA,1'], [2, 'user is empty; --guest USER is the customer of such orders']],
  ])('%s: a fault', async (_what, lines, fault) => {
    expect(await faultsOf(lines)).toEqual([fault])
  })

  it('the first of several times within an hour counts, with a note', async () => {
    const later = ['A,kim,POT,1,1,2026-01-01T09:59:59Z', 'A,kim,CUP,1,1,2026-01-01T09:59:59Z']
    const [draft] = await drafts(['A,kim,TEA,1,1,2026-01-01T09:00:00Z', ...later])
    expect(draft).toMatchObject({
      orderedAt: new Date('2026-01-01T09:00:00Z'),
      notes: ['its lines have the times 2026-01-01T09:00:00Z and 2026-01-01T09:59:59Z, and the first one counts'],
    })
    expect(await faultsOf(['A,kim,TEA,1,1,2026-01-01T09:00:00Z', 'A,kim,POT,1,1,2026-01-01T10:00:00Z'])).toEqual([
      [3, expect.stringContaining('if order numbers start again, add --key order_ref,ordered_at')],
    ])
  })

  it('the guest has the orders without a user', async () => {
    const given = { ...rules, guest: 'walk-in' }
    expect((await drafts(['A,,TEA,1', 'B,kim,TEA,1'], given)).map(({ user }) => user)).toEqual(['walk-in', 'kim'])
  })
})
