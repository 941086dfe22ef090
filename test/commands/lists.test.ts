import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { formats } from '../../src/output/choices.ts'
import { binary, environment } from '../support/binary.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
beforeAll(async () => {
  const sizes = '--users 200 --products 60 --orders 300'
  expect(await dbtool(`db seed ${sizes}`, { database, as: 'owner' })).toMatchObject({ exitCode: 0 })
  // The generator writes a single row to the audit log.
  await shop.connection.execute(
    `INSERT INTO logs (os_user, command, entity, entity_id, message)
     SELECT 'ada', 'test', 'shop', 0, seq FROM seq_1_to_60`,
  )
})

const inPipe = (line: string): Promise<Outcome> => dbtool(line, { database })
const onTerminal = (line: string): Promise<Outcome> => dbtool(`${line} --color never`, { database, columns: 200 })

/** Formats for people, which a terminal shows in part; a program reads the others. */
const laidOut = ['table', 'vertical', 'markdown'] as const
const forPrograms = formats.filter((format) => !(laidOut as readonly string[]).includes(format))
const notice = 'only the first 50 rows; --limit 0 shows all\n'

describe('a list without --limit', () => {
  const lists = [
    'users list',
    'addresses list',
    'products list',
    'orders list',
    'orders list --items',
    'logs list',
    'report orders-per-user',
    'report customer-categories',
    'report big-spenders',
    'report low-stock --below 999999',
  ]

  it.each(lists)('%s: stops at 50 rows on a terminal, with a notice, and nowhere else', async (line) => {
    const [all, fifty] = [await inPipe(`${line} --json --limit 0`), await onTerminal(`${line} --limit 50`)]
    const rows = all.json<unknown[]>().length
    expect(rows).toBeGreaterThan(50)
    expect(await onTerminal(line)).toMatchObject({ exitCode: 0, stdout: fifty.stdout, stderr: notice })
    for (const outcome of [await inPipe(`${line} --json`), await onTerminal(`${line} --json`)])
      expect([outcome.stdout, outcome.stderr]).toEqual([all.stdout, ''])
  })

  it.each(formats)('is whole in a pipe, without a word: %s', async (format) => {
    const { stdout, stderr } = await inPipe(`products list --format ${format}`)
    expect([stdout, stderr]).toEqual([(await inPipe(`products list --format ${format} --limit 0`)).stdout, ''])
  })

  it.each(laidOut)('is cut on a terminal, with a notice: %s', async (format) => {
    const { stdout, stderr } = await onTerminal(`products list --format ${format} --fields id`)
    expect(stderr).toBe(notice)
    expect(stdout).toBe((await onTerminal(`products list --format ${format} --fields id --limit 50`)).stdout)
    expect(stdout).toContain('50')
    expect(stdout).not.toContain('51')
  })

  it.each(forPrograms)('is whole on a terminal too, if a program reads it: %s', async (format) => {
    const { stdout, stderr } = await onTerminal(`products list --format ${format}`)
    expect([stdout, stderr]).toEqual([(await inPipe(`products list --format ${format}`)).stdout, ''])
  })

  it('is whole as bare values and in a file', async () => {
    expect((await onTerminal('products list --field sku')).stdout.split('\n')).toHaveLength(60 + 1)
    const file = join(folder, 'list')
    expect((await onTerminal(`products list -o ${file}`)).stderr).toBe(`60 rows written to ${file}\n`)
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(60 + 5)
  })

  it('of fifty is whole, and has no notice', async () => {
    expect((await onTerminal('products list --offset 10')).stderr).toBe('')
    expect((await onTerminal('products list --offset 9')).stderr).toBe(notice)
  })

  it('says where it is empty what it looked for', async () => {
    expect((await onTerminal('products list --search nothing')).stderr).toMatch(/^No products match\.\n/)
    expect(await inPipe('products list --search nothing --format vertical')).toMatchObject({
      stdout: '',
      stderr: 'No products match.\n',
    })
    expect((await inPipe('products list --search nothing --json')).stdout).toBe('[]\n')
  })

  it('in a pager is cut too, and the notice follows the pager', async () => {
    const tty = terminal(['products', 'list', '--sort', 'id'], database, { rows: 10, env: { PAGER: 'cat; true' } })
    expect(await tty.ended()).toBe(0)
    expect(tty.screen).toMatch(/│ 50 │[^\n]*\n└[^\n]*┘\nonly the first 50 rows/)
  })
})

describe('--limit', () => {
  it('holds everywhere, without a word', async () => {
    for (const type of [inPipe, onTerminal]) {
      expect(await type('products list --format count --limit 50')).toMatchObject({ stdout: '50\n', stderr: '' })
      expect((await type('products list --limit 2')).stderr).toBe('')
      expect((await type('products list --json --limit 2')).json()).toHaveLength(2)
      expect((await type('products list --format count --offset 10')).stdout).toBe('50\n')
    }
  })

  it('of a ranking has a default everywhere, and a notice tells programs too', async () => {
    const ten = 'only the first 10 rows; --limit 0 shows all'
    for (const type of [inPipe, onTerminal]) {
      const { json, stderr } = await type('report top-products --json')
      expect([json<unknown[]>().length, JSON.parse(stderr)]).toEqual([10, { notice: ten }])
      expect((await type('report top-products --format csv')).stderr).toBe(`${ten}\n`)
      expect((await type('report top-products --json --quiet')).stderr).toBe('')
      expect((await type('report top-products --json --limit 0')).json<unknown[]>().length).toBeGreaterThan(10)
      expect((await type('report top-products --json --limit 10')).stderr).toBe('')
    }
  })
})

