import { categories, type Category } from './goods-names.ts'
import { Numbered } from './numbered.ts'
import type { Random } from './random.ts'
import { Weighted } from './weighted.ts'

export interface Good {
  readonly id: number
  readonly sku: string
  readonly name: string
  readonly priceCents: number
  readonly active: boolean
  /** Units in stock at the end of the year. */
  readonly stock: number
  /** Seconds between its creation and the start of the year. */
  readonly age: number
}

/** The cents in which prices end, and their weights. */
const endings = [0, 50, 90, 99]
const endingWeights = [25, 20, 30, 25]

/** Percentages of products that are inactive, and that are nearly sold out. */
const inactive = 4
const scarce = 8
const daySeconds = 86_400

export function goods(count: number, random: Random): Good[] {
  const names = new Numbered((name, nth) => `${name}, no. ${nth}`)
  const ending = new Weighted(endingWeights)
  return Array.from({ length: count }, (_, index) => {
    const id = index + 1
    const category = random.of(categories)
    const name = names.next(
      `${random.of(category.adjectives)} ${random.of(category.materials)} ${random.of(category.things)}`,
    )
    const priceCents = wholePrice(category, random) * 100 + (endings[ending.draw(random)] ?? 0)
    const active = random.below(100) >= inactive
    const stock = random.below(100) < scarce ? random.below(5) : 20 + random.below(480)
    return {
      id,
      sku: `${category.code}-${String(id).padStart(4, '0')}`,
      name,
      priceCents,
      active,
      stock,
      age: random.below(180 * daySeconds),
    }
  })
}

/** Draws a price in whole units of money; low prices are more frequent than high ones. */
function wholePrice({ price: [from, to] }: Category, random: Random): number {
  const share = random.share()
  return from + Math.floor((to - from) * share * share)
}
