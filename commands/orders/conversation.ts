import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { placeOf } from '../../src/context/asking.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Choice, Conversation } from '../../src/prompts/conversation.ts'
import { type Adjustment, adjustmentCents } from '../../src/shop/orders/adjustments.ts'
import { quoted, type ResolvedItem } from '../../src/shop/orders/items.ts'
import { fromCents, toCents } from '../../src/shop/orders/money.ts'
import { productReference, type Product } from '../../src/shop/products/products.ts'
import { parseQuantity } from '../../src/shop/rules.ts'
import { productsByIds, searchProducts, searchUsers } from '../../src/shop/search.ts'
import { userReference, type User } from '../../src/shop/users/users.ts'
import { counted } from '../../src/in-words.ts'
import { orderItemView } from '../kit/views.ts'
import { maxResults, productChoice, userChoice } from '../kit/which.ts'

/** Only active users can order, and only active products are for sale. */
const active = { active: true } as const

/** The customer and the items of an order, with the prices that the user has seen and confirmed. */
export interface Basket {
  readonly user: User
  readonly items: readonly ResolvedItem[]
}

/** The parts of an order that the flags have already given. */
type Given = Partial<Basket> & { readonly adjustments: readonly Adjustment[] }

/**
 * Asks for the customer, the products and the quantities, shows the total and asks for confirmation. Search results
 * appear while the user types, and a quantity cannot exceed the stock. If a price or the stock has changed meanwhile,
 * it shows the change and asks again. Rejects with DECLINED on no, and with NOT_FOUND if there is no user or product.
 */
export async function converse(ctx: Context, prompts: Conversation, db: Database, given: Given): Promise<Basket> {
  const user = given.user ?? (await chooseCustomer(prompts, db))
  const where = placeOf(await ctx.config())
  let items = given.items ?? (await chooseItems(ctx, prompts, db))
  for (;;) {
    const total = show(ctx, items, given.adjustments)
    if (!(await prompts.yes(`Place this order of ${total} for ${user.username}? On ${where}.`)))
      throw new DbtoolError('DECLINED', 'no order was placed')
    const now = await currentItems(db, items)
    const changes = items.flatMap((item, index) => changesOf(ctx, item, now[index]?.product))
    if (changes.length === 0) return basketOf(prompts, given, { user, items })
    for (const change of changes) ctx.out.warn(change)
    items = await fitToStock(prompts, now)
  }
}

/** Returns the basket, and records the flags that would have given it without a question. */
function basketOf(prompts: Conversation, given: Partial<Basket>, basket: Basket): Basket {
  if (given.user === undefined) prompts.recordAnswer('--user', userReference(basket.user))
  if (given.items === undefined)
    for (const { product, quantity } of basket.items)
      prompts.recordAnswer('--item', `${productReference(product)}:${quantity}`)
  return basket
}

async function chooseCustomer(prompts: Conversation, db: Database): Promise<User> {
  if ((await searchUsers(db, '', 1, active)).length === 0)
    throw new DbtoolError('NOT_FOUND', 'there are no active users', { hint: 'add a user: dbtool users create' })
  return prompts.search<User>({
    message: 'Which customer? (part of the name or email)',
    find: async (typed) => (await searchUsers(db, typed, maxResults, active)).map(userChoice),
  })
}

async function chooseItems(ctx: Context, prompts: Conversation, db: Database): Promise<ResolvedItem[]> {
  if ((await searchProducts(db, '', 1, active)).length === 0)
    throw new DbtoolError('NOT_FOUND', 'there are no products for sale', {
      hint: 'add a product: dbtool products create',
    })
  const basket = new Map<number, ResolvedItem>()
  for (;;) {
    const product = await chooseProduct(ctx, prompts, db, basket)
    if (product === undefined) return [...basket.values()]
    const quantity = await askQuantity(prompts, product, basket.get(product.id)?.quantity)
    if (quantity === 0) basket.delete(product.id)
    else basket.set(product.id, { product, quantity })
  }
}

