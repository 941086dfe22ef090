import type { DraftOrder } from '../../src/shop/import/draft-order.ts'

/** A draft order without faults; its lines have a price, or the price of the shop. */
export function draftOrder(
  ref: string,
  user: string,
  lines: readonly (readonly [sku: string, quantity: number, price?: string])[],
  more: Partial<DraftOrder> = {},
): DraftOrder {
  return {
    index: 0,
    ref,
    line: 0,
    linesRead: 0,
    key: `import:${ref}`,
    records: [],
    faults: new Map(),
    notes: [],
    user,
    orderedAt: undefined,
    status: undefined,
    adjustments: [],
    notImported: [],
    difference: undefined,
    lines: lines.map(([sku, quantity, price]) => ({ sku, quantity, price, productName: undefined })),
    ...more,
  }
}
