import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { together } from '../../src/errors.ts'
import {
  type Adjustment,
  adjustment,
  adjustmentKinds,
  adjustmentSums,
  parseAdjustment,
} from '../../src/shop/orders/adjustments.ts'
import { parseItem, parseItems, quoted, resolveItems, type WantedItem } from '../../src/shop/orders/items.ts'
import type { ParsedOrder } from '../../src/shop/orders/parse-order.ts'
import type { Placement } from '../../src/shop/orders/place-order.ts'
import { parseKey } from '../../src/shop/rules.ts'
import { value, values } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { hint } from '../kit/hint.ts'
import { conversational, withView } from '../kit/command.ts'
import { orderView } from '../kit/views.ts'
import type { Basket } from './conversation.ts'
import { placed, placementOutcome, readBack, resolveInterrupted } from './resolve-interrupted.ts'

export interface PlaceOrderOptions {
  readonly user?: string
  readonly item?: WantedItem[]
  readonly idempotencyKey?: string
  readonly shipping?: string
  readonly discount?: string
  readonly tax?: string
  readonly pending?: boolean
  readonly dryRun?: boolean
}

export function ordersPlace(orders: Command, ctx: Context, run = place): void {
  conversational(withView(orders.command('place'), orderView))
    .description('Place an order, all or nothing; the same key never places it twice')
    .option('--user <user>', 'customer: id, username or email')
    .option('--item <product:quantity>', 'product (id or SKU) and quantity; repeat for each product', values(parseItem))
    .addOption(
      new Option('--idempotency-key <key>', 'key that at most one order ever has')
        .argParser(value(parseKey))
        .default(undefined, 'generated'),
    )
    .option('--shipping <amount>', 'cost of shipping, added to the total', value(parseAdjustment('shipping')))
    .option('--discount <amount>', 'discount, deducted from the total', value(parseAdjustment('discount')))
    .option('--tax <amount>', 'tax, added to the total', value(parseAdjustment('tax')))
    .option('--pending', 'leave the order pending, to be confirmed later')
    .option('-n, --dry-run', 'check and show the order, and place nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool orders place --user ada --item TEA-1:2',
        'dbtool orders place --user ada --item TEA-1:2 --shipping 4.90 --discount 2.00',
        'dbtool orders place --user ada --item TEA-1:1 --idempotency-key basket-4711 --json',
      ),
    )
    .action((options: PlaceOrderOptions) => run(ctx, options))
}

export async function place(ctx: Context, options: PlaceOrderOptions): Promise<void> {
  const { parseOrder } = await import('../../src/shop/orders/parse-order.ts')
  const find = await finderOf(ctx, options)
  await ctx.shop(async (db) => {
    const { user, items, agreed } = await find(db)
    const order = parseOrder({
      userId: user.id,
      lines: items.map(({ product, quantity }) => ({
        productId: product.id,
        quantity,
        price: agreed ? product.price : undefined,
      })),
      adjustments: adjustmentsOf(options),
      key: options.idempotencyKey,
      status: options.pending === true ? 'pending' : 'confirmed',
      dryRun: options.dryRun,
    })
    const placement = await placeOnce(ctx, db, order)
    if (order.dryRun && placement.outcome === 'placed') {
      ctx.out.item(orderView, preview({ user, items }, order, placement))
      ctx.out.success('the order would be placed; nothing was changed')
      return
    }
    const found = await readBack(ctx, db, placed(placement, order.key))
    ctx.out.item(orderView, found)
    ctx.out.success(
      placement.outcome === 'placed'
        ? `placed order ${found.id}: ${ctx.out.units.money(found.total_amount)}`
        : `order ${found.id} had already been placed with this key`,
    )
    hint(ctx, found.id)
  })
}

/** Places the order, with the attempts of earlier commands whose outcome is unknown, and keeps its own if it is. */
async function placeOnce(ctx: Context, db: Database, order: ParsedOrder): Promise<Placement> {
  const [{ placeOrder }, { LostAttempts }] = await Promise.all([
    import('../../src/shop/orders/place-order.ts'),
    import('../../src/context/lost-attempts.ts'),
  ])
  const attempts = new LostAttempts(ctx.io)
  const request = { ...order, author: ctx.author(), earlier: attempts.of(order.key) }
  return placeOrder(db, request)
    .catch(async (error: unknown) => resolveInterrupted(ctx, await placementOutcome(request, error), error))
    .catch((error: unknown) => {
      attempts.add(order, error)
      throw error
    })
}

/** The order of a dry run, as it would be read back. */
function preview(
  { user, items }: Basket,
  { key, status, adjustments }: ParsedOrder,
  { totalAmount }: Placement,
): object {
  return {
    id: null,
    user_id: user.id,
    username: user.username,
    status,
    total_amount: totalAmount,
    idempotency_key: key,
    created_at: null,
    ...adjustmentSums(adjustments),
    items: quoted(items),
    adjustments,
  }
}

const adjustmentsOf = (options: PlaceOrderOptions): Adjustment[] =>
  adjustmentKinds.flatMap((kind) => adjustment(kind, options[kind] ?? '0') ?? [])

type Find = (db: Database) => Promise<Basket & { readonly agreed: boolean }>

/**
 * Returns a function that resolves to the customer and the items, from the flags or, at a terminal, from a conversation
 * about the missing ones. After a conversation, the prices are `agreed`, and the order is placed at these prices.
 */
async function finderOf(ctx: Context, options: PlaceOrderOptions): Promise<Find> {
  const { getUser } = await import('../../src/shop/users/users.ts')
  const { interactive } = ctx.ask
  if (interactive !== undefined && (options.user === undefined || options.item === undefined)) {
    const { converse } = await import('./conversation.ts')
    return async (db) => {
      const given = await db.reading(async (queries) => ({
        user: options.user === undefined ? undefined : await getUser(queries, options.user),
        items: options.item === undefined ? undefined : await resolveItems(queries, options.item),
      }))
      return {
        ...(await converse(ctx, interactive, db, { ...given, adjustments: adjustmentsOf(options) })),
        agreed: true,
      }
    }
  }
  const { reference, requested } = await ctx.ask.resolve({
    reference: { given: options.user, flag: '--user', message: '', parse: (text: string) => text },
    requested: { given: options.item, flag: '--item', message: '', parse: parseItems },
  })
  return async (db) => {
    const [user, items] = await db.reading((queries) =>
      together(getUser(queries, reference), resolveItems(queries, requested)),
    )
    return { user, items, agreed: false }
  }
}