/** Resolves to undefined when the order is complete. */
function chooseProduct(
  ctx: Context,
  prompts: Conversation,
  db: Database,
  basket: ReadonlyMap<number, ResolvedItem>,
): Promise<Product | undefined> {
  const complete: Choice<undefined>[] =
    basket.size === 0 ? [] : [{ name: `That is all: ${counted(basket.size, 'product')}`, value: undefined }]
  return prompts.search<Product | undefined>({
    message: basket.size === 0 ? 'Which product? (part of the SKU or name)' : 'Which other product?',
    find: async (typed) => {
      const products = await searchProducts(db, typed, maxResults, active)
      return [
        ...(typed === '' ? complete : []),
        ...products.map((product) => choiceOf(ctx, product, basket.get(product.id)?.quantity)),
      ]
    },
  })
}

function choiceOf(ctx: Context, product: Product, inBasket: number | undefined): Choice<Product> {
  const choice = productChoice(ctx, product)
  return {
    ...choice,
    name: inBasket === undefined ? choice.name : `${choice.name}, ${inBasket} in the order`,
    disabled: product.stock === 0 ? '(sold out)' : undefined,
  }
}

/** Resolves to zero if the user removes an item that was in the order `before`. */
function askQuantity(prompts: Conversation, { sku, name, stock }: Product, before?: number): Promise<number> {
  const inOrder = before === undefined ? '' : `, ${before} in the order so far; 0 removes it`
  return prompts.text({
    message: `How many ${sku ?? name}? (${stock} in stock${inOrder})`,
    defaultAnswer: String(before ?? 1),
    parse: (text) => {
      if (before !== undefined && text.trim() === '0') return 0
      const quantity = parseQuantity(text)
      if (quantity > stock) throw new InvalidValue(`must be at most ${stock}, the units in stock`)
      return quantity
    },
  })
}

/** Shows the order and returns its total. */
function show(ctx: Context, items: readonly ResolvedItem[], adjustments: readonly Adjustment[]): string {
  const lines = quoted(items)
  ctx.out.preview(orderItemView, lines)
  for (const { kind, amount } of adjustments) ctx.out.note(`${kind} ${ctx.out.units.money(amount)}`)
  const goods = lines.reduce((sum, { subtotal }) => sum + toCents(subtotal), 0n)
  const total = ctx.out.units.money(fromCents(goods + adjustmentCents(adjustments)))
  ctx.out.note(`total ${total}`)
  return total
}

/** The same items with the current products. A product that was deleted or is no longer for sale has no stock. */
async function currentItems(db: Database, items: readonly ResolvedItem[]): Promise<ResolvedItem[]> {
  const products = await productsByIds(
    db,
    items.map(({ product }) => product.id),
  )
  return items.map(({ product, quantity }) => {
    const now = products.find(({ id }) => id === product.id)
    return { product: now?.is_active === true ? now : { ...product, stock: 0 }, quantity }
  })
}

/** The changes that the user must see before confirming, one sentence each. */
function changesOf({ out }: Context, { product: then, quantity }: ResolvedItem, now: Product | undefined): string[] {
  const label = then.sku ?? then.name
  if (now === undefined) return []
  return [
    ...(now.price === then.price
      ? []
      : [`${label} now costs ${out.units.money(now.price)}; it was ${out.units.money(then.price)}`]),
    ...(now.stock >= quantity
      ? []
      : [now.stock === 0 ? `${label} is no longer available` : `only ${now.stock} left of ${label}`]),
  ]
}

/** Asks for a new quantity where the stock no longer suffices, and drops the items that are no longer available. */
async function fitToStock(prompts: Conversation, items: readonly ResolvedItem[]): Promise<ResolvedItem[]> {
  const left: ResolvedItem[] = []
  for (const { product, quantity } of items) {
    if (product.stock >= quantity) left.push({ product, quantity })
    else if (product.stock > 0) left.push({ product, quantity: await askQuantity(prompts, product) })
  }
  if (left.length === 0)
    throw new DbtoolError('OUT_OF_STOCK', 'no product of this order is available any more', {
      hint: 'no order was placed',
    })
  return left
}
