import type { OrderStatus } from '../rules.ts'

/**
 * The allowed changes of an order status. The name of a status is also the participle of its move: an order can be
 * confirmed, and is confirmed.
 */
export const moves = {
  confirm: { from: ['pending'], to: 'confirmed' },
  ship: { from: ['confirmed'], to: 'shipped' },
  deliver: { from: ['shipped'], to: 'delivered' },
  cancel: { from: ['pending', 'confirmed'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly OrderStatus[]; to: OrderStatus }>

export type Move = keyof typeof moves

/** The moves as the user types them. */
export const moveNames = Object.keys(moves) as Move[]

/** The moves that an order of this status allows. */
export function movesFrom(status: OrderStatus): Move[] {
  return moveNames.filter((move) => (moves[move].from as readonly OrderStatus[]).includes(status))
}

/** Whether an order can get from one status to another by further moves. */
export function leadsTo(from: OrderStatus, to: OrderStatus): boolean {
  return movesFrom(from).some((move) => moves[move].to === to || leadsTo(moves[move].to, to))
}
