import { DbtoolError } from '../../errors.ts'
import { adjustmentCents } from '../orders/adjustments.ts'
import { largestAmount, quoteValue } from '../../values.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { leadsTo, moves, movesFrom } from '../orders/status.ts'
import {
  digestOf,
  keyConflict,
  type OrderLine,
  OutOfStock,
  totalNegative,
  totalTooLarge,
} from '../orders/place-order.ts'
import { type OrderStatus, orderStatuses } from '../rules.ts'
import type { OtherName } from './differing-names.ts'
import { type DraftOrder, reasonOf } from './draft-order.ts'
import type { KnownOrder, KnownProduct, KnownShop, KnownUser, ShopEffects } from './known-shop.ts'
import type { ImportLine } from './merge-lines.ts'
import { instantText } from './order-head.ts'
import { replacedAddress } from './resolve-users.ts'

/** The rules for the orders of a file. */
export interface OrderPolicy {
  /** Whether users and products that do not exist are created. */
  readonly create: boolean
  /** The stock of each product so created. */
  readonly initialStock: number
  /** Whether the orders took their stock long ago, so that it stays as it is now. */
  readonly history: boolean
}

/** The decision about one order of the file. `existing`: it was placed before, mostly by an earlier run. */
export type Decision =
  | (Found & { readonly draft: DraftOrder })
  | { readonly outcome: 'reject'; readonly draft: DraftOrder; readonly error: DbtoolError }

interface Found {
  readonly outcome: 'place' | 'existing'
  readonly totalAmount: string
  readonly notes: readonly string[]
  /** The names in the file that its products do not have. */
  readonly otherNames: readonly OtherName[]
}

/**
 * Decides what happens to each order, in the order of the file. It changes nothing: `effects` are the users and
 * products as they are after the placed orders. A dry run ends here.
 */
export function decideOrders(
  drafts: readonly DraftOrder[],
  known: KnownShop,
  policy: OrderPolicy,
): { decisions: Decision[]; effects: ShopEffects } {
  const stage = new Stage(known)
  const decisions = drafts.map((draft): Decision => {
    const decided = decideOrder(draft, stage, policy)
    return decided instanceof DbtoolError ? { outcome: 'reject', draft, error: decided } : { draft, ...decided }
  })
  return { decisions, effects: stage }
}

/** The status of a new order. */
export const statusOf = ({ status }: Pick<DraftOrder, 'status'>, { history }: OrderPolicy): OrderStatus =>
  status ?? (history ? 'delivered' : 'confirmed')

/** Whether an order takes units from the stock. */
const takesStock = (draft: DraftOrder, policy: OrderPolicy): boolean =>
  !policy.history && statusOf(draft, policy) !== 'cancelled'

/** The shop with the effects of the orders that were decided before. */
class Stage implements ShopEffects {
  readonly users = new Map<string, KnownUser>()
  readonly products = new Map<string, StagedProduct>()

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

  /** Takes units from the stock of a product, which may be planned only. */
  deduct(sku: string, product: KnownProduct, units: number): void {
    const staged = this.products.get(sku)
    if (staged === undefined) this.products.set(sku, { ...product, stock: product.stock - units })
    else staged.stock -= units
  }
}

/** A product of the shop, or a planned one, with its stock after the orders so far. */
interface StagedProduct extends KnownProduct {
  stock: number
}

function decideOrder(draft: DraftOrder, stage: Stage, policy: OrderPolicy): Found | DbtoolError {
  if (draft.faults.size > 0) return faultOf(draft)
  const user = stage.user(draft.user)
  const existing = stage.order(draft.key)
  if (existing !== undefined) {
    const lines = requested(draft, (sku) => stage.product(sku)?.id)
    const conflict = conflictOf(existing, draft, { userId: user?.id, status: statusOf(draft, policy), lines })
    return (
      conflict ?? {
        outcome: 'existing',
        totalAmount: existing.totalAmount,
        notes: [...laterStatus(existing, draft), ...otherTotal(draft)],
        otherNames: draft.lines.flatMap((line) => otherNames(line, stage.product(line.sku))),
      }
    )
  }
  if (user === undefined && !policy.create) return noUser(draft.user)
  const [found, unknown]: [LineOfProduct[], string[]] = [[], []]
  for (const line of draft.lines) {
    const product = stage.product(line.sku) ?? planned(line, policy)
    if (product === undefined) unknown.push(line.sku)
    else found.push({ line, product })
  }
  if (unknown.length > 0) return noProduct(unknown, policy)
  return place(draft, found, stage, policy)
}

function place(
  draft: DraftOrder,
  found: readonly LineOfProduct[],
  stage: Stage,
  policy: OrderPolicy,
): Found | DbtoolError {
  const deducted = takesStock(draft, policy)
  const short = deducted ? shortagesOf(found) : undefined
  if (short !== undefined) return short
  const cents = found.reduce((sum, { line, product }) => sum + amountOf(line, product), 0n)
  const total = cents + adjustmentCents(draft.adjustments)
  if (cents > mostCents || total > mostCents) return totalTooLarge()
  if (total < 0n) return totalNegative()
  const notes = [...draft.notes, ...otherTotal(draft)]
  if (stage.user(draft.user) === undefined) {
    const address = replacedAddress(draft.user)
    if (address !== undefined) notes.push(`${quoteValue(draft.user)} is no valid address; the new user has ${address}`)
    stage.users.set(draft.user, { id: undefined })
  }
  for (const { line, product } of found) stage.deduct(line.sku, product, deducted ? line.quantity : 0)
  return {
    outcome: 'place',
    totalAmount: fromCents(total),
    notes,
    otherNames: found.flatMap(({ line, product }) => otherNames(line, product)),
  }
}

