import type { OrderStatus } from '../rules.ts'

/**
 * The words by which other systems name the state of an order, as far as one of dbtool's statuses means the same. No
 * word has another meaning elsewhere: an order that is closed is refunded in Magento, and paid at a till.
 */
const words: Readonly<Record<OrderStatus, readonly string[]>> = {
  pending: [
    ...['pending', 'pending payment', 'awaiting payment', 'on hold', 'holded', 'new', 'unpaid', 'not paid'],
    ...['payment review', 'awaiting bank wire payment', 'awaiting check payment', 'on backorder (not paid)'],
    ...['awaiting cash on delivery validation', 'checkout draft', 'pending waiting for pick up'],
  ],
  confirmed: [
    ...['confirmed', 'paid', 'authorized', 'processing', 'unshipped', 'unfulfilled', 'open', 'payment accepted'],
    ...['remote payment accepted', 'processing in progress', 'on backorder (paid)', 'awaiting fulfillment'],
    ...['awaiting shipment', 'awaiting pickup'],
  ],
  shipped: [
    ...['shipped', 'fulfilled', 'partially shipped', 'partiallyshipped', 'partially fulfilled', 'partial', 'shipping'],
    ...['shipped picked up', 'shipped out for delivery'],
  ],
  delivered: ['delivered', 'completed', 'complete', 'shipped delivered to buyer'],
  cancelled: [
    ...['cancelled', 'canceled', 'refunded', 'voided', 'void', 'failed', 'trash', 'returned', 'declined'],
    ...['payment error', 'expired', 'fraud', 'shipped returning to seller', 'shipped returned to seller'],
    ...['shipped rejected by buyer'],
  ],
}

const statuses = new Map(
  Object.entries(words).flatMap(([status, names]) => names.map((name) => [name, status as OrderStatus])),
)

/** The status that a word of another system means; undefined for a word that is unknown. */
export const statusOf = (word: string): OrderStatus | undefined => statuses.get(foldStatus(word))

/** Two words are the same if only case, spaces, hyphens and underscores differ. */
export const foldStatus = (word: string): string =>
  word
    .toLowerCase()
    .replace(/^wc-/, '')
    .replace(/[\s_-]+/g, ' ')
