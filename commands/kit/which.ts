import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import type { Choice } from '../../src/prompts/conversation.ts'
import type { Address } from '../../src/shop/addresses.ts'
import { moves, type Move } from '../../src/shop/orders/status.ts'
import type { OrderHead } from '../../src/shop/orders/orders.ts'
import { productReference, type Product } from '../../src/shop/products/products.ts'
import { parseId } from '../../src/shop/rules.ts'
import { userReference, type User } from '../../src/shop/users/users.ts'

/** The maximum number of search results at once. */
export const maxResults = 10

const asTyped = (text: string): string => text

/** The prompt field for the user that a verb works on. */
export function whichUser(ctx: Context, given: string | undefined, flag = '<user>'): PromptField<string> {
  return {
    given,
    flag,
    parse: asTyped,
    message: 'Which user? (part of the name or email)',
    find: found(
      ctx,
      notFound('there are no users yet', 'add one: dbtool users create'),
      async (db, typed) => (await search()).searchUsers(db, typed, maxResults),
      (user) => ({ ...userChoice(user), value: userReference(user) }),
    ),
  }
}

/** The prompt field for the product that a verb works on. */
export function whichProduct(ctx: Context, given: string | undefined): PromptField<string> {
  return {
    given,
    flag: '<product>',
    parse: asTyped,
    message: 'Which product? (part of the SKU or name)',
    find: found(
      ctx,
      notFound('there are no products yet', 'add one: dbtool products create'),
      async (db, typed) => (await search()).searchProducts(db, typed, maxResults),
      (product) => ({ ...productChoice(ctx, product), value: productReference(product) }),
    ),
  }
}

/** The prompt field for the order that a verb works on; with a status change, only orders that allow it. */
export function whichOrder(ctx: Context, given: number | undefined, move?: Move): PromptField<number> {
  const none =
    move === undefined
      ? notFound('there are no orders yet', 'place one: dbtool orders place')
      : notFound(`there are no ${moves[move].from.join(' or ')} orders`, 'list all orders: dbtool orders list')
  return {
    given,
    flag: '<id>',
    parse: parseId,
    message: 'Which order? (its number, or part of the customer)',
    find: found(
      ctx,
      none,
      async (db, typed) =>
        (await search()).searchOrders(db, typed, maxResults, move === undefined ? undefined : moves[move].from),
      (order) => orderChoice(ctx, order),
    ),
  }
}

/** The prompt field for the address that a verb works on. */
export function whichAddress(ctx: Context, given: number | undefined): PromptField<number> {
  return {
    given,
    flag: '<id>',
    parse: parseId,
    hint: 'list all addresses: dbtool addresses list',
    message: 'Which address? (part of the user)',
    find: found(
      ctx,
      notFound('there are no addresses yet', 'add one: dbtool addresses add'),
      async (db, typed) => (await search()).searchAddresses(db, typed, maxResults),
      addressChoice,
    ),
  }
}

/** Loads the searches only if the user is asked. */
const search = (): Promise<typeof import('../../src/shop/search.ts')> => import('../../src/shop/search.ts')

const notFound = (message: string, hint: string) => (): DbtoolError => new DbtoolError('NOT_FOUND', message, { hint })

function found<T, V>(
  ctx: Context,
  none: () => DbtoolError,
  find: (db: Database, typed: string) => Promise<readonly T[]>,
  choiceOf: (row: T) => Choice<V>,
): (typed: string) => Promise<readonly Choice<V>[]> {
  return async (typed) => {
    const rows = await ctx.shop((db) => find(db, typed))
    if (rows.length === 0 && typed === '') throw none()
    return rows.map(choiceOf)
  }
}

/** Joins the parts with two blanks, without the empty ones. */
const inOneLine = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join('  ')

export function userChoice(user: User): Choice<User> {
  const { username, email, first_name, last_name, is_active } = user
  const name = [first_name, last_name].filter((part) => part !== null).join(' ')
  return { name: inOneLine(username, email, name, is_active ? '' : '(inactive)'), value: user, short: username }
}

export function productChoice({ out }: Context, product: Product): Choice<Product> {
  const { sku, name, price, stock, is_active } = product
  return {
    name: inOneLine(sku, name, out.units.money(price), `${stock} in stock`, is_active ? '' : '(not for sale)'),
    cutFirst: name,
    value: product,
    short: sku ?? name,
  }
}

function orderChoice({ out }: Context, { id, username, status, total_amount, created_at }: OrderHead): Choice<number> {
  const day = out.units.time(created_at).slice(0, 'YYYY-MM-DD'.length)
  return {
    name: inOneLine(String(id), username, status, out.units.money(total_amount), day),
    value: id,
    short: String(id),
  }
}

function addressChoice({ id, username, address_type, street, city, country }: Address): Choice<number> {
  return {
    name: inOneLine(String(id), username, address_type, `${street}, ${city}, ${country}`),
    cutFirst: street,
    value: id,
    short: String(id),
  }
}
