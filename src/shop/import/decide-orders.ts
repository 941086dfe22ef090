import { DbtoolError } from '../../errors.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { digestOf, keyConflict, type OrderLine, OutOfStock, totalTooLarge } from '../orders/place-order.ts'
import { quoteValue } from '../rules.ts'
import { type DraftOrder, type ImportLine, keyOf, reasonOf, userOf } from './draft-order.ts'
import type { KnownOrder, KnownProduct, KnownShop, KnownUser, ShopEffects } from './known-shop.ts'

/** The rule for users and products that do not exist. */
export interface Missing {
  readonly create: boolean
  /** The stock of each product so created. */
  readonly initialStock: number
}

/** The decision about one order of the file. `existing`: an earlier run placed it. */
export type Decision =
  | { readonly outcome: 'place'; readonly draft: DraftOrder; readonly totalAmount: string }
  | { readonly outcome: 'existing'; readonly draft: DraftOrder; readonly totalAmount: string }
  | { readonly outcome: 'reject'; readonly draft: DraftOrder; readonly error: DbtoolError }

/**
 * Decides what happens to each order, in the order of the file. It changes nothing: `effects` are the users and
 * products as they are after the placed orders. A dry run ends here.
 */
export function decideOrders(
  drafts: readonly DraftOrder[],
  known: KnownShop,
  missing: Missing,
): { decisions: Decision[]; effects: ShopEffects } {
  const stage = new Stage(known)
  const decisions = drafts.map((draft) => decideOrder(draft, stage, missing))
  return { decisions, effects: stage }
}

/** The shop with the effects of the orders that were decided before. */
class Stage implements ShopEffects {
  readonly users = new Map<string, KnownUser>()
  readonly products = new Map<string, KnownProduct>()

  constructor(private readonly known: KnownShop) {}

  user(reference: string): KnownUser | undefined {
    return this.users.get(reference) ?? this.known.users.get(reference)
  }

  product(sku: string): KnownProduct | undefined {
    return this.products.get(sku) ?? this.known.products.get(sku)
  }

  order(key: string): KnownOrder | undefined {
    return this.known.orders.get(key)
  }
}

function decideOrder(draft: DraftOrder, stage: Stage, missing: Missing): Decision {
  const reject = (error: DbtoolError): Decision => ({ outcome: 'reject', draft, error })
  if (draft.faults.size > 0) return reject(faultOf(draft))
  const existing = stage.order(keyOf(draft.ref))
  if (existing !== undefined) {
    const { id, totalAmount } = existing
    return isSame(
      existing,
      stage.user(userOf(draft))?.id,
      requested(draft, (sku) => stage.product(sku)?.id),
    )
      ? { outcome: 'existing', draft, totalAmount }
      : reject(keyConflict(keyOf(draft.ref), id))
  }
  if (stage.user(userOf(draft)) === undefined && !missing.create) return reject(noUser(userOf(draft)))
  const wanted = draft.lines.map((line) => ({ line, product: stage.product(line.sku) ?? planned(line, missing) }))
  const found = wanted.filter(hasProduct)
  if (found.length < wanted.length)
    return reject(
      noProduct(
        wanted.filter((item) => !hasProduct(item)).map(({ line: { sku } }) => sku),
        missing,
      ),
    )
  const short = shortagesOf(found)
  if (short !== undefined) return reject(short)
  const cents = found.reduce((sum, { line, product }) => sum + amountOf(line, product), 0n)
  if (cents > mostCents) return reject(totalTooLarge())
  if (stage.user(userOf(draft)) === undefined) stage.users.set(userOf(draft), { id: undefined })
  for (const { line, product } of found)
    stage.products.set(line.sku, { ...product, stock: product.stock - line.quantity })
  return { outcome: 'place', draft, totalAmount: fromCents(cents) }
}

/** The largest DECIMAL(10, 2). */
const mostCents = 9_999_999_999n

interface Wanted {
  readonly line: ImportLine
  readonly product: KnownProduct | undefined
}

interface Found extends Wanted {
  readonly product: KnownProduct
}

const hasProduct = (item: Wanted): item is Found => item.product !== undefined

/** The product that would be created for a line; undefined if nothing is created, or the line has no price. */
function planned({ sku, price, productName }: ImportLine, missing: Missing): KnownProduct | undefined {
  if (!missing.create || price === undefined) return undefined
  return { id: undefined, name: productName ?? sku, price, stock: missing.initialStock, active: true }
}

function shortagesOf(wanted: readonly Found[]): OutOfStock | undefined {
  const short = wanted.filter(({ line, product }) => !product.active || product.stock < line.quantity)
  if (short.length === 0) return undefined
  return new OutOfStock(
    short.map(({ line: { sku, quantity }, product: { id = 0, name, stock, active } }) => ({
      product_id: id,
      sku,
      name,
      wanted: quantity,
      stock,
      is_active: active ? 1 : 0,
    })),
  )
}

const amountOf = ({ quantity, price }: ImportLine, product: KnownProduct): bigint =>
  toCents(price ?? product.price) * BigInt(quantity)

/** The order lines of a draft; a product without an id has the id 0, which no product has. */
export function requested({ lines }: DraftOrder, idOf: (sku: string) => number | undefined): OrderLine[] {
  return lines.map(({ sku, quantity, price }) => ({ productId: idOf(sku) ?? 0, quantity, price }))
}

/**
 * Whether an existing order has the requested content. The digest alone cannot tell: the order may have been placed
 * without prices, and an exported file now names them.
 */
export function isSame(existing: KnownOrder, userId: number | undefined, lines: readonly OrderLine[]): boolean {
  if (userId === undefined) return false
  if (digestOf({ userId, status: 'confirmed' }, lines) === existing.digest) return true
  const byProduct = new Map(lines.map((line) => [line.productId, line]))
  return (
    existing.userId === userId &&
    existing.lines.length === lines.length &&
    existing.lines.every(({ productId, quantity, price }) => {
      const line = byProduct.get(productId)
      return line?.quantity === quantity && line.price === price
    })
  )
}

function faultOf(draft: DraftOrder): DbtoolError {
  const [first] = draft.faults.keys()
  return new DbtoolError('BAD_INPUT', reasonOf(draft, first ?? 0))
}

const createHint = 'create it first, or add --create-missing'

const noUser = (reference: string): DbtoolError =>
  new DbtoolError('NOT_FOUND', `there is no user ${quoteValue(reference)}`, { hint: createHint })

/** A product can only be missing, although the import creates products, because the file has no price for it. */
export function noProduct(skus: readonly string[], { create }: Missing): DbtoolError {
  const what = `there is no product with SKU ${skus.map(quoteValue).join(', ')}`
  return create
    ? new DbtoolError('NOT_FOUND', `${what}, and it cannot be created without a price`, {
        hint: 'add its price to the file',
      })
    : new DbtoolError('NOT_FOUND', what, { hint: createHint })
}
