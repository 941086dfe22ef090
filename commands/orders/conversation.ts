import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { describeTarget } from '../../src/db/target.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Choice, Conversation } from '../../src/prompts/conversation.ts'
import { quoted, type ResolvedItem } from '../../src/shop/orders/items.ts'
import { fromCents, toCents } from '../../src/shop/orders/money.ts'
import { productReference, type Product } from '../../src/shop/products/products.ts'
import { parseQuantity } from '../../src/shop/rules.ts'
import { productsByIds, searchProducts, searchUsers } from '../../src/shop/search.ts'
import { userReference, type User } from '../../src/shop/users/users.ts'
import { counted } from '../../src/values.ts'
import { orderItemView } from '../kit/views.ts'
import { mostFound, productChoice, userChoice } from '../kit/which.ts'

/** Who may buy, and what is sold. */
const active = { active: true } as const

/** What a person wants to order, with the prices that he has seen and said yes to. */
export interface Basket {
  readonly user: User
  readonly items: readonly ResolvedItem[]
}

/**
 * Customer and products found as they are typed, quantities held against the stock, the total, and a yes. What has
 * changed meanwhile is shown, and asked again.
 */
export async function converse(
  ctx: Context,
  prompts: Conversation,
  db: Database,
  given: Partial<Basket>,
): Promise<Basket> {
  const user = given.user ?? (await whoBuys(prompts, db))
  const where = describeTarget((await ctx.config()).target)
  let items = given.items ?? (await whatTheyWant(prompts, db))
  for (;;) {
    const total = show(ctx, items)
    if (!(await prompts.yes(`Place this order of ${total} for ${user.username}? On ${where}.`)))
      throw new DbtoolError('DECLINED', 'nothing was ordered')
    const now = await current(db, items)
    const changes = items.flatMap((item, index) => changesOf(item, now[index]?.product))
    if (changes.length === 0) return basketOf(prompts, given, { user, items })
    for (const change of changes) ctx.out.warn(change)
    items = await fitted(prompts, now)
  }
}

/** What would have said it without a question. */
function basketOf(prompts: Conversation, given: Partial<Basket>, basket: Basket): Basket {
  if (given.user === undefined) prompts.recordAnswer('--user', userReference(basket.user))
  if (given.items === undefined)
    for (const { product, quantity } of basket.items)
      prompts.recordAnswer('--item', `${productReference(product)}:${quantity}`)
  return basket
}

async function whoBuys(prompts: Conversation, db: Database): Promise<User> {
  if ((await searchUsers(db, '', 1, active)).length === 0)
    throw new DbtoolError('NOT_FOUND', 'there is nobody who could buy', { hint: 'add a user: dbtool users create' })
  return prompts.search<User>({
    message: 'Who buys? Type a part of the name or email',
    find: async (typed) => (await searchUsers(db, typed, mostFound, active)).map(userChoice),
  })
}

async function whatTheyWant(prompts: Conversation, db: Database): Promise<ResolvedItem[]> {
  if ((await searchProducts(db, '', 1, active)).length === 0)
    throw new DbtoolError('NOT_FOUND', 'there is nothing for sale', { hint: 'add a product: dbtool products create' })
  const basket = new Map<number, ResolvedItem>()
  for (;;) {
    const product = await whichProduct(prompts, db, basket)
    if (product === undefined) return [...basket.values()]
    const quantity = await howMany(prompts, product, basket.get(product.id)?.quantity)
    if (quantity === 0) basket.delete(product.id)
    else basket.set(product.id, { product, quantity })
  }
}

/** Undefined: that is all. */
function whichProduct(
  prompts: Conversation,
  db: Database,
  basket: ReadonlyMap<number, ResolvedItem>,
): Promise<Product | undefined> {
  const enough: Choice<undefined>[] =
    basket.size === 0 ? [] : [{ name: `That is all: ${counted(basket.size, 'product')}`, value: undefined }]
  return prompts.search<Product | undefined>({
    message: basket.size === 0 ? 'What? Type a part of the SKU or name' : 'What else?',
    find: async (typed) => {
      const products = await searchProducts(db, typed, mostFound, active)
      return [
        ...(typed === '' ? enough : []),
        ...products.map((product) => choiceOf(product, basket.get(product.id)?.quantity)),
      ]
    },
  })
}

function choiceOf(product: Product, inBasket: number | undefined): Choice<Product> {
  const choice = productChoice(product)
  return {
    ...choice,
    name: inBasket === undefined ? choice.name : `${choice.name}, ${inBasket} in the order`,
    disabled: product.stock === 0 ? '(sold out)' : undefined,
  }
}

/** Zero: none of what was `before`. */
function howMany(prompts: Conversation, { sku, name, stock }: Product, before?: number): Promise<number> {
  return prompts.text({
    message: `How many ${sku ?? name}? ${stock} in stock${before === undefined ? '' : `, ${before} in the order so far; 0 takes it out`}`,
    defaultAnswer: String(before ?? 1),
    parse: (text) => {
      if (before !== undefined && text.trim() === '0') return 0
      const quantity = parseQuantity(text)
      if (quantity > stock) throw new InvalidValue(`must be at most ${stock}: there are no more`)
      return quantity
    },
  })
}

/** Resolves to the total. */
function show(ctx: Context, items: readonly ResolvedItem[]): string {
  const lines = quoted(items)
  ctx.out.preview(orderItemView, lines)
  const total = fromCents(lines.reduce((sum, { subtotal }) => sum + toCents(subtotal), 0n))
  ctx.out.note(`total ${total}`)
  return total
}

/** The same products as they are now. One that is gone, or no longer sold, has no stock. */
async function current(db: Database, items: readonly ResolvedItem[]): Promise<ResolvedItem[]> {
  const products = await productsByIds(
    db,
    items.map(({ product }) => product.id),
  )
  return items.map(({ product, quantity }) => {
    const now = products.find(({ id }) => id === product.id)
    return { product: now?.is_active === true ? now : { ...product, stock: 0 }, quantity }
  })
}

/** What a person would not agree to unseen, in a sentence each. */
function changesOf({ product: then, quantity }: ResolvedItem, now: Product | undefined): string[] {
  const what = then.sku ?? then.name
  if (now === undefined) return []
  return [
    ...(now.price === then.price ? [] : [`${what} costs ${now.price} now; it was ${then.price}`]),
    ...(now.stock >= quantity
      ? []
      : [now.stock === 0 ? `${what} is not to be had any more` : `of ${what} there are only ${now.stock} now`]),
  ]
}

/** Asks again how many, of what has become less; what is gone is left out. */
async function fitted(prompts: Conversation, items: readonly ResolvedItem[]): Promise<ResolvedItem[]> {
  const left: ResolvedItem[] = []
  for (const { product, quantity } of items) {
    if (product.stock >= quantity) left.push({ product, quantity })
    else if (product.stock > 0) left.push({ product, quantity: await howMany(prompts, product) })
  }
  if (left.length === 0)
    throw new DbtoolError('OUT_OF_STOCK', 'nothing of this order can be had any more', { hint: 'nothing was ordered' })
  return left
}
