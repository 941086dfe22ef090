import { expect, it } from 'vitest'
import { withSession } from '../../src/server/session.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testServer } from '../support/tls-server.ts'

/** A server that stores the names of databases and tables in lower case, as on Windows. */
it(
  'a shop with a name in upper case works on a server with lower_case_table_names=1',
  { timeout: 120_000 },
  async () => {
    const { paths } = await testServer({ tls: false, more: ['--lower-case-table-names=1'] })
    const user = await withSession(paths, async (db) => {
      await db.execute('CREATE DATABASE `Shop` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
      await db.execute("CREATE USER `App`@localhost IDENTIFIED BY 'secret'")
      return (await db.rows<{ user: string }>("SELECT SUBSTRING_INDEX(USER(), '@', 1) AS user"))[0]?.user ?? ''
    })
    const owner = { DB_SOCKET: paths.socket, DB_NAME: 'Shop', DB_USER: user, DB_PASSWORD: '' }
    const app = { ...owner, DB_USER: 'App', DB_PASSWORD: 'secret' }
    const run = (line: string, env: Record<string, string> = app): Promise<Outcome> => dbtool(line, { env })
    const runs = async (line: string, env = app): Promise<void> => {
      const { exitCode, stderr } = await run(line, env)
      expect([line, exitCode, stderr]).toEqual([line, 0, expect.any(String)])
    }

    for (const line of [
      'db grants --for App@localhost --apply',
      'db migrate',
      'db seed --users 20 --products 10 --orders 30',
    ])
      await runs(line, owner)
    for (const line of [
      'connection test',
      'db status',
      'users create --username eve --email eve@example.com --generate-password',
      'users update eve --first-name Eve',
      'addresses add --user eve --type billing --street S --city C --postal-code 1 --country DE',
      'products create --sku TEA-1 --name Tea --price 2 --stock 5',
      'orders place --user eve --item TEA-1:2 --idempotency-key one',
      'orders place --user eve --item TEA-1:2 --idempotency-key one',
      'orders cancel 31',
      'orders list --items --json',
      'orders export --format ndjson',
      'report top-products',
      'report eager-loading',
      'logs list',
      'db check',
      'users update eve --inactive',
    ])
      await runs(line)

    const findings = (await run('doctor --json')).json<{ check: string; status: string; found: string }[]>()
    expect(findings.filter(({ status }) => status === 'fault')).toEqual([])
    expect(findings.find(({ check }) => check === 'needed-privileges')?.found).toBe(
      "App@localhost has all privileges in 'Shop' that the application needs",
    )
    // Every spelling is the same database.
    expect((await run('orders list --format count', { ...app, DB_NAME: 'SHOP' })).stdout).toBe('31\n')
    for (const line of ['db rollback --to 1 --yes', 'db migrate', 'db reset --confirm Shop']) await runs(line, owner)
    expect((await run('orders list --format count')).stdout).toBe('0\n')
  },
)