const noNames: readonly OtherName[] = []

function otherNames(
  { sku, productName, otherNames: more = [] }: ImportLine,
  product: KnownProduct | undefined,
): readonly OtherName[] {
  if (product === undefined || (more.length === 0 && (productName ?? product.name) === product.name)) return noNames
  const names = productName === undefined ? more : [productName, ...more]
  return names.flatMap((name) => (name === product.name ? [] : [{ sku, kept: product.name, name }]))
}

const mostCents = toCents(largestAmount)

/** A line with its product, which may not be created yet. */
interface LineOfProduct {
  readonly line: ImportLine
  readonly product: KnownProduct
}

/** The product that would be created for a line; undefined if nothing is created, or the line has no price. */
function planned({ sku, price, productName }: ImportLine, policy: OrderPolicy): KnownProduct | undefined {
  if (!policy.create || price === undefined) return undefined
  return { id: undefined, name: productName ?? sku, price, stock: policy.initialStock, active: true }
}

function shortagesOf(wanted: readonly LineOfProduct[]): OutOfStock | undefined {
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

const otherTotal = ({ difference }: DraftOrder): string[] =>
  difference === undefined ? [] : [`its total is ${difference.imported}, but ${difference.inFile} in the file`]

/** A sentence if the file knows more of an existing order than the shop: an import changes no order. */
export function laterStatus({ id, status }: KnownOrder, { status: inFile }: DraftOrder): string[] {
  if (inFile === undefined || status === 'cancelled') return []
  if (orderStatuses.indexOf(inFile) <= orderStatuses.indexOf(status)) return []
  const next = movesFrom(status).find((move) => moves[move].to === inFile || leadsTo(moves[move].to, inFile))
  const fact = `it is ${inFile} in the file, but order ${id} is ${status}`
  return [next === undefined ? fact : `${fact}: dbtool orders ${next} ${id}`]
}

/** The order lines of a draft; a product without an id has the id 0, which no product has. */
export function requested({ lines }: DraftOrder, idOf: (sku: string) => number | undefined): OrderLine[] {
  return lines.map(({ sku, quantity, price }) => ({ productId: idOf(sku) ?? 0, quantity, price }))
}

/** The content of a draft order in terms of the shop. */
interface Content {
  readonly userId: number | undefined
  readonly status: OrderStatus
  readonly lines: readonly OrderLine[]
}

/** The error if an existing order has other contents than the draft with its key. */
export function conflictOf(existing: KnownOrder, draft: DraftOrder, content: Content): DbtoolError | undefined {
  const { key, orderedAt } = draft
  if (!isSame(existing, draft, content)) return keyConflict(key, existing.id)
  const time = orderedAt === undefined ? existing.createdAt : instantText(orderedAt)
  if (time === existing.createdAt) return undefined
  return new DbtoolError(
    'KEY_CONFLICT',
    `the key ${quoteValue(key)} was already used for order ${existing.id} of ${existing.createdAt}, not ${time}; ` +
      'if order numbers start again, add --key order_ref,ordered_at',
    { hint: `look at it: dbtool orders get ${existing.id}` },
  )
}

/**
 * Whether an existing order has the requested content. The digest alone cannot tell: the order may have been placed
 * without prices, and an exported file now names them.
 */
function isSame(existing: KnownOrder, { adjustments }: DraftOrder, { userId, status, lines }: Content): boolean {
  if (userId === undefined) return false
  if (digestOf({ userId, status, adjustments }, lines) === existing.digest) return true
  const byProduct = new Map(lines.map((line) => [line.productId, line]))
  const goods = existing.lines.reduce((sum, { quantity, price = '0' }) => sum + toCents(price) * BigInt(quantity), 0n)
  return (
    existing.userId === userId &&
    toCents(existing.totalAmount) === goods + adjustmentCents(adjustments) &&
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

export function noUser(reference: string): DbtoolError {
  const isNumber = /^\d+$/.test(reference)
  return new DbtoolError(
    'NOT_FOUND',
    `there is no user ${quoteValue(reference)}${isNumber ? '; a number in a file is never an id of this shop' : ''}`,
    { hint: createHint },
  )
}

/** A product can only be missing, although the import creates products, because the file has no price for it. */
export function noProduct(skus: readonly string[], { create }: OrderPolicy): DbtoolError {
  const what = `there is no product with SKU ${skus.map(quoteValue).join(', ')}`
  return create
    ? new DbtoolError('NOT_FOUND', `${what}, and it cannot be created without a price`, {
        hint: 'add its price to the file',
      })
    : new DbtoolError('NOT_FOUND', what, { hint: createHint })
}
