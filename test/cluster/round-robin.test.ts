import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../src/db/target.ts'
import { balancer } from '../support/balancer.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { galera, noGalera } from '../support/galera.ts'

const rounds = Number(process.env['DBTOOL_CLUSTER_ROUNDS'] ?? 0)
const why = noGalera ?? (rounds === 0 ? 'skipped: npm run torture -- --cluster' : `${rounds} rounds`)
const month = join(process.env['DBTOOL_REAL_DATA'] ?? '', 'online-retail', '2010-12.csv')
const noMonth = existsSync(month) ? undefined : 'skipped: DBTOOL_REAL_DATA names no folder with the real month'
const map =
  'order_ref=InvoiceNo,user=CustomerID,sku=StockCode,product_name=Description,quantity=Quantity,price=UnitPrice,ordered_at=InvoiceDate'
const say = (text: string): void => void process.stderr.write(`${text}\n`)

describe.skipIf(noGalera !== undefined || rounds === 0)(
  `three nodes behind a proxy that sends each connection to another one (${why})`,
  { timeout: rounds * 300_000 },
  () => {
    const cluster = galera()
    beforeAll(cluster.start, 90_000)
    const proxy = () =>
      balancer(
        cluster.nodes.map(({ target }) => target),
        'in turn',
      )

    it.skipIf(noMonth !== undefined)(`import the real month as one server does (${noMonth ?? why})`, async () => {
      const { port } = await proxy()
      const importMonth = async (env: Record<string, string>): Promise<Outcome> => {
        await cluster.nodes[0]!.asOwner(async (owner) => {
          await owner.execute('DROP DATABASE IF EXISTS shop')
          await owner.execute('CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
        })
        expect(await dbtool('db migrate', { env })).toMatchObject({ exitCode: 0 })
        const flags = ['--create-missing', '--initial-stock', '1000000', '--on-error', 'skip', '--json']
        return dbtool(['orders', 'import', month, '--map', map, ...flags], { env })
      }
      const countsOf = ({ exitCode, json }: Outcome): unknown[] => {
        const counts = Object.entries(json()).filter(([name]) => !['seconds', 'orders_per_second'].includes(name))
        return [exitCode, Object.fromEntries(counts)]
      }
      const expected = countsOf(await importMonth(cluster.nodes[0]!.env))
      say(`  the real month on one server: ${JSON.stringify(expected)}`)
      expect(expected[0]).toBe(7)
      for (let round = 1; round <= rounds; round += 1) {
        expect(countsOf(await importMonth({ ...cluster.nodes[0]!.env, DB_PORT: String(port) }))).toEqual(expected)
        say(`  the same through the proxy, round ${round}`)
        for (const { env } of cluster.nodes) expect(await dbtool('db check', { env })).toMatchObject({ exitCode: 0 })
      }
    })

    it('never hurt strangers, and leave no statement of their own after Ctrl-C', async () => {
      const through = await proxy()
      const strangersARound = 50
      const counts = { strangers: 0, killed: 0, own: 0, left: 0, lost: 0 }
      for (let round = 1; round <= rounds; round += 1) {
        const strangers = await strangersOn(
          cluster.nodes.map(({ target }) => target),
          strangersARound,
        )
        counts.own += await interrupted(
          through,
          cluster.nodes.map(({ target }) => target),
        )
        counts.lost += await cutOff(through)
        for (const { target } of cluster.nodes) counts.left += await sleeping(target)
        for (const stranger of strangers) {
          const isAlive = await stranger.rows('SELECT 1').then(
            () => true,
            () => false,
          )
          counts.strangers += 1
          if (!isAlive) counts.killed += 1
          await stranger.close()
        }
      }
      say(`  round robin: ${JSON.stringify(counts)}`)
      expect(counts).toMatchObject({ strangers: rounds * strangersARound, killed: 0, left: 0 })
    })
  },
)

/** Connections of other programs of the same account, on each server in turn. */
async function strangersOn(targets: readonly Target[], count: number): Promise<Connection[]> {
  const strangers: Connection[] = []
  for (let n = 0; n < count; n += 1) {
    const stranger = await connect(targets[n % targets.length]!)
    onTestFinished(() => stranger.close())
    strangers.push(stranger)
  }
  return strangers
}

const statement = 'SELECT SLEEP(60) AS own'

async function sleeping(target: Target): Promise<number> {
  const looking = await connect(target)
  try {
    return (await looking.rows(`SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE '${statement}%'`)).length
  } finally {
    await looking.close()
  }
}

const envOf = ({ host, port, user, password, database = '' }: Target): Record<string, string> => ({
  DB_HOST: host,
  DB_PORT: String(port),
  DB_USER: user,
  DB_PASSWORD: password,
  DB_NAME: database,
})

/** A command with twelve statements, ended by Ctrl-C. Resolves to their number. */
async function interrupted(through: Target, targets: readonly Target[]): Promise<number> {
  const own = 12
  const interrupt = new AbortController()
  const running = async (): Promise<number> =>
    (await Promise.all(targets.map(sleeping))).reduce((sum, count) => sum + count, 0)
  const line = ['pool', 'stress', '--sql', statement, '--workers', String(own), '--pool-size', String(own), '--json']
  const ended = dbtool(line, { env: envOf(through), signal: interrupt.signal })
  while ((await running()) < own) await sleep(50)
  interrupt.abort('SIGINT')
  await ended
  return own
}

/** Statements whose connections are cut, and that are repeated through the proxy. Resolves to their number. */
async function cutOff(through: Target & { cut(): void }): Promise<number> {
  const own = 8
  const pool = openPool('fair', {
    target: through,
    limits: defaultLimits,
    options: { ...defaultPoolOptions, size: own, maxOverflow: 0 },
  })
  const db = new PooledDatabase(pool)
  const work = (): Promise<unknown> => db.reading((queries) => queries.rows('SELECT SLEEP(0.3) AS cut'))
  const all = Promise.all(Array.from({ length: own }, work))
  await sleep(150)
  through.cut()
  await all
  await pool.close()
  return own
}
