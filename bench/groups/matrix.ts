import type { Bench } from '../bench.ts'
import { alternate } from '../core/alternate.ts'
import { counted } from '../core/figures.ts'
import { ordersShop, placing } from './placing.ts'

/** More products than the longest order has lines, so that even the longest orders differ. */
const products = 10_000

/** dbtool's orders by number of lines and of connections, without peers. */
export async function matrix(bench: Bench): Promise<void> {
  const target = await ordersShop(bench, { products })
  const { linesOfOrders, connections, rounds, cellSeconds: seconds } = bench.size
  for (const lines of linesOfOrders) {
    const contestants = connections.map((count) => ({
      who: counted(count, 'connection'),
      underTest: true,
      run: () => placing(bench, target, { connections: count, seconds, lines, products }),
    }))
    await alternate(
      { group: 'matrix', work: `orders of ${counted(lines, 'line')}`, unit: 'orders/s', rounds, contestants },
      bench.results,
    )
  }
}
