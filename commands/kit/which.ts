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

/** How many are shown at once. */
export const mostFound = 10

const asTyped = (text: string): string => text

/** The user that a verb is about. */
export function whichUser(ctx: Context, given: string | undefined, flag = '<user>'): PromptField<string> {
  return {
    given,
    flag,
    parse: asTyped,
    message: 'Which user? Type a part of the name or email',
    find: found(
      ctx,
      nothing('no user', 'add one: dbtool users create'),
      async (db, typed) => (await search()).searchUsers(db, typed, mostFound),
      (user) => ({ ...userChoice(user), value: userReference(user) }),
    ),
  }
}

/** The product that a verb is about. */
export function whichProduct(ctx: Context, given: string | undefined): PromptField<string> {
  return {
    given,
    flag: '<product>',
    parse: asTyped,
    message: 'Which product? Type a part of the SKU or name',
    find: found(
      ctx,
      nothing('no product', 'add one: dbtool products create'),
      async (db, typed) => (await search()).searchProducts(db, typed, mostFound),
      (product) => ({ ...productChoice(product), value: productReference(product) }),
    ),
  }
}

/** The order that a verb is about; with a move, one that can be moved so. */
export function whichOrder(ctx: Context, given: number | undefined, move?: Move): PromptField<number> {
  const none =
    move === undefined
      ? nothing('no order', 'place one: dbtool orders place')
      : nothing(`no ${moves[move].from.join(' or ')} order`, 'see which there are: dbtool orders list')
  return {
    given,
    flag: '<id>',
    parse: parseId,
    message: 'Which order? Type its number, or a part of who bought',
    find: found(
      ctx,
      none,
      async (db, typed) =>
        (await search()).searchOrders(db, typed, mostFound, move === undefined ? undefined : moves[move].from),
      orderChoice,
    ),
  }
}

/** The address that a verb is about. */
export function whichAddress(ctx: Context, given: number | undefined): PromptField<number> {
  return {
    given,
    flag: '<id>',
    parse: parseId,
    hint: 'see which there are: dbtool addresses list',
    message: 'Which address? Type a part of whose it is',
    find: found(
      ctx,
      nothing('no address', 'add one: dbtool addresses add'),
      async (db, typed) => (await search()).searchAddresses(db, typed, mostFound),
      addressChoice,
    ),
  }
}

/** Loaded where somebody is asked. */
const search = (): Promise<typeof import('../../src/shop/search.ts')> => import('../../src/shop/search.ts')

const nothing = (what: string, hint: string) => (): DbtoolError =>
  new DbtoolError('NOT_FOUND', `there is ${what}`, { hint })

function found<T, V>(
  ctx: Context,
  none: () => DbtoolError,
  find: (db: Database, typed: string) => Promise<readonly T[]>,
  choiceOf: (thing: T) => Choice<V>,
): (typed: string) => Promise<readonly Choice<V>[]> {
  return async (typed) => {
    const things = await ctx.shop((db) => find(db, typed))
    if (things.length === 0 && typed === '') throw none()
    return things.map(choiceOf)
  }
}

/** Its parts two blanks apart; what is not there leaves none. */
const inOneLine = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join('  ')

export function userChoice(user: User): Choice<User> {
  const { username, email, first_name, last_name, is_active } = user
  const name = [first_name, last_name].filter((part) => part !== null).join(' ')
  return { name: inOneLine(username, email, name, is_active ? '' : '(inactive)'), value: user, short: username }
}

export function productChoice(product: Product): Choice<Product> {
  const { sku, name, price, stock, is_active } = product
  return {
    name: inOneLine(sku, name, price, `${stock} in stock`, is_active ? '' : '(not sold)'),
    value: product,
    short: sku ?? name,
  }
}

function orderChoice({ id, username, status, total_amount, created_at }: OrderHead): Choice<number> {
  return {
    name: inOneLine(String(id), username, status, total_amount, created_at.toISOString().slice(0, 10)),
    value: id,
    short: String(id),
  }
}

function addressChoice({ id, username, address_type, street, city, country }: Address): Choice<number> {
  return {
    name: inOneLine(String(id), username, address_type, `${street}, ${city}, ${country}`),
    value: id,
    short: String(id),
  }
}
