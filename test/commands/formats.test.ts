import { beforeAll, describe, expect, it } from 'vitest'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { shipped } from '../support/migrations.ts'
import { temporaryFolder } from '../support/folder.ts'
import { smallShop } from '../support/shop.ts'

const { name: database } = testDatabase()
beforeAll(async () => {
  await smallShop(database)
  await dbtool(
    'addresses add --user bob --type billing --street "Torstr. 1, 2. OG" --city Berlin --postal-code 10119 ' +
      '--country DE',
    { database },
  )
})

const user = ['id', 'username', 'email', 'first_name', 'last_name', 'is_active', 'is_admin', 'created_at', 'last_login']
const address = ['id', 'user_id', 'username', 'address_type', 'street', 'city', 'postal_code', 'country', 'created_at']
const product = ['id', 'sku', 'name', 'description', 'price', 'stock', 'is_active', 'created_at']
const head = ['id', 'user_id', 'username', 'status', 'total_amount', 'idempotency_key', 'created_at']
const order = [...head, 'shipping', 'discount', 'tax']
const item = ['product_id', 'sku', 'name', 'quantity', 'price', 'subtotal']
const log = ['id', 'created_at', 'os_user', 'command', 'entity', 'entity_id', 'message']
const stress = [
  'mode',
  'pool_size',
  'max_overflow',
  'workers',
  'ok',
  'failed',
  'timeouts',
  'errors',
  'seconds',
  'throughput',
  'acquire_ms',
  'execute_ms',
  'total_ms',
  'connections',
  'queue_peak',
  'fairness',
  'loop',
  'late_ms',
  'dropped',
  'event_loop_ms',
  'cold_start_ms',
  'threads',
  'client_cpu',
  'validity',
  'partial',
  'statements',
  'hosts',
  'failovers',
  'thresholds',
  'comparison',
]

const columnsOf = (names: readonly string[]): string =>
  names.flatMap((name) => (name === 'items' ? item : [name])).join(',')

const lists: readonly [line: string, names: string[], ids: string[]][] = [
  ['users list', user, ['2', '1']],
  ['users list --search ADA', user, ['1']],
  ['users list --min-orders 1', user, ['1']],
  ['users list --sort username --limit 1 --offset 1', user, ['2']],
  ['users list --inactive', user, []],
  ['users purge --inactive-for 365d', [...user, 'addresses_deleted'], []],
  ['addresses list', address, ['1']],
  ['addresses list --user ada', address, []],
  ['products list', product, ['1', '2']],
  ['products list --active --sort -price', product, ['2', '1']],
  ['orders list', head, ['1']],
  ['orders list --user bob', head, []],
  ['orders list --status confirmed --user 1', head, ['1']],
  ['orders list --since 1d --sort total_amount', head, ['1']],
  ['orders list --items --status pending', [...order, 'items'], []],
  ['logs list --limit 2', log, ['6', '5']],
  ['logs list --entity shop', log, []],
  ['report top-products', ['product_id', 'sku', 'name', 'total_sold', 'times_ordered', 'revenue'], ['1', '2']],
  [
    'report top-products --by revenue --limit 1',
    ['product_id', 'sku', 'name', 'total_sold', 'times_ordered', 'revenue'],
    ['2'],
  ],
  ['report top-products --until 30d', ['product_id', 'sku', 'name', 'total_sold', 'times_ordered', 'revenue'], []],
  ['db migrate', ['version', 'name', 'direction'], []],
  [
    'db status',
    ['version', 'name', 'state', 'steps_done', 'steps', 'applied_at'],
    shipped.map(({ version }) => String(version)),
  ],
]

describe.each(lists)('the list of dbtool %s', (line, names, ids) => {
  const run = (format: string) => dbtool(`${line} --format ${format}`, { database })

  it('is an array of objects as json, one a line as ndjson', async () => {
    const { exitCode, json, stdout, stderr } = await run('json')
    expect([exitCode, stderr]).toEqual([0, ''])
    const rows = json<Record<string, unknown>[]>()
    expect(rows).toHaveLength(ids.length)
    for (const row of rows) expect(Object.keys(row)).toEqual(names)
    expect((await dbtool(`${line} --json`, { database })).stdout).toBe(stdout)
    expect((await run('ndjson')).stdout).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  })

  it('is names and rows as csv, bare ids, and a count', async () => {
    const [head, ...rows] = (await run('csv')).stdout.trimEnd().split('\n')
    expect(head).toBe(columnsOf(names))
    expect(rows).toHaveLength(ids.length)
    expect((await run('ids')).stdout).toBe(ids.map((id) => `${id}\n`).join(''))
    expect((await run('count')).stdout).toBe(`${ids.length}\n`)
  })

  it('is a table, or a sentence on stderr and nothing on stdout', async () => {
    const { stdout, stderr, exitCode } = await run('table')
    expect(exitCode).toBe(0)
    if (ids.length === 0) expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^[A-Z].*\.\n/)])
    else expect(stdout.split('\n')).toHaveLength(ids.length + 5)
  })
})

const items: readonly [line: string, names: string[], id: string][] = [
  ['users get ada', user, '1'],
  ['users get 2', user, '2'],
  ['users get BOB@example.com', user, '2'],
  ['users get --email ada@example.com', user, '1'],
  ['users update ada --first-name Ada', [...user, 'rows_changed'], '1'],
  ['addresses update 1 --country DE', [...address, 'rows_changed'], '1'],
  ['products get POT-1', product, '2'],
  ['products update TEA-1 --price 4.5', [...product, 'rows_changed'], '1'],
  ['products restock TEA-1 --by 1 --dry-run', product, '1'],
  ['orders get 1', [...order, 'items'], '1'],
  ['orders ship 1 --dry-run', [...order, 'items'], '1'],
  [
    'connection test',
    [
      'server',
      'version',
      'user',
      'database',
      'charset',
      'collation',
      'time_zone',
      'sql_mode',
      'isolation',
      'statement_timeout',
      'tls',
      'round_trip_ms',
    ],
    '',
  ],
  ['server status', ['running', 'pid', 'socket', 'port', 'user', 'database', 'data_directory', 'version'], ''],
  ['pool stress --sql "DO 0" --workers 3', stress, 'fair'],
]

