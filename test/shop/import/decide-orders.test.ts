import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/shop/orders/place-order.ts'
import { type Decision, decideOrders, laterStatus, type OrderPolicy } from '../../../src/shop/import/decide-orders.ts'
import type { DraftOrder } from '../../../src/shop/import/draft-order.ts'
import type { KnownOrder, KnownShop } from '../../../src/shop/import/known-shop.ts'
import { draftOrder } from '../../support/drafts.ts'

type Line = readonly [sku: string, quantity: number, price?: string]
const draft = (ref: string, user: string, ...lines: readonly Line[]): DraftOrder => draftOrder(ref, user, lines)

const tea = { id: 1, name: 'Green tea', price: '4.50', stock: 5, active: true }
const old = { id: 2, name: 'Old pot', price: '1.00', stock: 9, active: false }
const placed: KnownOrder = {
  id: 7,
  userId: 1,
  status: 'confirmed',
  totalAmount: '9.00',
  digest: digestOf({ userId: 1, status: 'confirmed' }, [{ productId: 1, quantity: 2 }]),
  createdAt: '2026-01-02T03:04:05Z',
  lines: [{ productId: 1, quantity: 2, price: '4.50' }],
}
const shop: KnownShop = {
  users: new Map([['ada', { id: 1 }]]),
  products: new Map([
    ['TEA', tea],
    ['OLD', old],
  ]),
  orders: new Map([['import:OLD', placed]]),
}
const lookup = { create: false, initialStock: 0, history: false }
const creating = { create: true, initialStock: 3, history: false }
const history = { ...lookup, history: true }

const textOf = (decision: Decision): string =>
  decision.outcome === 'reject'
    ? `${decision.error.code}: ${decision.error.message}`
    : `${decision.outcome} ${decision.totalAmount}`

describe('one order', () => {
  it.each([
    ['at the price of the shop', draft('A', 'ada', ['TEA', 2]), 'place 9.00'],
    ['at its own price', draft('A', 'ada', ['TEA', 2, '1.25']), 'place 2.50'],
    ['of an unknown user', draft('A', 'eve', ['TEA', 1]), "NOT_FOUND: there is no user 'eve'"],
    [
      'of unknown products',
      draft('A', 'ada', ['CUP', 1], ['TEA', 1], ['JUG', 1]),
      "NOT_FOUND: there is no product with SKU 'CUP', 'JUG'",
    ],
    [
      'of more than there is',
      draft('A', 'ada', ['TEA', 6]),
      'OUT_OF_STOCK: out of stock: TEA (Green tea): 6 wanted, 5 in stock',
    ],
    [
      'of an inactive product',
      draft('A', 'ada', ['OLD', 1]),
      'OUT_OF_STOCK: cannot be ordered: OLD (Old pot) is not for sale',
    ],
    [
      'with a total that no column holds',
      draft('A', 'ada', ['TEA', 5, '99999999.99']),
      'CONSTRAINT: the total of the order is more than 99999999.99',
    ],
    ['that exists', draft('OLD', 'ada', ['TEA', 2]), 'existing 9.00'],
    ['that exists, with the prices it was placed at', draft('OLD', 'ada', ['TEA', 2, '4.50']), 'existing 9.00'],
    [
      'that exists with another price',
      draft('OLD', 'ada', ['TEA', 2, '4.51']),
      "KEY_CONFLICT: the key 'import:OLD' was already used for order 7, with other contents",
    ],
    [
      'that exists for somebody else',
      draft('OLD', 'eve', ['TEA', 2]),
      "KEY_CONFLICT: the key 'import:OLD' was already used for order 7, with other contents",
    ],
    [
      'that exists, of a product that is now unknown',
      draft('OLD', 'ada', ['CUP', 2, '4.50']),
      "KEY_CONFLICT: the key 'import:OLD' was already used for order 7, with other contents",
    ],
  ])('%s', (_what, order, expected) => {
    expect(decideOrders([order], shop, lookup).decisions.map(textOf)).toEqual([expected])
  })

  it('with a fault of the file is rejected for it', () => {
    const faulty = { ...draft('A', 'ada', ['TEA', 1]), faults: new Map([[3, 'quantity is empty']]) }
    expect(decideOrders([faulty], shop, creating).decisions.map(textOf)).toEqual(['BAD_INPUT: quantity is empty'])
  })
})

