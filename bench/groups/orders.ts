import type { Target } from '../../src/db/target.ts'
import type { Bench } from '../bench.ts'
import { alternate, type Contestant } from '../core/alternate.ts'
import { pythonPeers, sysbenchLabel, type PythonPeer } from '../peers.ts'
import { withFarServer } from '../proxy/far-server.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { ordersShop, placing, type Place } from './placing.ts'

const connections = 16
const lines = 3
const products = 1_000
/** The script seed_orders.lua knows only `spread`. */
const demands = [
  { demand: 'spread', drawnFrom: products, sysbench: true },
  { demand: 'hot', drawnFrom: lines, sysbench: false },
] as const
type Demand = (typeof demands)[number]

/** The name of the work: the demand, and the distance of the server. */
export const workOf = (demand: 'spread' | 'hot', roundTripMs: number): string => `${demand}, ${roundTripMs} ms`

/** The orders of dbtool without its queue, as its peers place them. */
export const oneByOne = 'dbtool, one order a transaction'

/**
 * Orders of 16 workers over 16 connections, against all peers that can place orders. The orders of dbtool share
 * commits, and those of its peers do not; `oneByOne` is dbtool under the rule of the peers.
 */
export async function orders(bench: Bench, place?: Place): Promise<void> {
  const near = await ordersShop(bench, { products })
  const peers = new PeersPresent(bench)
  for (const roundTripMs of bench.size.roundTripsMs) {
    const compete = (target: Target, port?: number): Promise<void> =>
      contests({ bench, peers, target, port, roundTripMs, place })
    if (roundTripMs === 0) await compete(near)
    else
      await withFarServer({ to: bench.server.socket, roundTripMs }, ({ port }) =>
        compete({ ...near, socket: undefined, host: '127.0.0.1', port }, port),
      )
  }
}

interface Distance {
  readonly bench: Bench
  readonly peers: PeersPresent
  readonly target: Target
  readonly port: number | undefined
  readonly roundTripMs: number
  readonly place: Place | undefined
}

async function contests({ bench, peers, target, port, roundTripMs, place }: Distance): Promise<void> {
  const { rounds, seconds } = bench.size
  for (const demand of demands) {
    const load = { connections, seconds, lines, products: demand.drawnFrom }
    const own = (who: string, by: Place | undefined): Contestant => ({
      who,
      underTest: true,
      run: () => placing(bench, target, { ...load, ...(by && { place: by }) }),
    })
    const dbtool = [own('dbtool', place), own(oneByOne, place ?? placeOrder)]
    const contestants = [...dbtool, ...peers.contestants(demand, { connections, seconds, port })]
    await alternate(
      { group: 'orders', work: workOf(demand.demand, roundTripMs), unit: 'orders/s', rounds, contestants },
      bench.results,
    )
  }
}

/** The peers that can run here; missing ones are recorded. */
class PeersPresent {
  readonly #python: PythonPeer[]
  readonly #sysbench: boolean

  constructor(private readonly bench: Bench) {
    this.#python = (Object.keys(pythonPeers) as PythonPeer[]).filter((peer) => this.has(peer, pythonPeers[peer].label))
    this.#sysbench = this.has('sysbench', sysbenchLabel)
  }

  contestants(
    { drawnFrom, sysbench }: Demand,
    load: { connections: number; seconds: number; port: number | undefined },
  ): Contestant[] {
    const { peers, server } = this.bench
    const inPython = this.#python.map((peer): Contestant => ({
      who: pythonPeers[peer].label,
      underTest: false,
      run: () => peers.python(server, peer, drawnFrom, load),
    }))
    const inC: Contestant = {
      who: sysbenchLabel,
      underTest: false,
      run: () => peers.sysbench(server, 'seed_orders.lua', load),
    }
    return [...inPython, ...(this.#sysbench && sysbench ? [inC] : [])]
  }

  private has(peer: PythonPeer | 'sysbench', label: string): boolean {
    const why = this.bench.peers.missing(peer)
    if (why !== undefined) this.bench.results.absent(label, why)
    return why === undefined
  }
}
