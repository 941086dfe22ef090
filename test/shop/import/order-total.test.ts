import { describe, expect, it } from 'vitest'
import type { Adjustment } from '../../../src/shop/orders/adjustments.ts'
import { orderTotal, type OrderTotal, type StatedAmounts } from '../../../src/shop/import/order-total.ts'

const lines = [
  { sku: 'TEA', quantity: 2, price: '5.00', productName: undefined },
  { sku: 'POT', quantity: 1, price: '10.00', productName: undefined },
]
const shipping: Adjustment = { kind: 'shipping', label: null, amount: '4.00' }
const discount: Adjustment = { kind: 'discount', label: null, amount: '-3.00' }
const tax = (amount: string): Adjustment => ({ kind: 'tax', label: null, amount })
const nothing: StatedAmounts = { total: undefined, tax: 0n, refund: 0n, lineDiscount: 0n }

describe('the total of an order in the file', () => {
  it.each<[what: string, adjustments: Adjustment[], stated: Partial<StatedAmounts>, expected: Partial<OrderTotal>]>([
    ['is absent', [shipping], {}, { adjustments: [shipping], notImported: [] }],
    ['is absent, and so a tax is only reported', [], { tax: 160n }, { notImported: [{ kind: 'tax', amount: '1.60' }] }],
    ['is that of its lines', [shipping], { total: 2400n }, { adjustments: [shipping] }],
    [
      'has the tax on top of the prices',
      [shipping],
      { total: 2560n, tax: 160n },
      { adjustments: [shipping, tax('1.60')], notImported: [] },
    ],
    [
      'shows that the prices include the tax',
      [shipping],
      { total: 2400n, tax: 160n },
      { adjustments: [shipping], notImported: [{ kind: 'included tax', amount: '1.60' }] },
    ],
    [
      'shows that the discount includes those of the lines',
      [discount],
      { total: 1800n, lineDiscount: 100n },
      { adjustments: [{ ...discount, amount: '-2.00' }] },
    ],
    [
      'shows both at once',
      [discount],
      { total: 1960n, lineDiscount: 100n, tax: 160n },
      { adjustments: [{ ...discount, amount: '-2.00' }, tax('1.60')], notImported: [] },
    ],
    [
      'is another one, which is reported',
      [shipping],
      { total: 2400n - 1n, tax: 160n, refund: 300n },
      {
        adjustments: [shipping],
        notImported: [
          { kind: 'tax', amount: '1.60' },
          { kind: 'refund', amount: '3.00' },
        ],
        difference: { inFile: '23.99', imported: '24.00' },
      },
    ],
  ])('%s', (_what, adjustments, stated, expected) => {
    expect(orderTotal(lines, adjustments, { ...nothing, ...stated })).toEqual({
      adjustments,
      notImported: [],
      difference: undefined,
      ...expected,
    })
  })

  it('cannot be compared where a line has the price of the shop', () => {
    const [first, ...others] = lines
    const unpriced = [{ ...first!, price: undefined }, ...others]
    expect(orderTotal(unpriced, [], { ...nothing, total: 1n }).difference).toBeUndefined()
  })
})
