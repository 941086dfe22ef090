import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { getOrder } from '../../src/shop/orders/orders.ts'
import { parseId } from '../../src/shop/rules.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { orderView } from '../kit/views.ts'
import { whichOrder } from '../kit/which.ts'

export function ordersGet(orders: Command, ctx: Context, run = showOrder): void {
  withView(orders.command('get'), orderView)
    .description('Show one order with its items')
    .argument('[id]', 'number of the order', value(parseId))
    .addHelpText('after', examples('dbtool orders get 1'))
    .action((id: number | undefined) => run(ctx, id))
}

export async function showOrder(ctx: Context, given: number | undefined): Promise<void> {
  const { id } = await ctx.ask.resolve({ id: whichOrder(ctx, given) })
  ctx.out.item(orderView, await ctx.shop((db) => getOrder(db, id)))
}
