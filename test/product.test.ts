import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from './support/cli.ts'
import { testDatabase } from './support/database.ts'
import { temporaryFolder } from './support/folder.ts'
import { smallShop } from './support/shop.ts'

/**
 * One test for each part of the chapter, under the chapter's name for it, in its order: what the chapter shows in
 * Python is a command
 * here. How each command behaves at its edges is tested where the command is.
 */
const shop = testDatabase()
const { name: database } = shop
const empty = testDatabase({ migrated: false })
const folder = temporaryFolder()
beforeAll(() => smallShop(database))

const typed = (line: string, stdin = '') => dbtool(`${line} --json`, { database, stdin })
const item = async (line: string, stdin = '') => (await typed(line, stdin)).json()
const list = async (line: string) => (await typed(line)).json<Record<string, unknown>[]>()
const names = async (line: string) => (await list(line)).map(({ username }) => username)

describe('the chapter, part by part', () => {
  it('settings from the environment and .env, with defaults; connection string', async () => {
    writeFileSync(join(folder, '.env'), 'DB_POOL_SIZE=7\nDB_HOST=from-file\n', { mode: 0o600 })
    const { json } = await dbtool('config show --json', {
      cwd: folder,
      env: { DB_HOST: 'from-environment', DB_PASSWORD: 'hunter2' },
    })
    const entries = json<{ name: string; value: string; origin: string }[]>()
    expect(entries).toContainEqual({ name: 'DB_HOST', value: 'from-environment', origin: 'environment' })
    expect(entries).toContainEqual({ name: 'DB_POOL_SIZE', value: '7', origin: expect.stringContaining('.env') })
    expect(entries).toContainEqual({ name: 'DB_MAX_OVERFLOW', value: '10', origin: 'default' })
    expect(entries.find(({ name }) => name === 'DB_URL')?.value).toMatch(
      /^mariadb:\/\/.*:\*{8}@from-environment:3306\//,
    )
  })

  it('connection in a context manager; version; current database', async () => {
    expect(await item('connection test')).toMatchObject({
      database,
      version: expect.stringMatching(/^1\d\.\d+\.\d+-MariaDB/),
    })
  })

  it('session set-up on connect: utf8mb4, UTC, strict sql_mode, READ COMMITTED, statement timeout', async () => {
    expect(await item('connection test')).toMatchObject({
      charset: 'utf8mb4',
      time_zone: '+00:00',
      isolation: 'READ-COMMITTED',
      statement_timeout: 30,
      sql_mode: expect.stringContaining('STRICT_TRANS_TABLES'),
    })
  })

  it('parameterised select, insert, update with row count, delete', async () => {
    await item('users create --username dora --email dora@example.com --generate-password')
    expect(await item('users get --email dora@example.com')).toMatchObject({ username: 'dora' })
    expect(await item('users update dora --first-name Dora')).toMatchObject({ first_name: 'Dora', rows_changed: 1 })
    expect(await item('users update dora --first-name Dora')).toMatchObject({ first_name: 'Dora', rows_changed: 0 })
    expect((await typed('users delete dora --yes')).exitCode).toBe(0)
    expect((await typed('users get dora')).exitCode).toBe(5)
  })

  it('delete users inactive and not seen for a year', async () => {
    await item('users create --username old --email old@example.com --generate-password')
    await item('users create --username away --email away@example.com --generate-password')
    await shop.connection.execute(
      `UPDATE users
       SET is_active = FALSE, last_login = UTC_TIMESTAMP() - INTERVAL IF(username = 'old', 366, 364) DAY
       WHERE username IN ('old', 'away')`,
    )
    await typed('users purge --inactive-for 365d --yes')
    expect(await names('users list --inactive')).toEqual(['away'])
  })

  it('atomic order: order, lines, guarded stock decrement, status, commit or rollback', async () => {
    const before = await list('products list')
    expect(await typed('orders place --user ada --item TEA-1:1 --item POT-1:99')).toMatchObject({
      exitCode: 6,
      error: { code: 'OUT_OF_STOCK' },
    })
    expect(await list('products list')).toEqual(before)
    expect(await item('orders place --user bob --item TEA-1:1')).toMatchObject({
      status: 'confirmed',
      total_amount: '4.50',
    })
    expect(await item('products get TEA-1')).toMatchObject({ stock: 97 })
  })

  it('CRUD with pagination', async () => {
    const all = await names('users list --sort id --limit 0')
    const pages = await Promise.all(
      all.map((_name, offset) => names(`users list --sort id --limit 1 --offset ${offset}`)),
    )
    expect(pages.flat()).toEqual(all)
    expect(all.length).toBeGreaterThan(2)
  })

  it('async pool; a row in logs', async () => {
    await item('products create --sku CUP-1 --name Cup --price 3.00')
    expect((await list('logs list --entity products --limit 1'))[0]).toMatchObject({
      command: 'products create',
      entity: 'products',
      message: expect.stringContaining('CUP-1'),
    })
  })

  it('engine: pool_size, max_overflow, pool_timeout, pool_recycle, pre_ping, LIFO', async () => {
    expect(
      await item('pool stress --pool-size 2 --max-overflow 1 --pool-timeout 5s --workers 6 --sql "SELECT SLEEP(0.02)"'),
    ).toMatchObject({ pool_size: 2, max_overflow: 1, ok: 6, connections: { peak: 3 } })
  })

  it('create_all, drop_all; Alembic', async () => {
    const onEmpty = (line: string) => dbtool(`${line} --json`, { database: empty.name, as: 'owner' })
    expect((await onEmpty('db status')).exitCode).toBe(8)
    expect((await onEmpty('db migrate')).exitCode).toBe(0)
    expect((await onEmpty('db status')).exitCode).toBe(0)
    expect((await onEmpty(`db reset --confirm ${empty.name}`)).exitCode).toBe(0)
    expect((await onEmpty('db rollback --to 0 --yes')).exitCode).toBe(0)
    expect((await onEmpty('db status')).exitCode).toBe(8)
  })

  it('models User, Address, Product, Order, OrderItem with constraints, indexes, cascades, validation', async () => {
    await item('users create --username eve --email eve@example.com --generate-password')
    const address = { street: '1 High St', city: 'York', postal_code: 'YO1', country: 'GB' }
    expect(
      await item(
        'addresses add --user eve --type billing --street "1 High St" --city York --postal-code YO1 --country gb',
      ),
    ).toMatchObject({ username: 'eve', address_type: 'billing', ...address })
    await typed('users delete eve --yes')
    expect(await list('addresses list')).toEqual([])
    const names = ['users', 'addresses', 'products', 'orders', 'order_items']
    const tables = await shop.connection.rows<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    )
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  })

  it('user repository: create, by id, by email, list active, update, delete, authenticate', async () => {
    const { id } = await item(
      'users create --username finn --email finn@example.com --password-stdin',
      'SecureP@ss123!\n',
    )
    for (const reference of [String(id), 'finn', 'finn@example.com'])
      expect(await item(`users get ${reference}`)).toMatchObject({ id, last_login: null })
    expect(await names('users list --active --search finn')).toEqual(['finn'])
    expect((await typed('users update finn --username fred')).exitCode).toBe(2)
    expect(
      await item('users authenticate --email finn@example.com --password-stdin', 'SecureP@ss123!\n'),
    ).toMatchObject({ id, last_login: expect.stringMatching(/Z$/) })
    expect(await typed('users authenticate --email finn@example.com --password-stdin', 'another\n')).toMatchObject({
      exitCode: 6,
      error: { code: 'NOT_AUTHENTICATED' },
    })
  })

  it('order repository: create, one with items (no N+1), by user newest first', async () => {
    await item('orders place --user ada --item TEA-1:1')
    await item('orders place --user ada --item TEA-1:2')
    const ids = (await list('orders list --user ada')).map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    const { stderr, stdout } = await dbtool('orders list --user ada --items --format ndjson --sql', { database })
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { items: unknown[] }).items.length),
    ).toEqual([1, 1, 2])
    expect(stderr.match(/(FROM|JOIN) (orders|order_items)\b/g)).toHaveLength(2)
  })

  it.each([
    ['orders per user', 'orders-per-user', { username: 'ada', order_count: 3 }],
    ['users with recent orders', 'recent-customers', { username: 'ada', order_count: 3 }],
    ['top products', 'top-products', { sku: 'TEA-1' }],
    ['customer categories', 'customer-categories', { username: 'ada', category: 'occasional' }],
    ['big spenders', 'big-spenders --min-spent 50', { username: 'ada', total_spent: '71.40' }],
  ])('advanced queries: %s', async (_part, report, first) => {
    expect((await list(`report ${report}`))[0]).toMatchObject(first)
  })

  it('advanced queries: dynamic filters', async () => {
    expect(await names('users list --active --search a --min-orders 2')).toEqual(['ada'])
  })

  it('joinedload, selectinload, N+1', async () => {
    const [slow, join, second] = await list('report eager-loading')
    expect([join, second]).toMatchObject([{ statements: 1 }, { statements: 2 }])
    expect(Number(slow?.['statements'])).toBeGreaterThan(2)
  })

  it.each([
    ['fair', 2],
    ['driver', 2],
    ['static', 1],
    ['none', 8],
  ])('production, testing and pool-less engines: %s', async (mode, peak) => {
    const result = await item(
      `pool stress --mode ${mode} --pool-size 2 --max-overflow 0 --workers 8 --sql "SELECT SLEEP(0.02)"`,
    )
    expect(result).toMatchObject({ mode, ok: 8 })
    expect((result['connections'] as { peak: number }).peak).toBeLessThanOrEqual(peak)
  })

  it('checkout counter, pool events, monitor_pool', async () => {
    expect(await item('pool stress --workers 4 --iterations 3 --sql "DO 0"')).toMatchObject({
      ok: 12,
      timeouts: 0,
      queue_peak: 0,
      connections: { opened: expect.any(Number), closed: expect.any(Number) },
      acquire_ms: { p99: expect.any(Number) },
    })
  })

  it('pool stress test: 50 workers on 5 + 10 connections, SLEEP(0.1), time-out 5 s', async () => {
    expect(await item('pool stress')).toMatchObject({
      workers: 50,
      pool_size: 5,
      max_overflow: 10,
      ok: 50,
      failed: 0,
      connections: { peak: 15 },
    })
  })

  it('SQL injection: text is a value, whatever it says', async () => {
    for (const text of [`' OR '1'='1`, `admin' -- `, `%`, `_`, `\\`]) {
      expect((await dbtool(['users', 'list', '--search', text, '--json'], { database })).json(), text).toEqual([])
      expect((await dbtool(['users', 'get', text, '--json'], { database })).exitCode, text).toBe(5)
    }
  })

  it('bcrypt at 12 rounds; least privilege', async () => {
    const [row] = await shop.connection.rows<{ password_hash: string }>(
      `SELECT password_hash FROM users WHERE username = 'finn'`,
    )
    expect(row?.password_hash).toMatch(/^\$2[aby]\$12\$/)
    // This whole page has been typed by an account that has these four and no more.
    const grants = (await shop.connection.rows<object>('SHOW GRANTS FOR dbtool_app@localhost')).map((row) =>
      String(Object.values(row)[0]),
    )
    expect(grants.filter((grant) => grant.includes(database.replace('_', '\\_')))).toEqual([
      expect.stringMatching(/^GRANT SELECT, INSERT, UPDATE, DELETE ON /),
    ])
  })

  it('example usage, from end to end', async () => {
    expect((await dbtool('demo --help')).stdout).toContain('Run a tour of dbtool on a private server')
  })
})
