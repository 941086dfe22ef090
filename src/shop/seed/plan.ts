import { Year } from './calendar.ts'
import { breathe, chunks } from './chunks.ts'
import { goods, type Good } from './goods.ts'
import { Ledger } from './ledger.ts'
import { orders, type SeedOrder } from './orders.ts'
import { people, type Person } from './people.ts'
import { Random } from './random.ts'

/** What the shop is to be. The same sizes make the same shop on every machine, to the last byte. */
export interface Sizes {
  readonly users: number
  readonly products: number
  readonly orders: number
  readonly seed: number
  /** All orders are of the year before it. */
  readonly until: Date
}

/** How much there is of everything; units and revenue are of the orders that are not cancelled. */
export interface Counts {
  readonly users: number
  readonly addresses: number
  readonly products: number
  readonly orders: number
  readonly order_lines: number
  readonly units: number
  readonly revenue: string
}

/**
 * A shop that is worked out and not yet there. People and orders are made anew, and the same, each time they are asked
 * for.
 */
export interface Plan {
  readonly seed: number
  readonly year: Year
  readonly goods: readonly Good[]
  readonly people: () => Iterable<Person>
  readonly orders: () => Iterable<SeedOrder>
  readonly ledger: Ledger
  readonly counts: Counts
}

const ordersABreath = 5_000

/** Adds the year up before anything is written. Rejects with INTERRUPTED after Ctrl-C. */
export async function planShop(
  { users, products, orders: count, seed, until }: Sizes,
  signal: AbortSignal,
): Promise<Plan> {
  const year = new Year(until)
  const times = year.times(count, Random.for(seed, 'times'))
  const shop = {
    goods: goods(products, Random.for(seed, 'goods')),
    people: () => people(users, Random.for(seed, 'people')),
    orders: () => orders({ seed, users, products, times }),
  }
  const ledger = new Ledger(shop.goods)
  for (const chunk of chunks(shop.orders(), ordersABreath)) {
    for (const order of chunk) ledger.add(order)
    await breathe(signal)
  }
  let addresses = 0
  for (const person of shop.people()) addresses += person.addresses.length
  const { lines, units, revenue } = ledger
  return {
    seed,
    year,
    ...shop,
    ledger,
    counts: { users, addresses, products, orders: count, order_lines: lines, units, revenue },
  }
}
