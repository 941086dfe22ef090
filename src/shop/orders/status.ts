import type { OrderStatus } from '../rules.ts'

/**
 * The only changes of an order's status; what a status is called is also what was done: it is confirmed, it can be
 * confirmed.
 */
export const moves = {
  confirm: { from: ['pending'], to: 'confirmed' },
  ship: { from: ['confirmed'], to: 'shipped' },
  deliver: { from: ['shipped'], to: 'delivered' },
  cancel: { from: ['pending', 'confirmed'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly OrderStatus[]; to: OrderStatus }>

export type Move = keyof typeof moves

/** As they are typed. */
export const moveNames = Object.keys(moves) as Move[]

/** What can be done with an order of this status. */
export function movesFrom(status: OrderStatus): Move[] {
  return moveNames.filter((move) => (moves[move].from as readonly OrderStatus[]).includes(status))
}

/** Whether an order that had the one status may have the other by now. */
export function leadsTo(from: OrderStatus, to: OrderStatus): boolean {
  return movesFrom(from).some((move) => moves[move].to === to || leadsTo(moves[move].to, to))
}
