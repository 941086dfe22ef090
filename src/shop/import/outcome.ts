import { DbtoolError, type ErrorCode } from '../../errors.ts'
import type { Placement } from '../orders/place-order.ts'
import type { DraftOrder } from './draft-order.ts'

/** `existing`: an earlier run had already placed it. */
export type Taken = Pick<Placement, 'outcome' | 'totalAmount'>

/** What became of an order of the file; an error is why the shop refuses it. */
export type Outcome = Taken | DbtoolError

/** Takes orders of the file that have no fault, in their order. Rejects with what ends the import. */
export type PlaceDrafts = (drafts: readonly DraftOrder[]) => Promise<readonly Outcome[]>

/** The reference of an order in a file is its key: a second run finds what the first one placed. */
export const keyOf = (ref: string): string => `${importKeyPrefix}${ref}`
export const importKeyPrefix = 'import:'

/** As the file calls the one who orders; all lines of an order without faults say the same. */
export const userOf = ({ lines: [first] }: DraftOrder): string => first?.user ?? ''

/** An order that breaks one of these is rejected; any other error ends the import. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'OUT_OF_STOCK',
  'KEY_CONFLICT',
  'NOT_FOUND',
  'CONSTRAINT',
  'DUPLICATE',
])

/** The refusal of one order, as its outcome. */
export function refused(error: unknown): DbtoolError {
  if (error instanceof DbtoolError && refusals.has(error.code)) return error
  throw error
}
