import type { OrderStatus } from '../rules.ts'

/** The words by which other systems name the state of an order, as far as one of dbtool's statuses means the same. */
const words: Readonly<Record<OrderStatus, readonly string[]>> = {
  pending: ['pending', 'pending payment', 'awaiting payment', 'on hold', 'on-hold', 'holded', 'new'],
  confirmed: ['confirmed', 'paid', 'authorized', 'processing', 'unshipped', 'unfulfilled', 'open', 'payment accepted'],
  shipped: ['shipped', 'fulfilled', 'partially shipped', 'partial'],
  delivered: ['delivered', 'completed', 'complete'],
  cancelled: ['cancelled', 'canceled', 'refunded', 'voided', 'failed', 'closed', 'trash', 'returned'],
}

const statuses = new Map(
  Object.entries(words).flatMap(([status, names]) => names.map((name) => [name, status as OrderStatus])),
)

/** The status that a word of another system means; undefined for a word that is unknown. */
export const statusOf = (word: string): OrderStatus | undefined => statuses.get(word.toLowerCase().replace(/^wc-/, ''))
