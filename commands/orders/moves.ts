import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { moveNames, moves, type Move } from '../../src/shop/orders/status.ts'
import type { Order } from '../../src/shop/orders/orders.ts'
import { parseId } from '../../src/shop/rules.ts'
import { counted } from '../../src/in-words.ts'
import { parseChoice } from '../../src/values.ts'
import { value, values } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { oneOrMany, orderView } from '../kit/views.ts'
import { whichOrder } from '../kit/which.ts'
import type { MoveManyOptions, OrderArgument } from './move-many.ts'
import { readBack, resolveInterrupted, type OutcomeLookup } from './resolve-interrupted.ts'

const about: Readonly<Record<Move, string>> = {
  confirm: 'Confirm a pending order',
  ship: 'Mark a confirmed order as shipped',
  deliver: 'Mark a shipped order as delivered',
  cancel: 'Cancel an order that has not been shipped, and return its units to stock',
}

/**
 * Declares a verb for each status change of an order. None asks for confirmation, because none deletes anything. The
 * exception is `cancel` for an order chosen from a list, where one wrong key selects another order.
 */
export function orderMoves(orders: Command, ctx: Context, run = makeMoves): void {
  for (const move of moveNames) {
    const { from, to } = moves[move]
    withView(orders.command(move), oneOrMany<MoveManyOptions>(orderView))
      .description(about[move])
      .argument('[id...]', 'numbers of orders; - reads them from standard input', values(parseArgument))
      .option('--all', `all orders that can be ${to}; asks first`)
      .option('--status <status>', `with --all: only ${from.join(' or ')} ones`, value(parseChoice(from)))
      .option('-y, --yes', 'skip the confirmation of --all')
      .option('-n, --dry-run', 'check and show the order, and change nothing')
      .addHelpText(
        'after',
        examples(`dbtool orders ${move} 1`, `dbtool orders ${move} 1 2 3`, `dbtool orders ${move} --all`),
      )
      .action((ids: OrderArgument[], options: MoveManyOptions) => run(ctx, move, ids, options))
  }
}

const parseArgument = (text: string): OrderArgument => (text === '-' ? '-' : parseId(text))

/** One order is shown as it is then; many get a table of outcomes. */
async function makeMoves(
  ctx: Context,
  move: Move,
  given: readonly OrderArgument[],
  options: MoveManyOptions,
): Promise<void> {
  const { all = false, status, yes = false, dryRun = false } = options
  if (all && given.length > 0) throw new DbtoolError('USAGE', '--all and the number of an order exclude each other')
  if (!all && (status !== undefined || yes))
    throw new DbtoolError('USAGE', `${status === undefined ? '--yes' : '--status'} needs --all`, {
      hint: `see: dbtool orders ${move} --help`,
    })
  const [id] = given
  if (!all && given.length <= 1 && id !== '-') return makeMove(ctx, move, { id, dryRun })
  const { moveMany } = await import('./move-many.ts')
  return moveMany(ctx, move, given, options)
}

export async function makeMove(
  ctx: Context,
  move: Move,
  { id: given, dryRun }: { id: number | undefined; dryRun: boolean },
): Promise<void> {
  const { moveOrder } = await import('../../src/shop/orders/change-status.ts')
  const { id } = await ctx.ask.resolve({ id: whichOrder(ctx, given, move) })
  if (move === 'cancel')
    await ctx.ask.confirm({
      message: `Cancel order ${id}, and return its units to stock?`,
      yes: given !== undefined || dryRun,
      about: 'offer',
    })
  const order = await ctx.shop(async (db) => {
    const request = { orderId: id, move, author: ctx.author(), dryRun } as const
    await moveOrder(db, request).catch(async (error: unknown) =>
      resolveInterrupted(ctx, await changeOutcome(move, id, error), error),
    )
    return readBack(ctx, db, {
      orderId: id,
      predicate: `is ${moves[move].to}`,
      hint: `look at it: dbtool orders get ${id}`,
      interrupted: interruptedAfter(request),
    })
  })
  const { to } = moves[move]
  ctx.out.item(orderView, { ...order, status: dryRun ? to : order.status })
  ctx.out.success(
    dryRun
      ? `order ${id} would be ${to}; nothing was changed`
      : `order ${id} is ${to}${move === 'cancel' ? `: ${unitsOf(order)}` : ''}`,
  )
}

function unitsOf({ items }: Order): string {
  const units = items.reduce((sum, { quantity }) => sum + quantity, 0)
  return `${counted(units, 'unit')} returned to stock`
}

async function changeOutcome(move: Move, orderId: number, error: unknown): Promise<OutcomeLookup> {
  const { unknownStatusChange, resolveMove } = await import('../../src/shop/orders/change-status.ts')
  const moving = { orderId, move }
  return {
    find: async (queries) => ((await resolveMove(queries, moving, error)) ? interruptedAfter(moving) : undefined),
    notApplied: 'interrupted; nothing was changed',
    unknown: unknownStatusChange(moving),
  }
}

function interruptedAfter({ orderId, move }: { orderId: number; move: Move }): DbtoolError {
  return new DbtoolError('INTERRUPTED', `interrupted, but order ${orderId} is ${moves[move].to}`, {
    hint: `look at it: dbtool orders get ${orderId}`,
  })
}
