import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { withSession } from '../../src/server/session.ts'
import { socketTarget } from '../../src/db/target.ts'
import { loginName } from '../../src/server/login.ts'
import { startServer } from '../../src/server/start.ts'
import { checkInvariants } from '../../src/shop/invariants.ts'
import { homeOfFile, killServer } from '../server/temporary-home.ts'
import { temporaryFolder } from '../support/folder.ts'
import { complaints, exampleWith, root, unpackedInto } from '../support/packed.ts'

const folder = temporaryFolder()
const paths = homeOfFile()

interface Answer {
  readonly status: number
  readonly body: { code?: string; orderId?: number; outcome?: string; faults?: string[]; [name: string]: unknown }
}

interface Service {
  readonly child: ChildProcess
  readonly url: string
}

/** Starts the service of docs/library.md on a free port. */
async function startService(): Promise<Service> {
  const child = spawn(process.execPath, ['service.mjs'], {
    cwd: folder,
    env: {
      SHOP_URL: `mariadb://${loginName()}@localhost/dbtool?socket=${encodeURIComponent(paths.socket)}`,
      PORT: '0',
      MIGRATE: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { port } = JSON.parse(String(line)) as { port: number }
  return { child, url: `http://127.0.0.1:${port}` }
}

async function request({ url }: Service, path: string, order?: object, key?: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    ...(order === undefined ? {} : { method: 'POST', body: JSON.stringify(order) }),
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

const order = { userId: 1, lines: [{ productId: 1, quantity: 1 }] }

/** Repeats a request until the service has a final answer, as a client does. */
async function insist(service: Service, key: string): Promise<number> {
  for (;;) {
    const { status, body } = await request(service, '/orders', order, key)
    if (status < 500) return body.orderId ?? NaN
    await sleep(50)
  }
}

describe('the service of docs/library.md', { timeout: 180_000 }, () => {
  let service: Service
  beforeAll(async () => {
    await unpackedInto(folder)
    await startServer(paths)
    const page = readFileSync(join(root, 'docs', 'library.md'), 'utf8')
    writeFileSync(join(folder, 'service.mts'), exampleWith(page, 'createServer'))
    expect(await complaints(folder, 'nodenext', ['service.mts'])).toBe('')
  }, 180_000)

  it('migrates, answers, and keeps every order exactly once over a restart of the server', async () => {
    service = await startService()
    const db = await connect(socketTarget(paths.socket, loginName(), 'dbtool'))
    await db.execute("INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', '!')")
    await db.execute("INSERT INTO products (sku, name, price, stock, stock_received) VALUES ('A', 'A', 1, 1000, 1000)")
    await db.close()

    expect(await request(service, '/orders', order, 'first')).toMatchObject({
      status: 201,
      body: { outcome: 'placed' },
    })
    expect(await request(service, '/orders', order, 'first')).toMatchObject({
      status: 200,
      body: { outcome: 'existing' },
    })
    expect(await request(service, '/orders', { ...order, userId: 0, lines: [] }, 'x')).toMatchObject({
      status: 400,
      body: { code: 'BAD_INPUT', faults: [expect.stringContaining('userId'), 'lines must not be empty'] },
    })
    expect(await request(service, '/orders', { ...order, userId: 9 })).toMatchObject({ status: 404 })
    expect(await request(service, '/products/1')).toMatchObject({ status: 200, body: { stock: 999, price: '1.00' } })

    const clients = Array.from({ length: 16 }, async (_client, client) => {
      const ids: number[] = []
      for (let n = 0; n < 20; n += 1) ids.push(await insist(service, `client ${client} order ${n}`))
      return ids
    })
    await untilOrders(50)
    await killServer(paths)
    await startServer(paths)
    const ids = (await Promise.all(clients)).flat()

    expect(new Set(ids).size).toBe(320)
    await withSession(paths, async (session) => {
      await session.execute('USE dbtool')
      const [row] = await session.rows<{ orders: number; stock: number }>(
        'SELECT (SELECT COUNT(*) FROM orders) AS orders, (SELECT stock FROM products) AS stock',
      )
      expect(row).toEqual({ orders: 321, stock: 679 })
      expect((await checkInvariants(session)).filter(({ ok }) => !ok)).toEqual([])
      expect(await session.rows('SELECT DISTINCT command FROM logs')).toEqual([{ command: 'checkout' }])
    })

    expect(await request(service, '/health')).toMatchObject({ status: 200, body: { waiting: 0 } })
    service.child.kill('SIGTERM')
    const [code, signal] = (await once(service.child, 'exit')) as [number | null, string | null]
    expect([code, signal]).toEqual([0, null])
  })
})

async function untilOrders(orders: number): Promise<void> {
  const db = await connect(socketTarget(paths.socket, loginName(), 'dbtool'))
  for (;;) {
    const [row] = await db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM orders')
    if ((row?.n ?? 0) >= orders) break
    await sleep(20)
  }
  await db.close()
}
