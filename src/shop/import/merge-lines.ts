import { largestInt } from '../../values.ts'
import { type Adjustment, adjustment } from '../orders/adjustments.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { inWords } from '../../in-words.ts'

/** An order line: one product. */
export interface ImportLine {
  readonly sku: string
  readonly quantity: number
  readonly price: string | undefined
  readonly productName: string | undefined
  /** The names of the product on further lines of the order. */
  readonly otherNames?: readonly string[]
}

/** An order line and its line of the file. */
export interface ImportLineAt {
  readonly at: number
  readonly line: ImportLine
}

export interface MergedLines {
  /** One line for each SKU. */
  readonly lines: readonly ImportLine[]
  /** The differences between the prices of one SKU. */
  readonly discounts: readonly Adjustment[]
  /** A sentence for each SKU with several prices. */
  readonly notes: readonly string[]
}

/** The lines of one SKU. */
interface Parts {
  readonly at: number
  readonly lines: ImportLine[]
}

const longestLabel = 100

/**
 * Merges the lines of an order into one line for each SKU. Several prices of one SKU become the
 * highest of them, and a discount for the difference.
 */
export function mergeLines(
  lines: readonly ImportLineAt[],
  addFault: (line: number, fault: string) => void,
): MergedLines {
  // Most orders name each SKU once.
  if (new Set(lines.map(({ line }) => line.sku)).size === lines.length)
    return { lines: lines.map(({ line }) => line), discounts: [], notes: [] }
  const bySku = new Map<string, Parts>()
  for (const { at, line } of lines) {
    const parts = bySku.get(line.sku)
    if (parts === undefined) bySku.set(line.sku, { at, lines: [line] })
    else {
      const fault = faultOf(parts, line)
      if (fault === undefined) parts.lines.push(line)
      else addFault(at, fault)
    }
  }
  const [merged, discounts, notes]: [ImportLine[], Adjustment[], string[]] = [[], [], []]
  for (const { lines: parts } of bySku.values()) {
    const { line, discount, note } = mergeParts(parts)
    merged.push(line)
    if (discount !== undefined) discounts.push(discount)
    if (note !== undefined) notes.push(note)
  }
  return { lines: merged, discounts, notes }
}

function faultOf({ at, lines }: Parts, line: ImportLine): string | undefined {
  const { sku, price } = line
  const [first = line] = lines
  if ((first.price === undefined) !== (price === undefined))
    return (
      `sku '${sku}' has price ${price ?? 'none'} here, ` +
      `but ${first.price ?? 'none'} on line ${at} of the same order`
    )
  const units = unitsOf([...lines, line])
  return units > largestInt
    ? `sku '${sku}' adds up to ${units} units in this order, more than ${largestInt}`
    : undefined
}

const unitsOf = (parts: readonly ImportLine[]): number => parts.reduce((sum, { quantity }) => sum + quantity, 0)

function mergeParts(parts: readonly ImportLine[]): {
  readonly line: ImportLine
  readonly discount?: Adjustment | undefined
  readonly note?: string
} {
  const [first] = parts as [ImportLine]
  if (parts.length === 1) return { line: first }
  const [productName, ...otherNames] = new Set(parts.flatMap(({ productName: name }) => name ?? []))
  const names = otherNames.length === 0 ? { productName } : { productName, otherNames }
  const line = { ...first, ...names, quantity: unitsOf(parts) }
  const prices = [...new Set(parts.flatMap(({ price }) => price ?? []))]
  if (prices.length < 2) return { line }
  const highest = prices.reduce((most, price) => (toCents(price) > toCents(most) ? price : most))
  const less = parts.reduce(
    (sum, { quantity, price = highest }) => sum + (toCents(highest) - toCents(price)) * BigInt(quantity),
    0n,
  )
  const lower = parts.filter(({ price }) => price !== highest)
  const label = `${line.sku}: ${lower.map(({ quantity, price }) => `${quantity} × ${price ?? ''}`).join(', ')}`
  return {
    line: { ...line, price: highest },
    discount: adjustment('discount', fromCents(less), Array.from(label).slice(0, longestLabel).join('')),
    note:
      `sku '${line.sku}' at ${inWords(prices)} becomes ${line.quantity} × ${highest} ` +
      `with a discount of ${fromCents(less)}`,
  }
}
