import { fromCents } from '../orders/money.ts'
import { digestOf } from '../orders/place-order.ts'
import { noLogin } from '../users/users.ts'
import { chunks } from './chunks.ts'
import type { Good } from './goods.ts'
import type { SeedOrder } from './orders.ts'
import type { Person } from './people.ts'
import type { Plan } from './plan.ts'
import { Year } from './calendar.ts'
import type { SeedTable } from './tables.ts'

type Row = readonly (string | number | null)[]

/** Rows of one table, with their cells in the order of its columns. */
export interface Batch {
  readonly table: SeedTable
  readonly rows: readonly Row[]
}

/** Items in a batch. A batch is sent in one message, so the round trip hardly counts. */
const itemsPerBatch = 1_000
const longestLead = 30 * 86_400

/** Yields the rows of the complete shop, each after the rows that it refers to, with ids from 1. */
export function* batches(plan: Plan): Generator<Batch> {
  const [addressId, lineId] = [counter(), counter()]
  for (const people of chunks(plan.people(), itemsPerBatch)) {
    yield { table: 'users', rows: people.map((person) => userRow(plan, person)) }
    yield { table: 'addresses', rows: people.flatMap((person) => addressRows(plan, person, addressId)) }
  }
  for (const goods of chunks(plan.goods, itemsPerBatch))
    yield { table: 'products', rows: goods.map((good) => productRow(plan, good)) }
  for (const orders of chunks(plan.orders(), itemsPerBatch)) {
    yield { table: 'orders', rows: orders.map((order) => orderRow(plan, order)) }
    yield { table: 'order_items', rows: orders.flatMap((order) => lineRows(plan, order, lineId)) }
  }
}

function counter(): () => number {
  let last = 0
  return () => (last += 1)
}

function userRow(plan: Plan, person: Person): Row {
  const { id, username, email, firstName, lastName, active } = person
  const since = signedUp(plan, person)
  return [id, username, email, noLogin, firstName, lastName, active ? 1 : 0, since, since]
}

/** The time of sign-up: in the 30 days before the first order; at any time of the year for users without orders. */
function signedUp({ ledger, year }: Plan, { id, moment }: Person): string {
  const first = ledger.firstOrder(id)
  return year.text(Math.floor(first === undefined ? moment * Year.seconds : first - moment * longestLead))
}

function addressRows(plan: Plan, person: Person, nextId: () => number): Row[] {
  const since = signedUp(plan, person)
  return person.addresses.map(({ type, street, city, postalCode, country }) => [
    nextId(),
    person.id,
    type,
    street,
    city,
    postalCode,
    country,
    since,
  ])
}

function productRow({ ledger, year }: Plan, { id, sku, name, priceCents, stock, active, age }: Good): Row {
  return [
    id,
    sku,
    name,
    money(priceCents),
    stock,
    stock + ledger.sold(id),
    ledger.sold(id),
    ledger.timesOrdered(id),
    money(priceCents * ledger.sold(id)),
    active ? 1 : 0,
    year.text(-age),
    year.text(ledger.lastOrdered(id) ?? -age),
    null,
  ]
}

/** The key and digest are those of the order being placed, so that it can be requested again. */
function orderRow({ seed, ledger, year }: Plan, { id, userId, status, placed, changed, lines }: SeedOrder): Row {
  const digest = digestOf({ userId, status: status === 'pending' ? 'pending' : 'confirmed' }, lines)
  return [
    id,
    userId,
    money(ledger.centsOf(lines)),
    status,
    `seed-${seed}-${id}`,
    digest,
    year.text(placed),
    year.text(changed),
  ]
}

function lineRows({ ledger }: Plan, { id, lines }: SeedOrder, nextId: () => number): Row[] {
  return lines.map(({ productId, quantity }) => [nextId(), id, productId, quantity, money(ledger.priceOf(productId))])
}

function money(cents: number): string {
  return fromCents(BigInt(cents))
}
