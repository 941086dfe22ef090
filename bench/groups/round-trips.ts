import type { Bench } from '../bench.ts'
import { alternate } from '../core/alternate.ts'
import { connect } from '../../src/db/connection/connect.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { withFarServer } from '../proxy/far-server.ts'
import { limits } from '../private-server.ts'
import { counted } from '../core/figures.ts'
import { ordersShop, someOrder } from './placing.ts'

const products = 1_000
const orders = 20
const linesCounted = [1, 3, 20, 100] as const

/** Commands per order, on a connection that has placed one before, and the duration of a round trip. */
export async function roundTrips(bench: Bench): Promise<void> {
  const near = await ordersShop(bench, { products })
  const roundTripMs = Math.max(...bench.size.roundTripsMs)
  await withFarServer({ to: bench.server.socket, roundTripMs }, async (far) => {
    const connection = await connect({ ...near, socket: undefined, host: '127.0.0.1', port: far.port }, limits)
    try {
      const countOf = async (lines: number): Promise<number> => {
        await placeOrder(connection, someOrder({ lines, products }))
        const before = await far.commands()
        for (let placed = 0; placed < orders; placed += 1) await placeOrder(connection, someOrder({ lines, products }))
        return ((await far.commands()) - before) / orders
      }
      const { rounds } = bench.size
      const contest = { group: 'round-trips', unit: 'round trips', rounds }
      for (const lines of linesCounted)
        await alternate(
          {
            ...contest,
            work: `an order of ${counted(lines, 'line')}`,
            contestants: [{ who: 'dbtool', underTest: true, run: async () => ({ value: await countOf(lines) }) }],
          },
          bench.results,
        )
      const ping = async (): Promise<{ value: number }> => {
        const started = performance.now()
        for (let sent = 0; sent < orders; sent += 1) await connection.rows('DO 0')
        return { value: (performance.now() - started) / orders }
      }
      await alternate(
        {
          ...contest,
          unit: 'ms',
          work: `a round trip of ${roundTripMs} ms`,
          contestants: [{ who: 'the proxy', underTest: true, run: ping }],
        },
        bench.results,
      )
    } finally {
      await connection.close()
    }
  })
}
