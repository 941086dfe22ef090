import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { allFaults, InvalidValue } from '../../src/errors.ts'
import { moves, type Move } from '../../src/shop/orders/status.ts'
import { parseId, type OrderStatus } from '../../src/shop/rules.ts'
import { counted } from '../../src/in-words.ts'
import { changeEach, namesOf } from '../kit/bulk.ts'

/** The number of an order, or `-` for the numbers on standard input. */
export type OrderArgument = number | '-'

export interface MoveManyOptions {
  readonly dryRun?: boolean
  readonly all?: boolean
  readonly status?: OrderStatus
  readonly yes?: boolean
}

/** Changes the status of many orders over one connection: of those on the command line, or of all. */
export async function moveMany(
  ctx: Context,
  move: Move,
  given: readonly OrderArgument[],
  options: MoveManyOptions,
): Promise<void> {
  const { moveOrder } = await import('../../src/shop/orders/change-status.ts')
  const { dryRun = false, all = false } = options
  const ids = all ? undefined : await idsOf(ctx, given)
  await ctx.shop(async (db) => {
    const items = ids ?? (await movable(db, move, options.status))
    if (all && items.length > 0)
      await ctx.ask.confirm({
        message: `Mark ${counted(items.length, 'order')} as ${moves[move].to}?`,
        yes: options.yes === true || dryRun,
      })
    await changeEach(ctx, {
      items,
      nameOf: String,
      counted: (count) => counted(count, 'order'),
      done: moves[move].to,
      dryRun,
      change: async (orderId) => {
        await moveOrder(db, { orderId, move, author: ctx.author(), dryRun })
        return { outcome: moves[move].to }
      },
    })
  })
}

/** The numbers on the command line, each once, or on standard input. Rejects with USAGE and the first wrong ones. */
async function idsOf(ctx: Context, given: readonly OrderArgument[]): Promise<number[]> {
  const names = await namesOf(ctx, given.map(String))
  const [ids, faults]: [number[], string[]] = [[], []]
  for (const name of names) {
    try {
      ids.push(parseId(name))
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      faults.push(`<id> ${error.message}`)
    }
  }
  if (faults.length === 0) return ids
  throw allFaults('USAGE', 'the numbers of the orders are wrong', faults.slice(0, mostShown), nothingChanged)
}

const mostShown = 5
const nothingChanged = 'nothing was changed; dbtool orders list --format ids prints numbers'

/** Resolves to the orders that allow the move, oldest first. */
async function movable(db: Database, move: Move, status: OrderStatus | undefined): Promise<number[]> {
  const { listOrders } = await import('../../src/shop/orders/orders.ts')
  const statuses = status === undefined ? moves[move].from : [status]
  const orders = await listOrders(db, { statuses }, { column: 'id', descending: false }, { limit: 0, offset: 0 })
  return orders.map(({ id }) => id)
}
