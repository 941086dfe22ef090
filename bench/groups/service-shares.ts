import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createPool, placeOrder, type CreatePoolOptions, type NewOrder } from '../../src/index.ts'
import { parseOrder } from '../../src/shop/orders/parse-order.ts'
import { ownCpuMs } from '../../src/stress/cpu-time.ts'
import type { Bench } from '../bench.ts'
import { root, runChild } from '../child.ts'
import type { Trial } from '../core/results.ts'
import type { BenchServer } from '../private-server.ts'
import { withoutOrders } from '../shop.ts'
import { ordersDatabase, ordersShop, someOrder } from './placing.ts'

const connections = 10
const workers = 20

const cpuMicroseconds = (sinceMs: number): number => (ownCpuMs() - sinceMs) * 1_000

const optionsFor = ({ socket, user, password }: BenchServer, database = 'mysql'): CreatePoolOptions => ({
  socket,
  user,
  password,
  database,
  size: connections,
  maxOverflow: 0,
})

/** The pool of this build beside that of the same file with channels that are plain objects, in one process. */
export async function channelCost({ server, size, signal }: Bench): Promise<Trial> {
  const without = withoutChannels()
  const libraries = [fileOfLibrary, without].map((path) => pathToFileURL(path).href)
  const program = join(root, 'dist', 'bench', 'channel-load.js')
  const load = JSON.stringify({ libraries, options: optionsFor(server), workers, seconds: size.seconds })
  try {
    const { exitCode, stdout, stderr } = await runChild(process.execPath, [program, load], { signal, cwd: server.home })
    if (exitCode !== 0) throw new Error(stderr.trim() === '' ? `ended with ${exitCode ?? 'a signal'}` : stderr.trim())
    return { value: Number(stdout) }
  } finally {
    rmSync(without)
  }
}

const libraryFolder = join(root, 'dist', 'lib')
const fileOfLibrary = join(libraryFolder, 'index.js')

/** Beside the other file, so that both load the same connector. */
function withoutChannels(): string {
  const text = readFileSync(fileOfLibrary, 'utf8')
  const imported = /^import \{ channel \} from "node:diagnostics_channel";$/m
  if (!imported.test(text)) throw new Error('dist/lib/index.js does not import channel any more')
  const file = join(libraryFolder, `without-channels-${process.pid}.js`)
  writeFileSync(file, text.replace(imported, 'const channel = () => ({ hasSubscribers: false, publish() {} });'))
  return file
}

const load = { lines: 3, products: 1_000 }
const parsed = 20_000

/** The CPU that this process spends on checking an order, as a share of all that it spends on the order. */
export async function parseShare(bench: Bench): Promise<() => Promise<Trial>> {
  await ordersShop(bench, load)
  return async () => {
    await bench.server.connection(ordersDatabase, withoutOrders)
    const order = await cpuOfPlacing(bench)
    const parse = cpuOfParsing()
    return { value: (parse / order) * 100, also: { orderUs: order, parseUs: parse } }
  }
}

const newOrder = (): NewOrder => {
  const { userId, lines, key, status } = someOrder(load)
  return { userId, lines, key, status }
}

async function cpuOfPlacing({ server, size }: Bench): Promise<number> {
  const pool = createPool(optionsFor(server, ordersDatabase))
  try {
    let orders = 0
    const end = performance.now() + size.seconds * 1_000
    const started = ownCpuMs()
    const work = async (): Promise<void> => {
      for (; performance.now() < end; orders += 1) await placeOrder(pool, newOrder())
    }
    await Promise.all(Array.from({ length: workers }, work))
    return cpuMicroseconds(started) / orders
  } finally {
    await pool.close()
  }
}

function cpuOfParsing(): number {
  const orders = Array.from({ length: parsed }, newOrder)
  const started = ownCpuMs()
  for (const order of orders) parseOrder(order)
  return cpuMicroseconds(started) / parsed
}
