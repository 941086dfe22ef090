import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { Connection } from '../../src/db/connection/connection.ts'
import { firstFit } from '../../src/db/connection/first-fit.ts'
import { currentRows } from '../../src/db/cluster/sync-wait.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { createPool, placeOrder as libraryOrder } from '../../src/index.ts'
import { DatabaseError } from '../../src/db/failures.ts'
import { failoverText, openPool, type PoolParts } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { defaultLimits, hostText, type Target } from '../../src/db/target.ts'
import { DbtoolError } from '../../src/errors.ts'
import { placeOrder, type OrderRequest, type Placement } from '../../src/shop/orders/place-order.ts'
import { OutcomeUnknown } from '../../src/shop/orders/exactly-once.ts'
import { moveOrder } from '../../src/shop/orders/change-status.ts'
import { examine } from '../doctor/examine.ts'
import { freePort } from '../server/free-port.ts'
import { balancer } from '../support/balancer.ts'
import { dbtool } from '../support/cli.ts'
import { account, galera, noGalera, setProviderOption } from '../support/galera.ts'
import { temporaryFolder } from '../support/folder.ts'
import { movingProxy } from '../support/moving-proxy.ts'
import { createCheckAccount, haproxy, noHaproxy } from './support/haproxy.ts'

/** `npm run torture -- --cluster` repeats each fault. */
const rounds = Number(process.env['DBTOOL_CLUSTER_ROUNDS'] ?? 1)
/** The number of own writes that are read from another node. */
const ownReads = Number(process.env['DBTOOL_CLUSTER_READS'] ?? 50)
const author = { osUser: 'tester', command: 'test' }
const folder = temporaryFolder()