describe('an order with its own status, time or adjustments', () => {
  const shipping = { kind: 'shipping', label: null, amount: '4.90' } as const
  const discount = { kind: 'discount', label: null, amount: '-9.00' } as const
  const cases: [what: string, order: DraftOrder, policy: OrderPolicy, expected: string][] = [
    [
      'shipping is part of the total',
      draftOrder('A', 'ada', [['TEA', 2]], { adjustments: [shipping] }),
      lookup,
      'place 13.90',
    ],
    [
      'a discount up to nothing',
      draftOrder('A', 'ada', [['TEA', 2]], { adjustments: [discount] }),
      lookup,
      'place 0.00',
    ],
    [
      'a discount that is too large',
      draftOrder('A', 'ada', [['TEA', 1]], { adjustments: [discount] }),
      lookup,
      'CONSTRAINT: the discount is more than the rest of the order',
    ],
    [
      'cancelled, of more than there is',
      draftOrder('A', 'ada', [['TEA', 99]], { status: 'cancelled' }),
      lookup,
      'place 445.50',
    ],
    ['of earlier times, of more than there is', draft('A', 'ada', ['TEA', 99]), history, 'place 445.50'],
    ['of earlier times, of an inactive product', draft('A', 'ada', ['OLD', 1]), history, 'place 1.00'],
    [
      'existing, with the same time',
      draftOrder('OLD', 'ada', [['TEA', 2]], { orderedAt: new Date('2026-01-02T03:04:05Z') }),
      lookup,
      'existing 9.00',
    ],
    [
      'existing, with another time',
      draftOrder('OLD', 'ada', [['TEA', 2]], { orderedAt: new Date('2026-01-03T03:04:05Z') }),
      lookup,
      "KEY_CONFLICT: the key 'import:OLD' was already used for order 7 of 2026-01-02T03:04:05Z, " +
        'not 2026-01-03T03:04:05Z; if order numbers start again, add --key order_ref,ordered_at',
    ],
    [
      'existing, with shipping that it did not have',
      draftOrder('OLD', 'ada', [['TEA', 2, '4.50']], { adjustments: [shipping] }),
      lookup,
      "KEY_CONFLICT: the key 'import:OLD' was already used for order 7, with other contents",
    ],
  ]

  it.each(cases)('%s', (_what, order, policy, expected) => {
    const { decisions, effects } = decideOrders([order], shop, policy)
    expect(decisions.map(textOf)).toEqual([expected])
    if (policy.history || order.status === 'cancelled') expect(effects.products.get('TEA') ?? tea).toEqual(tea)
  })
})

describe('several orders', () => {
  it('each finds the stock that those before it have left, and a rejected order takes none', () => {
    const orders = [
      draft('A', 'ada', ['TEA', 3]),
      draft('B', 'ada', ['TEA', 3]),
      draft('C', 'ada', ['TEA', 2]),
      draft('D', 'ada', ['TEA', 1]),
    ]
    const { decisions, effects } = decideOrders(orders, shop, lookup)
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['place', 'reject', 'place', 'reject'])
    expect(effects.products.get('TEA')).toEqual({ ...tea, stock: 0 })
    expect(shop.products.get('TEA')).toEqual(tea)
  })

  it('what one creates is there for the next; what a rejected order would create is not', () => {
    const orders = [
      draft('A', 'eve', ['CUP', 1, '2.00'], ['TEA', 6]),
      draft('B', 'eve', ['CUP', 1]),
      draft('C', 'eve', ['CUP', 2, '2.00']),
      draft('D', 'dan', ['CUP', 1]),
      draft('E', 'dan', ['CUP', 1]),
    ]
    const { decisions, effects } = decideOrders(orders, shop, creating)
    expect(decisions.map(textOf)).toEqual([
      'OUT_OF_STOCK: out of stock: TEA (Green tea): 6 wanted, 5 in stock',
      "NOT_FOUND: there is no product with SKU 'CUP', and it cannot be created without a price",
      'place 4.00',
      'place 2.00',
      'OUT_OF_STOCK: out of stock: CUP (CUP): 1 wanted, 0 in stock',
    ])
    expect([...effects.users.keys()]).toEqual(['eve', 'dan'])
    expect([...effects.products]).toEqual([
      ['CUP', { id: undefined, name: 'CUP', price: '2.00', stock: 0, active: true }],
    ])
  })
})

describe('an order of which the file knows more than the shop', () => {
  it.each([
    ['confirmed', 'shipped', ['it is shipped in the file, but order 7 is confirmed: dbtool orders ship 7']],
    ['pending', 'shipped', ['it is shipped in the file, but order 7 is pending: dbtool orders confirm 7']],
    ['confirmed', 'cancelled', ['it is cancelled in the file, but order 7 is confirmed: dbtool orders cancel 7']],
    ['delivered', 'cancelled', ['it is cancelled in the file, but order 7 is delivered']],
    ['shipped', 'confirmed', []],
    ['cancelled', 'shipped', []],
  ] as const)('%s here, %s in the file: the next command, if one is allowed', (status, inFile, notes) => {
    expect(laterStatus({ ...placed, status }, { ...draft('OLD', 'ada'), status: inFile })).toEqual(notes)
  })
})