describe('a list of any length', { timeout: 300_000 }, () => {
  const [products, orders] = [10_000, 20_000]
  /** Less than the descriptions, and a fraction of the orders. */
  const heap = ['--max-old-space-size=32', '--max-semi-space-size=2']
  const large = testDatabase()

  const output = (argv: readonly string[]): { exitCode: number | null; stderr: string; text: string } => {
    const file = join(folder, 'large')
    const sink = openSync(file, 'w')
    try {
      const { status, stderr } = spawnSync(process.execPath, [...heap, binary, ...argv], {
        env: environment(large.name),
        stdio: ['ignore', sink, 'pipe'],
        encoding: 'utf8',
      })
      return { exitCode: status, stderr, text: readFileSync(file, 'utf8') }
    } finally {
      closeSync(sink)
    }
  }

  beforeAll(async () => {
    const { connection } = large
    await connection.execute(
      `INSERT INTO products (sku, name, description, price, stock, stock_received)
       SELECT CONCAT('P-', seq), 'Thing', REPEAT('much ', 800), 1, 1, 1 FROM seq_1_to_${products}`,
    )
    await connection.execute(
      "INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', '!')",
    )
    await connection.execute(
      `INSERT INTO orders (id, user_id, total_amount, idempotency_key, content_digest, created_at)
       SELECT seq, 1, 2, CONCAT('key-', seq), '', '2026-01-01' + INTERVAL seq SECOND FROM seq_1_to_${orders}`,
    )
    await connection.execute(
      `INSERT INTO order_items (order_id, product_id, quantity, price)
       SELECT seq, 3 - at, 1, 1 FROM seq_1_to_${orders} JOIN (SELECT seq AS at FROM seq_1_to_2) AS pair`,
    )
  }, 120_000)

  it.each([
    ['ndjson', /^\{"id":/gm],
    ['csv', /^\d+,P-/gm],
    ['table', /^│ +\d+ │ P-/gm],
    ['markdown', /^\| +\d+ \| P-/gm],
    ['vertical', /^id /gm],
  ] as const)('is written in constant memory: %s', (format, row) => {
    const { exitCode, stderr, text } = output(['products', 'list', '--format', format])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(text.match(row)).toHaveLength(products)
  })

  it('is written in constant memory as one JSON array, with the items of each order', () => {
    const { exitCode, stderr, text } = output(['orders', 'list', '--items', '--limit', '0', '--json'])
    expect([exitCode, stderr]).toEqual([0, ''])
    const written = JSON.parse(text) as { id: number; items: { product_id: number }[] }[]
    expect(written).toHaveLength(orders)
    expect(written.map(({ id }) => id)).toEqual(Array.from({ length: orders }, (_, at) => orders - at))
    expect(new Set(written.map(({ items }) => items.map((item) => item.product_id).join()))).toEqual(new Set(['1,2']))
    expect(text.startsWith('[\n  {\n    "id": 20000,\n    "user_id": 1,\n    "username": "ada",\n')).toBe(true)
    expect(text.endsWith('        "subtotal": "1.00"\n      }\n    ]\n  }\n]\n')).toBe(true)
  })

  it('ends when its pager is closed, and leaves no statement behind', async () => {
    const tty = terminal(['orders', 'list', '--limit', '0'], large.name, {
      rows: 10,
      env: { PAGER: 'head -n 4; true' },
    })
    expect(await tty.ended()).toBe(0)
    const running = "SELECT INFO FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE '%FROM orders o%'"
    const found = await large.connection.rows<{ INFO: string }>(running, [large.name])
    expect(found.filter(({ INFO }) => !INFO.includes('PROCESSLIST'))).toEqual([])
  })

  it('waits for a slow reader: the server has not sent its rows yet', async () => {
    const child = spawn(process.execPath, [...heap, binary, 'orders', 'list', '--items', '--json'], {
      env: environment(large.name, { DB_STATEMENT_TIMEOUT: '1s' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'close')
    await once(child.stdout, 'readable')
    const running = `SELECT 1 FROM information_schema.PROCESSLIST
      WHERE DB = ? AND INFO LIKE ? AND TIME_MS > 3000 AND ID <> CONNECTION_ID()`
    const paused = async (): Promise<boolean> =>
      (await large.connection.rows(running, [large.name, '%LEFT JOIN order_items i%'])).length > 0
    while (!(await paused())) await sleep(100)
    let text = ''
    for await (const chunk of child.stdout) text += String(chunk)
    expect(await ended).toEqual([0, null])
    expect(JSON.parse(text)).toHaveLength(orders)
  })
})
