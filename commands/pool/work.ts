import { iterateStatements, type Iterate, type Scratch, type StatementWork } from '../../src/stress/workload.ts'
import type { Part } from '../../src/stress/part.ts'
import type { OrdersWork } from './orders-workload.ts'

/** What iterations do, in plain data: threads can be told. */
export type Work =
  | ({ readonly kind: 'statements'; readonly scratch?: Scratch } & StatementWork)
  | ({ readonly kind: 'orders' } & OrdersWork)

/** What one iteration of a part does. */
export async function iterateWork(work: Work, part: Part): Promise<Iterate> {
  if (work.kind === 'statements') return iterateStatements(work, part)
  const { iterateOrders } = await import('./orders-workload.ts')
  return iterateOrders(work)
}