describe.each(items)('the one thing of dbtool %s', (line, names, id) => {
  const run = (format: string) => dbtool(`${line} --format ${format}`, { database })

  it('is an object as json and ndjson', async () => {
    const { exitCode, json, stderr } = await run('json')
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(Object.keys(json())).toEqual(names)
    expect(Object.keys(JSON.parse((await run('ndjson')).stdout) as object)).toEqual(names)
  })

  it('is one row as csv, one id, and counts one', async () => {
    const [head] = (await run('csv')).stdout.split('\n')
    expect(head).toBe(columnsOf(names))
    if (id !== '') expect((await run('ids')).stdout).toBe(`${id}\n`)
    expect((await run('count')).stdout).toBe('1\n')
  })

  it('is a name and a value a line in a table', async () => {
    const { stdout } = await run('table')
    expect(stdout).toMatch(new RegExp(`^${names[0] ?? ''} +\\S`))
    expect(stdout.split('\n').filter((text) => / $/.test(text))).toEqual([])
  })
})

describe('values', () => {
  it('are numbers for ids, strings for money, UTC for instants and null for NULL', async () => {
    const order = (await dbtool('orders get 1 --json', { database })).json()
    expect(order).toMatchObject({
      id: 1,
      user_id: 1,
      total_amount: '57.90',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    expect(order['items']).toEqual([
      { product_id: 1, sku: 'TEA-1', name: 'Green tea', quantity: 2, price: '4.50', subtotal: '9.00' },
      { product_id: 2, sku: 'POT-1', name: 'Teapot', quantity: 1, price: '48.90', subtotal: '48.90' },
    ])
    expect((await dbtool('users get ada --json', { database })).json()).toMatchObject({
      first_name: 'Ada',
      last_name: null,
      is_active: true,
      is_admin: false,
      last_login: null,
    })
  })

  it('of config show have a name, a value and where it comes from, and no secrets', async () => {
    const { stdout, json } = await dbtool('config show --json --port 3307 --host db', {
      database,
      env: { DB_PASSWORD: 'hunter2', DB_URL: 'mariadb://eve:hunter2@elsewhere/x' },
    })
    const entries = json<{ name: string; value: string | null; origin: string }[]>()
    expect(entries).toContainEqual({ name: 'DB_PORT', value: '3307', origin: 'flag' })
    expect(entries).toContainEqual({ name: 'DB_NAME', value: database, origin: 'environment' })
    expect(entries).toContainEqual({ name: 'DB_PASSWORD', value: '********', origin: 'environment' })
    expect(entries).toContainEqual({ name: 'DB_POOL_TIMEOUT', value: '30s', origin: 'default' })
    expect(stdout).not.toContain('hunter2')
  })
})

describe('an order as csv', () => {
  it('has a line for each item, with the head of the order repeated', async () => {
    const [, ...lines] = (await dbtool('orders get 1 --format csv', { database })).stdout.trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^1,1,ada,confirmed,57\.90,basket-1,[^,]+Z,,,,1,TEA-1,Green tea,2,4\.50,9\.00$/),
      expect.stringMatching(/^1,1,ada,confirmed,57\.90,basket-1,[^,]+Z,,,,2,POT-1,Teapot,1,48\.90,48\.90$/),
    ])
  })

  it('names no column twice', () => expect(new Set([...order, ...item]).size).toBe(order.length + item.length))
})

describe('a server that stops', () => {
  const situation = { env: { DBTOOL_HOME: temporaryFolder() } }
  it('is one sentence for a person, and the whole state for a script', async () => {
    const { stdout, stderr } = await dbtool('server stop', situation)
    expect([stdout, stderr]).toEqual(['', '✔ the private server was not running\n'])
    expect((await dbtool('server stop --json', situation)).json()).toMatchObject({ running: false, pid: null })
  })
})

describe('a write', () => {
  it('prints what it made, and says so on stderr', async () => {
    const { exitCode, stdout, stderr, json } = await dbtool(
      'products create --name "Oak tray" --price 27.35 --format ndjson',
      { database },
    )
    expect([exitCode, stderr]).toEqual([0, `✔ added Oak tray (id ${String(json()['id'])})\n`])
    expect(JSON.parse(stdout)).toMatchObject({ name: 'Oak tray', price: '27.35', stock: 0, sku: null })
  })

  it('says nothing with --quiet or --json, but a generated password is not lost', async () => {
    expect((await dbtool('products create --name Cup --price 1 -q --format ids', { database })).stderr).toBe('')
    const { stderr, stdout } = await dbtool(
      'users create --username eve --email eve@example.com --generate-password --json',
      { database },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ username: 'eve', password: expect.stringMatching(/^\S{12,}$/) })
    for (const flags of ['-q', '-q --format ids', '-q --field id', '--fields id --json', '-q --format vertical']) {
      const answer = await dbtool(`users set-password eve --generate-password ${flags}`, { database })
      expect(answer.stderr, flags).toMatch(/^password: \S{12,}\n$/)
      expect(answer.stdout, flags).not.toMatch(/password/)
    }
    const csv = await dbtool('users set-password eve --generate-password --fields id,password --format csv', {
      database,
    })
    expect(csv.stdout).toMatch(/^id,password\n\d+,\S{12,}\n$/)
  })
})
