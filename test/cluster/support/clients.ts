import { createPoolCluster, type PoolConnection } from 'mariadb'
import { PooledDatabase } from '../../../src/db/database.ts'
import { failoverText, openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { OrderQueue } from '../../../src/shop/orders/order-queue.ts'
import type { OrderRequest, Placement } from '../../../src/shop/orders/place-order.ts'
import { account } from '../../support/galera.ts'
import type { Nodes } from './faults.ts'
import { haproxy } from './haproxy.ts'

export const connections = 16

/** A program that places orders on a cluster. */
export interface Client {
  /** Rejects with the error that its user gets. */
  place(request: OrderRequest): Promise<Placement>
  /** Its moves to another host, in sentences. */
  readonly moves: readonly string[]
  close(): Promise<void>
}

export type OpenClient = (nodes: Nodes, folder: string) => Promise<Client>

function queueOn(target: Target, onClose?: () => Promise<void>): Client {
  const moves: string[] = []
  const pool = openPool('fair', {
    target,
    limits: { ...defaultLimits, connectTimeoutMs: 3_000 },
    options: { ...defaultPoolOptions, size: connections, maxOverflow: 0 },
    onFailover: (failover) => moves.push(failoverText(failover)),
  })
  const queue = new OrderQueue(new PooledDatabase(pool))
  return {
    moves,
    place: (request) => queue.place(request),
    close: async () => {
      await pool.close(0)
      await onClose?.()
    },
  }
}

/** All nodes as hosts of dbtool's pool, and the orders through its queue. */
export const hosts: OpenClient = (nodes) => {
  const servers = nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.sql }))
  return Promise.resolve(queueOn({ ...nodes[0].target, hosts: servers, role: 'writer' }))
}

/** The same pool and queue with one address, that of HAProxy. */
export const behindHaproxy: OpenClient = async (nodes, folder) => {
  const proxy = await haproxy(nodes, folder)
  return queueOn({ ...nodes[0].target, port: proxy.port }, () => proxy.stop())
}

/** Without it, a statement on a frozen server has no end. */
const socketTimeout = 5_000

/** The connector's PoolCluster, in the given order, with its defaults. Its orders are in tables of their own. */
export const poolCluster: OpenClient = (nodes) => {
  const cluster = createPoolCluster({ defaultSelector: 'ORDER' })
  for (const { name, ports } of nodes)
    cluster.add(name, { host: '127.0.0.1', port: ports.sql, ...account, connectionLimit: connections, socketTimeout })
  return Promise.resolve({
    moves: [],
    place: async (request) => {
      const connection = await cluster.getConnection()
      try {
        return await placePlainly(connection, request)
      } catch (error) {
        await connection.rollback().catch(() => undefined)
        throw error
      } finally {
        await connection.release()
      }
    },
    close: () => cluster.end().catch(() => undefined),
  })
}

export const plainTables = [
  `CREATE TABLE plain_products (id INT PRIMARY KEY, stock INT NOT NULL, price DECIMAL(10, 2) NOT NULL)`,
  `CREATE TABLE plain_orders (id BIGINT AUTO_INCREMENT PRIMARY KEY, reference VARCHAR(80) NOT NULL UNIQUE,
    total DECIMAL(12, 2) NOT NULL)`,
  `CREATE TABLE plain_items (order_id BIGINT NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL,
    PRIMARY KEY (order_id, product_id))`,
  'INSERT INTO plain_products SELECT id, 100000000, price FROM products',
]

/** An order as a transaction of plain statements. */
async function placePlainly(connection: PoolConnection, { lines, key }: OrderRequest): Promise<Placement> {
  await connection.beginTransaction()
  const total = lines.reduce((sum, { quantity }) => sum + 2 * quantity, 0).toFixed(2)
  for (const { productId, quantity } of lines.toSorted((a, b) => a.productId - b.productId))
    await connection.query('UPDATE plain_products SET stock = stock - ? WHERE id = ? AND stock >= ?', [
      quantity,
      productId,
      quantity,
    ])
  const { insertId } = await connection.query<{ insertId: bigint }>(
    'INSERT INTO plain_orders (reference, total) VALUES (?, ?)',
    [key, total],
  )
  for (const { productId, quantity } of lines)
    await connection.query('INSERT INTO plain_items VALUES (?, ?, ?)', [insertId, productId, quantity])
  await connection.commit()
  return { outcome: 'placed', orderId: Number(insertId), totalAmount: total }
}
