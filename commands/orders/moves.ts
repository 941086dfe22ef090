import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { moveNames, moves, type Move } from '../../src/shop/order-moves.ts'
import { getOrder, type Order } from '../../src/shop/orders.ts'
import { parseId } from '../../src/shop/rules.ts'
import { value } from '../flags.ts'
import { examples } from '../help.ts'
import { orderView } from '../views.ts'

const about: Readonly<Record<Move, string>> = {
  confirm: 'Confirm a pending order',
  ship: 'Say that a confirmed order was shipped',
  deliver: 'Say that a shipped order was delivered',
  cancel: 'Cancel an order that was not shipped yet, and give its stock back',
}

/** Every move of an order is a verb. None asks, since none deletes anything. */
export function orderMoves(orders: Command, ctx: Context, run = makeMove): void {
  for (const move of moveNames) {
    orders
      .command(move)
      .description(about[move])
      .argument('[id]', 'number of the order', value(parseId))
      .option('-n, --dry-run', 'try it and show the order, but change nothing')
      .addHelpText('after', examples(`dbtool orders ${move} 1`))
      .action((id: number | undefined, { dryRun = false }: { dryRun?: boolean }) => run(ctx, move, { id, dryRun }))
  }
}

export async function makeMove(ctx: Context, move: Move, { id: given, dryRun }: { id: number | undefined; dryRun: boolean }): Promise<void> {
  const { moveOrder } = await import('../../src/shop/move-order.ts')
  const { id } = await ctx.ask.fill({ id: { given, flag: '<id>', message: 'Number of the order', parse: parseId } })
  const order = await ctx.shop((db) =>
    moveOrder(db, { orderId: id, move, author: ctx.author(), end: dryRun ? 'ROLLBACK' : 'COMMIT' })
      .then(() => getOrder(db, id))
      .catch((error: unknown) => settle(ctx, move, id, error)),
  )
  const { to } = moves[move]
  ctx.out.item(orderView, { ...order, status: dryRun ? to : order.status })
  ctx.out.success(dryRun ? `order ${id} would be ${to}; nothing was changed` : `order ${id} is ${to}${move === 'cancel' ? `: ${unitsOf(order)}` : ''}`)
}

function unitsOf({ items }: Order): string {
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0)
  return units === 1 ? '1 unit is back in stock' : `${units} units are back in stock`
}

/** After Ctrl-C the statement has been ended at the server. Whether it took place before that, the status tells. */
async function settle(ctx: Context, move: Move, id: number, error: unknown): Promise<never> {
  if (!ctx.io.signal.aborted) throw error
  const { moveUnknown, statusOf } = await import('../../src/shop/move-order.ts')
  await ctx.close()
  const status = await ctx.connection((connection) => statusOf(connection, id), {}).catch((cause: unknown) => {
    throw moveUnknown({ orderId: id, move }, cause)
  })
  if (status !== moves[move].to) throw new DbtoolError('INTERRUPTED', 'interrupted; nothing was changed')
  throw new DbtoolError('INTERRUPTED', `interrupted, but order ${id} is ${status}`, { hint: `look at it: dbtool orders get ${id}` })
}
