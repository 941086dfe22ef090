import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { migrate } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../../src/db/migrations/migration-files.ts'
import { socketTarget } from '../../../src/db/target.ts'
import { withSession } from '../../../src/server/session.ts'
import { loginName } from '../../../src/server/login.ts'
import { noOpenssl } from '../../support/certificates.ts'
import { dbtool } from '../../support/cli.ts'
import { nasty } from '../../support/nasty.ts'
import { homeOfFile } from '../../server/temporary-home.ts'
import { type TestServer, testServer } from '../../support/tls-server.ts'
import { password } from '../../db/expect-failure.ts'

let server: TestServer | undefined

const texts = [...new Set(nasty.map((text) => Buffer.from(text).toString()))]

/** Every nasty text in every column of texts, past the rules of the program; some columns are NULL. */
async function fill(db: Connection): Promise<void> {
  await db.execute('SET SESSION foreign_key_checks = OFF')
  const users = texts.map((text, at) => [at + 1, `u${at}`, `${text.slice(0, 200)}@${at}`, text.slice(0, 90), at % 3])
  await db.bulk(
    `INSERT INTO users (id, username, email, password_hash, first_name, is_active, is_admin, last_login)
      VALUES (?, ?, ?, '!', ?, ? <> 0, id = 3, IF(id = 2, NULL, '2026-02-03 04:05:06'))`,
    users,
  )
  const products = texts.map((text, at) => [at + 1, `${at}${text.slice(0, 50)}`, text.slice(0, 250), text, `${at}.05`])
  await db.bulk(
    `INSERT INTO products (id, sku, name, description, price, stock, is_active)
      VALUES (?, ?, ?, IF(MOD(id, 4) = 0, NULL, ?), ?, id, MOD(id, 3) <> 0)`,
    products.map((row) => row.map((value) => (typeof value === 'string' ? value.trimEnd() : value))),
  )
  const orders = texts.map((text, at) => [at + 1, at + 1, `${at % 2 === 0 ? 'import:' : ''}${at}${text.slice(0, 200)}`])
  await db.bulk(
    `INSERT INTO orders (id, user_id, idempotency_key, total_amount, status, content_digest, created_at)
      VALUES (?, ?, ?, 1, IF(MOD(id, 7) = 0, 'cancelled', 'confirmed'), '', '2026-01-02 03:04:05')`,
    orders,
  )
  await db.execute(
    `INSERT INTO order_items (order_id, product_id, quantity, price)
      SELECT o.id, p.id, o.id + p.id, o.id + 0.5
      FROM orders o JOIN products p ON p.id BETWEEN o.id AND o.id + MOD(o.id, 3)`,
  )
}

/** Some orders have amounts beside their lines, one has two of a kind, one has a discount of all three. */
const adjustments = `INSERT INTO order_adjustments (order_id, kind, amount)
  VALUES (2, 'shipping', 4.90), (2, 'shipping', 0.10), (2, 'tax', 1), (3, 'discount', -2.5), (5, 'discount', 0),
    (8, 'shipping', 1), (8, 'discount', -1), (8, 'tax', 0.99)`

async function exported(line: string, mode: 'disabled' | 'required'): Promise<{ stdout: string; isPaged: boolean }> {
  const env = {
    DB_HOST: '127.0.0.1',
    DB_PORT: String(server?.port),
    DB_USER: 'ada',
    DB_PASSWORD: password,
    DB_NAME: 'shop',
  }
  const { exitCode, stdout, stderr } = await dbtool(`${line} --ssl-mode ${mode} --sql`, { env })
  expect(exitCode, stderr).toBe(0)
  return { stdout, isPaged: stderr.includes('LIMIT 1000') }
}

const filters = {
  users: ['', '--with-password-hashes', '--inactive', '--search u1', '--search %'],
  products: ['', '--active', "--search '%'", '--search nothing-like-this'],
  orders: [
    '',
    '--status cancelled',
    '--since 2026-01-01 --until 2026-02-01',
    '--user u3',
    '--user u6 --status confirmed',
  ],
}
const formats = [
  ...['csv', 'tsv', 'ndjson', 'json'].flatMap((format) => [`--format ${format}`, `--format ${format} --raw`]),
  '--bom --crlf --delimiter ; --decimal-comma',
  '--decimal-comma',
  "--delimiter '\\t'",
  '--delimiter |',
]

/** A connection without TLS gives the bytes of the rows, an encrypted one gives values. */
describe.skipIf(noOpenssl)('over both kinds of connections (needs openssl)', () => {
  // The hooks of skipped tests do not run, so nothing would remove the home.
  const furnished = noOpenssl ? undefined : homeOfFile()
  beforeAll(async () => {
    server = await testServer({ furnished: furnished! })
    const { socket } = server.paths
    await withSession(server.paths, async (db) => {
      await db.execute(`CREATE USER 'ada'@'%' IDENTIFIED BY '${password}'`)
      await db.execute("GRANT ALL ON *.* TO 'ada'@'%'")
      await db.execute('CREATE DATABASE shop CHARACTER SET utf8mb4')
    })
    const db = await connect(socketTarget(socket, loginName(), 'shop'))
    await migrate({ session: db, known: loadMigrations() })
    await fill(db)
    await db.close()
  }, 120_000)

  describe.each([false, true])(
    'an export from bytes and from values is the same, with adjustments: %s',
    (isAdjusted) => {
      beforeAll(async () => {
        if (!isAdjusted) return
        const db = await connect(socketTarget(server?.paths.socket ?? '', loginName(), 'shop'))
        await db.execute(adjustments)
        await db.close()
      })

      it.each(Object.entries(filters))('of %s, in every format and with every filter', async (noun, lines) => {
        const fields = { users: 'email,is_admin,last_login', products: 'stock,price,name', orders: 'tax,order_ref' }
        const all = [...formats, ...lines, `--fields ${fields[noun as keyof typeof fields]}`]
        for (const flags of all) {
          const line = `${noun} export ${flags}`
          const [bytes, values] = [await exported(line, 'disabled'), await exported(line, 'required')]
          expect([bytes.isPaged, values.isPaged], line).toEqual([false, true])
          expect(bytes.stdout, line).toBe(values.stdout)
        }
      })
    },
  )
})
