import { createHash } from 'node:crypto'
import { OutcomeUnknown } from '../shop/orders/exactly-once.ts'
import type { EarlierAttempt } from '../shop/orders/place-order.ts'
import type { RefusedOrder } from '../shop/orders/refusals.ts'
import { HourlyFile, type OfUser } from './hourly-file.ts'

/**
 * The lost connections of orders whose outcome stayed unknown, for the next command with the same key. It ends their
 * statements, or refuses these attempts if it refuses the order.
 */
export class LostAttempts {
  readonly #file: HourlyFile

  /** For all servers: the next command may name another one of the same shop. */
  constructor(user: OfUser) {
    this.#file = new HourlyFile(user, 'lost-attempts', 'all')
  }

  /** Keeps the lost connections of an error with an unknown outcome. Never throws. */
  add({ key, lines }: RefusedOrder, error: unknown): void {
    if (!(error instanceof OutcomeUnknown)) return
    const products = lines.map(({ productId }) => productId)
    for (const { threadId, server } of error.lost)
      this.#file.add(JSON.stringify({ key: hashOf(key), threadId, server, products }))
  }

  of(key: string): EarlierAttempt[] {
    const hash = hashOf(key)
    return this.#file.lines().flatMap((line) => {
      const entry = parse(line)
      if (entry?.key !== hash || typeof entry.threadId !== 'number') return []
      const server = typeof entry.server === 'string' ? entry.server : undefined
      const products: unknown[] = Array.isArray(entry.products) ? entry.products : []
      const productIds = products.filter((id) => typeof id === 'number')
      return [{ threadId: entry.threadId, server, productIds }]
    })
  }
}

/** A key may name a customer. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32)

type Entry = Readonly<Record<'key' | 'threadId' | 'server' | 'products', unknown>>

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}
