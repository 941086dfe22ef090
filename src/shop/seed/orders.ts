import type { OrderLine } from '../orders/place-order.ts'
import type { OrderStatus } from '../rules.ts'
import { Year } from './calendar.ts'
import { Random } from './random.ts'
import { longTail, Weighted } from './weighted.ts'

export interface SeedOrder {
  readonly id: number
  readonly userId: number
  readonly status: OrderStatus
  /** Seconds from the start of the year until the order was placed and until its status last changed. */
  readonly placed: number
  readonly changed: number
  /** In ascending id of product, at most one line for each. */
  readonly lines: readonly OrderLine[]
}

/** Percentages of orders with 1, 2, … lines (three on average), and of lines with 1, 2, … units. */
const sizeWeights = [22, 25, 20, 14, 9, 5, 3, 2]
const quantityWeights = [58, 24, 10, 4, 2, 1, 0.5, 0.5]

const cancelledOfHundred = 3
const hour = 3_600
const day = 24 * hour

interface Stage {
  readonly status: OrderStatus
  /** Seconds before the end of the year: an older order is at a later stage. */
  readonly until: number
  /** Seconds from the order to this status. */
  readonly after: number
}

const stages: readonly Stage[] = [
  { status: 'pending', until: day, after: 0 },
  { status: 'confirmed', until: 3 * day, after: hour },
  { status: 'shipped', until: 8 * day, after: 2 * day },
  { status: 'delivered', until: Infinity, after: 6 * day },
]

export interface Trade {
  readonly seed: number
  readonly users: number
  readonly products: number
  /** The time of each order, in ascending order. */
  readonly times: Uint32Array
}

/** Yields every order of the year, the same orders on every call. It needs at least one user and one product. */
export function* orders({ seed, users, products, times }: Trade): Generator<SeedOrder> {
  const buyers = longTail(users, Random.for(seed, 'buyers'))
  const wanted = longTail(products, Random.for(seed, 'wanted'))
  const [sizes, quantities] = [new Weighted(sizeWeights), new Weighted(quantityWeights)]
  const random = Random.for(seed, 'orders')
  for (const [index, placed] of times.entries()) {
    const userId = 1 + buyers.draw(random)
    const { status, after } = stageOf(placed, random.below(100) < cancelledOfHundred)
    const ids = distinct(Math.min(1 + sizes.draw(random), products), () => 1 + wanted.draw(random))
    const lines = ids.map((productId) => ({ productId, quantity: 1 + quantities.draw(random) }))
    yield { id: index + 1, userId, status, placed, changed: Math.min(placed + after, Year.seconds - 1), lines }
  }
}

const cancelled: Stage = { status: 'cancelled', until: 0, after: 6 * hour }

function stageOf(placed: number, isCancelled: boolean): Stage {
  return (isCancelled ? undefined : stages.find(({ until }) => Year.seconds - placed <= until)) ?? cancelled
}

function distinct(count: number, draw: () => number): number[] {
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(draw())
  return [...drawn].sort((a, b) => a - b)
}
