import { Year } from './calendar.ts'
import { breathe, chunks } from './chunks.ts'
import { goods, type Good } from './goods.ts'
import { Ledger } from './ledger.ts'
import { orders, type SeedOrder } from './orders.ts'
import { people, type Person } from './people.ts'
import { Random } from './random.ts'

/** The size of a seeded shop. The same sizes produce the same shop on every machine, byte for byte. */
export interface Sizes {
  readonly users: number
  readonly products: number
  readonly orders: number
  readonly seed: number
  /** The end of the year in which all orders are placed. */
  readonly until: Date
}

/** The number of rows of each kind; units and revenue count the orders that are not cancelled. */
export interface Counts {
  readonly users: number
  readonly addresses: number
  readonly products: number
  readonly orders: number
  readonly order_lines: number
  readonly units: number
  readonly revenue: string
}

/** A shop that is planned but not yet written. Each call of `people` and `orders` generates the same rows again. */
export interface Plan {
  readonly seed: number
  readonly year: Year
  readonly goods: readonly Good[]
  readonly people: () => Iterable<Person>
  readonly orders: () => Iterable<SeedOrder>
  readonly ledger: Ledger
  readonly counts: Counts
}

const ordersPerPause = 5_000

/** Adds up the year before anything is written, and resolves to the plan. Rejects with INTERRUPTED after Ctrl-C. */
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
  for (const chunk of chunks(shop.orders(), ordersPerPause)) {
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