describe.skipIf(noGalera !== undefined)(
  `three nodes of a Galera cluster ${noGalera ?? ''}`,
  { timeout: 90_000 + rounds * 15_000 },
  () => {
    const cluster = galera()
    const node = (index: number): (typeof cluster.nodes)[number] => cluster.nodes[index]!
    beforeAll(cluster.start, 90_000)

    /** The database of a pool, closed at the end of the test. */
    function poolOn(
      target: Target,
      size: number,
      listeners: Pick<PoolParts, 'onFailover' | 'onNote'> = {},
    ): PooledDatabase {
      const options = { ...defaultPoolOptions, size, maxOverflow: 0 }
      const limits = { ...defaultLimits, connectTimeoutMs: 2_000 }
      const pool = openPool('fair', { target, limits, options, ...listeners })
      onTestFinished(() => pool.close(0))
      return new PooledDatabase(pool)
    }

    /** An empty shop with one user and these products. */
    async function shop(stocks: readonly number[]): Promise<void> {
      await node(0).asOwner(async (owner) => {
        await owner.execute('DROP DATABASE IF EXISTS shop')
        await owner.execute('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
      })
      expect(await dbtool('db migrate', { env: node(0).env })).toMatchObject({ exitCode: 0 })
      await node(0).asOwner(async (owner) => {
        await owner.execute('USE shop')
        await owner.execute(
          "INSERT INTO users (id, username, email, password_hash) VALUES (1, 'ada', 'a@b.example', '!')",
        )
        for (const [index, stock] of stocks.entries())
          await owner.execute(
            'INSERT INTO products (id, sku, name, price, stock, stock_received) VALUES (?, ?, ?, 2, ?, ?)',
            [index + 1, `P${index + 1}`, `P${index + 1}`, stock, stock],
          )
      })
    }

    const executing = "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'shop' AND COMMAND = 'Execute'"

    /**
     * Runs `work` while a transaction on node 0 holds the products and raises their stock to 5. Commits when the order
     * of `work` is still waiting there, and waits for its end. The products were marked before, so that no refusal on
     * another node ends the transaction.
     */
    async function whileHeld<T>(work: (runs: (atLeast?: number) => Promise<boolean>) => Promise<T>): Promise<T> {
      return node(0).asOwner(async (owner) => {
        const runs = async (atLeast = 1): Promise<boolean> => (await owner.rows(executing)).length >= atLeast
        await owner.execute('USE shop')
        await owner.execute('UPDATE products SET refused_at = UTC_TIMESTAMP()')
        await owner.execute('START TRANSACTION')
        await owner.execute('UPDATE products SET stock = 5, stock_received = 5')
        const result = await work(runs)
        expect(await runs()).toBe(true)
        await owner.execute('COMMIT')
        while (await runs()) await sleep(10)
        return result
      })
    }

    const order = (key: string, productIds: readonly number[]): OrderRequest => ({
      userId: 1,
      lines: productIds.map((productId) => ({ productId, quantity: 1 })),
      key,
      status: 'confirmed',
      author,
    })

    /** Places orders until `isOver`. Resolves to the acknowledged ones; rejects with the first error. */
    async function placing(db: PooledDatabase, name: string, isOver: () => boolean): Promise<Map<string, Placement>> {
      const placed = new Map<string, Placement>()
      for (let n = 0; !isOver(); n += 1)
        placed.set(`${name}-${n}`, await placeOrder(db, order(`${name}-${n}`, [1 + (n % 2), 3])))
      return placed
    }

    /** Every acknowledged order exists once, with its id, and the shop is sound. */
    async function expectPlaced(placed: readonly Map<string, Placement>[], at: number): Promise<void> {
      const rows = await node(at).asOwner(async (owner) => {
        await owner.execute('SET wsrep_sync_wait = 1')
        return owner.rows<{ id: number; ref: string }>('SELECT id, idempotency_key AS ref FROM shop.orders')
      })
      const acknowledged = placed.flatMap((orders) => [...orders].map(([ref, { orderId }]) => `${ref} ${orderId}`))
      expect(rows.map(({ id, ref }) => `${ref} ${id}`).sort()).toEqual(acknowledged.sort())
      expect(acknowledged.length).toBeGreaterThan(20)
      expect(await dbtool('db check', { env: node(at).env })).toMatchObject({ exitCode: 0 })
    }

    describe('db migrate', () => {
      beforeEach(() =>
        node(0).asOwner(async (owner) => {
          await owner.execute('DROP DATABASE IF EXISTS shop')
          await owner.execute('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
        }),
      )

      it.each(Array.from({ length: rounds }, (_, round) => round + 1))(
        'through all nodes at once applies each migration once, and all succeed (round %d)',
        async () => {
          const all = await Promise.all(cluster.nodes.map(({ env }) => dbtool('db migrate --json', { env })))
          expect(all.map(({ exitCode, stderr }) => [exitCode, stderr.includes('roll')])).toEqual(
            all.map(() => [0, false]),
          )
          const versions = all.flatMap((outcome) => outcome.json<{ version: number }[]>().map(({ version }) => version))
          expect(versions.sort()).toEqual(versions.map((_version, index) => index + 1))
          for (const { env } of cluster.nodes) expect(await dbtool('db status', { env })).toMatchObject({ exitCode: 0 })
        },
      )
    })

    it('a database that another node has just created is waited for; one that nobody created is unknown', async () => {
      const migrate = (): ReturnType<typeof dbtool> => dbtool('db migrate', { env: node(1).env })
      await node(0).asOwner((owner) => owner.execute('DROP DATABASE IF EXISTS shop'))
      const unknown = await migrate()
      expect(unknown.stderr).toContain("there is no database 'shop'")
      expect(unknown.exitCode).toBe(4)
      await node(1).asOwner(async (late) => {
        await late.execute('FLUSH TABLES WITH READ LOCK')
        await node(0).asOwner((owner) => owner.execute('CREATE DATABASE shop COLLATE utf8mb4_unicode_ci'))
        const migrated = migrate()
        const waiting = "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'shop' AND INFO LIKE '%sync_wait%'"
        while ((await late.rows(waiting)).length === 0) await sleep(10)
        await late.execute('UNLOCK TABLES')
        expect(await migrated).toMatchObject({ exitCode: 0 })
      })
    })

    describe('sql --write that rebuilds a table', () => {
      const columns = (index: number): Promise<unknown[]> =>
        node(index).asOwner(async (owner) => {
          await owner.execute('SET wsrep_sync_wait = 1')
          return owner.rows("SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_NAME = 'big' AND COLUMN_NAME = 'fee'")
        })
      const alter = 'ALTER TABLE big ADD fee INT, ALGORITHM=COPY'
      beforeEach(async () => {
        await shop([1])
        await node(0).asOwner(async (owner) => {
          await owner.execute('USE shop')
          await owner.execute('CREATE TABLE big (id INT PRIMARY KEY, filler CHAR(200) NOT NULL)')
          await owner.execute('INSERT INTO big SELECT seq, RPAD(seq, 200, seq) FROM seq_1_to_100000')
        })
      })

      it('has no time limit, at which only one node would give it up', async () => {
        const env = { ...node(0).env, DB_STATEMENT_TIMEOUT: '50ms' }
        expect(await dbtool(['sql', '--write', alter], { env })).toMatchObject({ exitCode: 0 })
        for (const index of [0, 1, 2]) expect(await columns(index)).toHaveLength(1)
      })

      it('that is interrupted has an unknown outcome, which is the same on all nodes', async () => {
        const abort = new AbortController()
        const running = dbtool(['sql', '--write', alter], { env: node(0).env, signal: abort.signal })
        await node(0).asOwner(async (owner) => {
          const altering = "SELECT 1 FROM information_schema.PROCESSLIST WHERE STATE = 'copy to tmp table'"
          while ((await owner.rows(altering)).length === 0) await sleep(2)
        })
        abort.abort()
        expect(await running).toMatchObject({ exitCode: 9, stderr: expect.stringContaining('may have taken effect') })
        expect(await columns(1)).toEqual(await columns(0))
      })
    })

    describe('orders', () => {
      it('that are written through all nodes at once, for the same products: none gives up', async () => {
        await shop([100_000, 100_000, 100_000])
        const end = performance.now() + 1_500 * rounds
        const placed = await Promise.all(
          cluster.nodes.flatMap(({ name, target }) => {
            const db = poolOn(target, 4)
            return [1, 2, 3, 4].map((worker) => placing(db, `${name}-${worker}`, () => performance.now() > end))
          }),
        )
        await expectPlaced(placed, 0)
      })

      it('imports of the same products through all nodes at once: all complete', async () => {
        await shop([100_000, 100_000, 100_000])
        const lines = (name: string): string =>
          Array.from({ length: 100 }, (_, n) => `${name}-${n},ada,P1,1,2\n${name}-${n},ada,P${2 + (n % 2)},2,2\n`).join(
            '',
          )
        const all = await Promise.all(
          cluster.nodes.map(({ name, env }) =>
            dbtool('orders import - --json', { env, stdin: `order_ref,user,sku,quantity,price\n${lines(name)}` }),
          ),
        )
        expect(all.map((outcome) => [outcome.exitCode, outcome.json()['orders_placed']])).toEqual(
          all.map(() => [0, 100]),
        )
        expect(await dbtool('db check', { env: node(1).env })).toMatchObject({ exitCode: 0 })
      })

      it('asked again, changed or looked up on a node that lags behind: found', async () => {
        await shop([0])
        const [near, far] = [poolOn(node(0).target, 1), poolOn(node(2).target, 1)]
        await node(0).asOwner((owner) => owner.execute('CREATE TABLE shop.bulk (id INT PRIMARY KEY, n INT)'))
        await node(0).asOwner((owner) => owner.execute('INSERT INTO shop.bulk SELECT seq, 0 FROM shop.seq_1_to_60000'))
        const byKey = 'SELECT id FROM orders WHERE idempotency_key = ?'
        /** Places orders for the last unit on one node, until the other one does not know the latest yet. */
        const stale = async (name: string, status: OrderRequest['status'] = 'confirmed') => {
          for (let n = 1; ; n += 1) {
            const request = { ...order(`${name} ${n}`, [1]), status }
            await near.execute('UPDATE bulk SET n = n + 1')
            await near.execute('UPDATE products SET stock = stock + 1, stock_received = stock_received + 1')
            const { orderId } = await placeOrder(near, request)
            if ((await far.rows(byKey, [request.key])).length === 0) return { request, orderId }
          }
        }
        // After a reset of the session, wsrep_sync_wait does not wait any more: the pool opens another one.
        const session = (): Promise<{ id: number }[]> => far.rows('SELECT CONNECTION_ID() AS id')
        const [before] = await session()
        await far.execute('SET @a = 1')
        expect(await session()).not.toEqual([before])
        const asked = await stale('asked again')
        expect(await placeOrder(far, asked.request)).toMatchObject({ outcome: 'existing' })
        const moved = await stale('confirmed', 'pending')
        await moveOrder(far, { orderId: moved.orderId, move: 'confirm', author })
        const { orderId: id, request } = await stale('looked up')
        expect(await far.lookup((queries) => queries.rows(byKey, [request.key]))).toEqual([{ id }])
        // A writer that is another server than that of the last write first applies it: after a failover, and in the
        // next command.
        const hosts = [node(2), node(0)].map(({ ports }) => ({ host: '127.0.0.1', port: ports.sql }))
        const target = { ...node(2).target, hosts, role: 'writer' as const }
        const server = `127.0.0.1:${node(0).ports.sql}`
        const ownWrite = { last: () => ({ server, position: undefined }), position: () => Promise.resolve(undefined) }
        const strange = firstFit(target, defaultLimits, { sides: () => ({}), cluster: 'another one' })
        await expect(strange).rejects.toThrow(`${hostText(hosts[0]!)} is in another cluster than the server before`)
        for (const search of [{ last: hosts[1] }, { ownWrite }]) {
          const written = await stale('own write')
          const { connection } = await firstFit(target, defaultLimits, { sides: () => ({}), ...search })
          onTestFinished(() => connection.close())
          expect(connection.target.port).toBe(node(2).ports.sql)
          expect(await connection.rows(byKey, [written.request.key])).toEqual([{ id: written.orderId }])
        }
      })

      it('refused by the next node while the first one still runs it: it does not appear later', async () => {
        await shop([0])
        const proxy = await movingProxy(node(0).target, node(1).target)
        const request = order('refused', [1])
        await whileHeld(async (runs) => {
          const refused = expect(placeOrder(poolOn(proxy.target, 1), request)).rejects.toMatchObject({
            code: 'OUT_OF_STOCK',
          })
          while (!(await runs())) await sleep(10)
          proxy.moveOn()
          await refused
        })
        const far = poolOn(node(1).target, 1)
        expect(await currentRows(far, 'SELECT stock FROM products WHERE id = ?', [1])).toEqual([{ stock: 5 }])
        expect(await far.rows('SELECT id FROM orders')).toEqual([])
        expect(await placeOrder(far, request)).toMatchObject({ outcome: 'placed' })
      })

      it('refused by the next node, whose mark ends the transaction that holds the product', async () => {
        await shop([0])
        const proxy = await movingProxy(node(0).target, node(1).target)
        await node(0).asOwner(async (owner) => {
          await owner.execute('USE shop')
          await owner.execute('START TRANSACTION')
          await owner.execute('UPDATE products SET stock = 5, stock_received = 5')
          const refused = expect(placeOrder(poolOn(proxy.target, 1), order('refused', [1]))).rejects.toMatchObject({
            code: 'OUT_OF_STOCK',
          })
          while ((await owner.rows(executing)).length === 0) await sleep(10)
          proxy.moveOn()
          await refused
          await expect(owner.execute('COMMIT')).rejects.toMatchObject({ code: 'DEADLOCK' })
          while ((await owner.rows(executing)).length > 0) await sleep(10)
          expect(await owner.rows('SELECT stock FROM products')).toEqual([{ stock: 0 }])
          expect(await owner.rows('SELECT id FROM orders')).toEqual([])
        })
      })

      it('refused for others, while another node still runs a lost attempt: it does not appear later', async () => {
        const keys = [1, 2, 3, 4].map((product) => `import:lost-${product}`)
        await shop(keys.map(() => 0))
        const { env, target } = node(1)
        const importing = async (product: number, flags: string): Promise<number> => {
          const stdin = `order_ref,user,sku,quantity,price\nlost-${product},ada,P${product},1,2\n`
          return (await dbtool(`orders import - --json ${flags}`, { env, stdin })).exitCode
        }
        const pool = createPool({ host: target.host, port: target.port, ...account, size: 1 })
        onTestFinished(() => pool.close())
        const inLibrary = async (productId: number, key: string): Promise<number> => {
          const order = { userId: 1, lines: [{ productId, quantity: 1 }], key }
          return libraryOrder(pool, order).then(
            () => 0,
            (error: unknown) => (error instanceof DbtoolError && error.code === 'OUT_OF_STOCK' ? 6 : 1),
          )
        }
        const inShell = async (product: number, key: string): Promise<number> =>
          (await dbtool(`orders place --user ada --item ${product}:1 --idempotency-key ${key} --json`, { env }))
            .exitCode
        /** They know nothing of the lost attempts. Resolves to their exit codes. */
        const others = async (): Promise<number[]> => [
          await inLibrary(1, keys[0]!),
          await inShell(2, keys[1]!),
          await importing(3, ''),
          await importing(4, '--on-error skip'),
        ]
        const proxy = await movingProxy(node(0).target, target)
        await whileHeld(async (runs) => {
          const impatient = new PooledDatabase(poolOn(proxy.target, 4).pool, { patienceMs: 1 })
          const lost = keys.map((key, index) =>
            placeOrder(impatient, order(key, [index + 1])).catch((error: unknown) => error),
          )
          while (!(await runs(keys.length))) await sleep(10)
          proxy.moveOn()
          for (const error of await Promise.all(lost)) expect(error).toBeInstanceOf(OutcomeUnknown)
          expect(await others()).toEqual([6, 6, 6, 7])
        })
        const far = poolOn(target, 1)
        expect(await currentRows(far, 'SELECT DISTINCT stock FROM products', [])).toEqual([{ stock: 5 }])
        expect(await far.rows('SELECT id FROM orders')).toEqual([])
        expect(await others()).toEqual([0, 0, 0, 0])
        expect(await dbtool('db check', { env })).toMatchObject({ exitCode: 0 })
      })

      it('looked up on a node that does not catch up: the node is not ready, and not the order unknown', async () => {
        await shop([5])
        await node(2).asOwner(async (owner) => {
          await setProviderOption(owner, 'repl.causal_read_timeout', 'PT0.5S')
          // A read lock stops the threads that apply the changes of other nodes.
          await owner.execute('FLUSH TABLES WITH READ LOCK')
          await poolOn(node(0).target, 1).execute('UPDATE products SET stock = 6, stock_received = 6')
          const far = new PooledDatabase(poolOn(node(2).target, 1).pool, { patienceMs: 1 })
          const sql = 'SELECT id FROM orders WHERE idempotency_key = ?'
          for (const lookup of [currentRows(far, sql, ['x']), far.lookup((queries) => queries.rows(sql, ['x']))])
            await expect(lookup).rejects.toMatchObject({
              code: 'NODE_NOT_READY',
              errno: 1205,
              message: expect.stringContaining('lags behind its cluster'),
            })
          await owner.execute('UNLOCK TABLES')
          await setProviderOption(owner, 'repl.causal_read_timeout', 'PT30S')
        })
      })

      it('during a graceful stop of their node, behind a proxy: none fails, and each exists once', async () => {
        await shop([100_000, 100_000, 100_000])
        const db = poolOn(
          await balancer(
            cluster.nodes.map(({ target }) => target),
            'first',
          ),
          8,
        )
        for (let round = 0; round < rounds; round += 1) {
          let isOver = false
          const placed = [1, 2, 3, 4, 5, 6, 7, 8].map((worker) => placing(db, `${round}-${worker}`, () => isOver))
          const all = Promise.all(placed)
          await sleep(500)
          await node(0).stop()
          await sleep(500)
          isOver = true
          const orders = await all
          if (round === 0) await expectPlaced(orders, 1)
          await node(0).start()
        }
      })
    })

    describe('readers', () => {
      it('have the last own write, and cluster check finds all nodes equal', { timeout: 3_600_000 }, async () => {
        await shop([0])
        const host = cluster.nodes.map(({ ports }) => `127.0.0.1:${ports.sql}`).join()
        const options = { host, user: account.user, password: account.password, database: account.database, size: 2 }
        const writer = createPool(options)
        const readers = createPool({ ...options, target: 'reader', readAfter: writer })
        for (const pool of [writer, readers]) onTestFinished(() => pool.close())
        await writer.execute('CREATE TABLE bulk (id INT PRIMARY KEY, n INT)')
        await writer.execute('INSERT INTO bulk SELECT seq, 0 FROM seq_1_to_3000')
        const stale: unknown[] = []
        for (let n = 1; n <= ownReads; n += 1) {
          // The other nodes take as long to apply it.
          await writer.execute('UPDATE bulk SET n = ?', [n])
          await writer.execute('UPDATE products SET stock = ?, stock_received = ?', [n, n])
          const [row] = await readers.query('SELECT stock, @@port AS port FROM products')
          if (row?.['stock'] !== n || row['port'] !== node(1).ports.sql) stale.push(row)
        }
        expect(stale).toEqual([])
        const env = { ...node(0).env, DB_HOST: host, DB_PORT: '' }
        expect((await dbtool('users update ada --first-name Ada', { env })).exitCode).toBe(0)
        const read = await dbtool('users get ada --field first_name --target reader', { env })
        expect([read.stdout, read.stderr]).toEqual(['Ada\n', ''])
        const check = await dbtool('cluster check --json', { env })
        expect([check.exitCode, check.stderr]).toEqual([0, ''])
        const tables = check.json<{ host: string; table: string }[]>().map(({ table }) => table)
        expect(tables.filter((table) => table === 'bulk')).toHaveLength(3)
        const failover = await dbtool(`cluster failover --to 127.0.0.1:${node(1).ports.sql} --yes --json`, { env })
        expect([failover.exitCode, failover.error.message]).toEqual([
          6,
          `no failover: 127.0.0.1:${node(1).ports.sql} is a node of a Galera cluster, where every node takes writes`,
        ])
      })
    })

    describe('a node that is cut off from the others', () => {
      it('is told by doctor and by cluster status; statements name the state of the node', async () => {
        await shop([5])
        expect(await dbtool('cluster status --json', { env: node(0).env })).toMatchObject({ exitCode: 0 })
        await node(2).isolate(true)
        onTestFinished(async () => {
          await node(2).isolate(false)
          while (!(await node(2).isReady())) await sleep(50)
        })
        while (await node(2).isReady()) await sleep(50)
        // The others take longer to be certain that it is gone, and are not ready themselves in the meantime.
        for (const other of [node(0), node(1)])
          while ((await other.clusterSize()) !== 2 || !(await other.isReady())) await sleep(50)
        const { outcome, of } = await examine({ env: node(2).env })
        expect(outcome.exitCode).toBe(1)
        expect(of('membership')).toMatchObject({
          status: 'fault',
          found: 'node n3 has left the cluster: its component of 1 node is not primary, and accepts no statements',
        })
        // A command waits for it until the connect time-out, and says so once.
        const impatient = await dbtool('users list', { env: { ...node(2).env, DB_CONNECT_TIMEOUT: '1s' } })
        const { ports } = node(2)
        expect([impatient.exitCode, impatient.stderr.split('\n')]).toEqual([
          4,
          [
            expect.stringMatching(`the node at 127.0.0.1:${ports.sql} is not ready: .*; retrying for up to 1 s`),
            expect.stringMatching(`error: the node at 127.0.0.1:${ports.sql} is not ready: `),
            ...[expect.stringContaining('hint: '), ''],
          ],
        ])
        const alone = await dbtool('cluster status --json', { env: node(2).env })
        expect([alone.exitCode, alone.error.code]).toEqual([2, 'CLUSTER_DOWN'])
        const rest = await dbtool('cluster status --json', { env: node(0).env })
        expect([rest.exitCode, rest.error.code]).toEqual([1, 'CLUSTER_DEGRADED'])
        expect(rest.json<{ role: string; state: string; size: number }[]>()).toMatchObject([
          { role: 'node', state: 'Synced', size: 2 },
          { role: 'node', state: 'Synced', size: 2 },
        ])
      })
    })

    describe.skipIf(noHaproxy !== undefined)(`one address, behind HAProxy ${noHaproxy ?? ''}`, () => {
      /** The settings of a command behind HAProxy, stopped at the end of the test. */
      async function proxied(
        variant?: Parameters<typeof haproxy>[2],
        nodes: Parameters<typeof haproxy>[0] = cluster.nodes,
      ): Promise<Record<string, string>> {
        const proxy = await haproxy(nodes, folder, variant)
        onTestFinished(() => proxy.stop())
        return { ...node(0).env, DB_PORT: String(proxy.port) }
      }

      it('a command in the second of a failover succeeds, and says that it waits', async () => {
        await shop([5])
        await createCheckAccount(node(0))
        const nowhere = { ...node(0).target, port: await freePort() }
        const first = await movingProxy(node(0).target, nowhere)
        const env = await proxied({}, [
          { ports: { sql: first.target.port, extra: first.target.port } },
          ...cluster.nodes.slice(1),
        ])
        expect((await dbtool('connection test', { env })).exitCode).toBe(0)
        // Until its second check fails, HAProxy leads to the first node, which closes every connection.
        first.moveOn()
        const outcomes = await Promise.all(
          ['users list', 'products list', 'db status', 'orders place --user ada --item P1:1'].map((line) =>
            dbtool(line, { env }),
          ),
        )
        expect(outcomes.map(({ exitCode, stderr }) => [exitCode, exitCode === 0 ? '' : stderr])).toEqual(
          outcomes.map(() => [0, '']),
        )
        expect(outcomes.map(({ stderr }) => stderr).join('')).toContain('; retrying for up to 10 s')
        const wrong = await dbtool('users list --json', { env: { ...env, DB_PASSWORD: 'wrong' } })
        expect([wrong.exitCode, wrong.error.code, wrong.stderr.includes('retrying')]).toEqual([
          4,
          'ACCESS_DENIED',
          false,
        ])
      })

      /** As many connections as the server accepts. */
      async function filling(target: Target): Promise<Connection[]> {
        const sessions: Connection[] = []
        for (;;) {
          const session = await connect(target).catch((error: unknown) => error)
          if (session instanceof Connection) sessions.push(session)
          else if (session instanceof DatabaseError && session.errno === 1040) return sessions
          else throw session
        }
      }

      it('the sessions of a node whose connections are all in use stay', async () => {
        await shop([5])
        await createCheckAccount(node(0))
        const env = await proxied()
        const proxy = { ...node(0).target, port: Number(env['DB_PORT']) }
        await node(0).asOwner(async (owner) => {
          const logins = async (): Promise<number> => {
            const [row] = await owner.rows<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Connections'")
            return Number(row?.Value)
          }
          const [{ usual } = { usual: 0 }] = await owner.rows<{ usual: number }>('SELECT @@max_connections AS usual')
          await owner.execute('SET GLOBAL max_connections = 10')
          try {
            const sessions = await filling(proxy)
            const before = await logins()
            while ((await logins()) < before + 6) await sleep(50)
            for (const session of sessions) {
              expect(await session.rows('SELECT stock FROM products')).toEqual([{ stock: 5 }])
              await session.close()
            }
          } finally {
            await owner.execute(`SET GLOBAL max_connections = ${usual}`)
          }
        })
      })

      it('doctor sees whether its connections reach one server, or several', async () => {
        await shop([5])
        const one = await examine({ env: await proxied() })
        expect(one.of('proxy')).toMatchObject({
          status: 'ok',
          found: expect.stringMatching(/^4 connections to \S+ reached the same server, which is \S+ behind a proxy/),
        })
        const several = await examine({
          env: await proxied({
            change: (text) => text.replaceAll(' backup', '').replace('mode tcp', 'mode tcp\n  balance roundrobin'),
          }),
        })
        expect(several.of('proxy')).toMatchObject({
          status: 'warning',
          found: expect.stringMatching(/^4 connections to \S+ reached 3 servers: /),
        })
      })
    })

    describe('all nodes as a list of hosts', () => {
      it('orders during a crash of the writer: none fails, each exists once, and the move is told once', async () => {
        await shop([100_000, 100_000, 100_000])
        const address = ({ ports }: (typeof cluster.nodes)[number]): string => `127.0.0.1:${ports.sql}`
        const hosts = cluster.nodes.map(({ ports }) => ({ host: '127.0.0.1', port: ports.sql }))
        const env = { ...node(0).env, DB_HOST: cluster.nodes.map(address).join(), DB_PORT: '' }
        const server = async (line: string): Promise<unknown> =>
          (await dbtool(`connection test --json ${line}`, { env })).json()['server']
        expect([await server(''), await server('--target reader')]).toEqual([address(node(0)), address(node(1))])
        // Orders on a node that keeps its changes would never reach the others.
        await node(0).asOwner((owner) => owner.execute('SET GLOBAL wsrep_on = OFF'))
        expect(await server('')).toBe(address(node(1)))
        const [kept] = (await dbtool('cluster status --json', { env })).json<{ problem: string; writer: boolean }[]>()
        await node(0).asOwner((owner) => owner.execute('SET GLOBAL wsrep_on = ON'))
        expect(kept).toMatchObject({
          problem: 'node n1 keeps its changes from its cluster (wsrep_on is OFF)',
          writer: false,
        })
        const moves: string[] = []
        let isOver = false
        const placedAfter = new Set<string>()
        const db = poolOn({ ...node(0).target, hosts, role: 'writer' }, 8, {
          onFailover: (move) => moves.push(failoverText(move)),
          // A node that takes over has what the other one has acknowledged.
          onNote: (note) => moves.push(note),
        })
        const placed = [1, 2, 3, 4, 5, 6, 7, 8].map((worker) =>
          placing(db, `w${worker}`, () => {
            if (moves.length > 0) placedAfter.add(`w${worker}`)
            return isOver
          }),
        )
        const all = Promise.all(placed)
        await sleep(500)
        await node(0).kill()
        const allGoOn = async (): Promise<void> => {
          while (placedAfter.size < placed.length) await sleep(20)
        }
        await Promise.race([allGoOn(), all])
        isOver = true
        await expectPlaced(await all, 2)
        expect(moves).toEqual([`the writer is now ${address(node(1))}: ${address(node(0))} does not answer`])
      })
    })
  },
)
