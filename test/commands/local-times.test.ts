import { beforeAll, describe, expect, it } from 'vitest'
import { sell } from '../reports/shop.ts'
import { spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { smallShop } from '../support/shop.ts'
import { terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const env = { TZ: 'Europe/Paris' }

/** Orders of ada, and the amount of each; the shop has one of today, too. */
const sold: readonly [at: string, price: string][] = [
  // The hour that clocks in Paris skip, and the one that they repeat.
  ['2024-03-31 00:59:59', '1.00'],
  ['2024-03-31 01:00:00', '2.00'],
  ['2024-10-27 00:30:00', '4.00'],
  ['2024-10-27 01:30:00', '8.00'],
  // In Paris, this is the first of July.
  ['2024-06-30 22:30:00', '16.00'],
]
beforeAll(async () => {
  await smallShop(database)
  await sell(
    shop.connection,
    sold.map(([at, price]) => ({ user: 1, at, lines: [[1, 1, price]] })),
  )
})

const atTerminal = async (line: string, columns = 120): Promise<string> =>
  (await dbtool(`${line} --color never`, { database, env, columns })).stdout

describe('on a terminal, times are those of the user', () => {
  it.each([60, 80, 120])('with their zone in the head, in %i columns', async (columns) => {
    const line = ['orders', 'list', '--from', '2024-07-01', '--to', '2024-07-01', '--fields', 'id,created_at']
    const tty = terminal(line, database, { env, columns })
    await tty.see('created_at')
    await tty.see('Europe/Paris')
    await tty.see('2024-07-01 00:30:00')
    expect(await tty.ended()).toBe(0)
  })

  it('in a pipe, in UTC, and so are the days of its flags', async () => {
    const line = ['orders', 'list', '--from', '2024-06-30', '--to', '2024-06-30']
    const { stdout } = await spawned(line, { database, env })
    expect(stdout).toContain('2024-06-30 22:30:00')
    expect(stdout).not.toContain('Europe/Paris')
  })

  it.each([
    ["TIMESTAMP'2024-07-01 10:00:00'", '2024-07-01 12:00:00', '2024-07-01 10:00:00'],
    ["TIMESTAMP'2024-07-01 10:00:00.123456'", '2024-07-01 12:00:00.123456', '2024-07-01 10:00:00.123456'],
    // Clocks are set back: this reading occurs twice.
    ["TIMESTAMP'2024-10-27 00:30:00.000001'", '2024-10-27 02:30:00.000001+02:00', '2024-10-27 00:30:00.000001'],
    ["TIMESTAMP'2024-10-27 01:30:00'", '2024-10-27 02:30:00+01:00', '2024-10-27 01:30:00'],
  ])('of a statement of your own, too: %s', async (value, local, inUtc) => {
    const cells = (text: string): (string | undefined)[] => text.split('\n').map((line) => line.split('│')[1]?.trim())
    const query = ['sql', `SELECT ${value} AS at`, '--color', 'never']
    const textWith = async (more: string[], columns?: number): Promise<string> =>
      (await dbtool([...query, ...more], { database, env, ...(columns === undefined ? {} : { columns }) })).stdout
    expect(cells(await textWith([], 60)).slice(1, 5)).toEqual(['at', 'Europe/Paris', undefined, local])
    expect(cells(await textWith(['--utc'], 60)).slice(1, 5)).toEqual(['at', 'UTC', undefined, inUtc])
    expect(cells(await textWith([])).slice(1, 4)).toEqual(['at', undefined, inUtc])
    expect(await textWith(['--format', 'vertical'], 60)).toBe(`at  ${local} Europe/Paris\n`)
  })

  it('--utc shows and reads them in UTC', async () => {
    expect(await atTerminal('orders list --from 2024-07-01 --to 2024-07-01 --utc')).toBe('')
    const lines = (await atTerminal('orders list --from 2024-06-30 --to 2024-06-30 --utc')).split('\n')
    expect(lines.slice(1, 5).map((line) => line.split('│').at(-2)?.trim())).toEqual([
      'created_at',
      'UTC',
      undefined,
      '2024-06-30 22:30:00',
    ])
  })

  it('the hour that occurs twice has its offsets', async () => {
    const times = (await atTerminal('orders list --from 2024-10-27 --to 2024-10-27')).match(/2024-10-27 \S+/g)
    expect(times).toEqual(['2024-10-27 02:30:00+01:00', '2024-10-27 02:30:00+02:00'])
    expect((await atTerminal('orders list --from 2024-03-31 --to 2024-03-31')).match(/2024-03-31 \S+/g)).toEqual([
      '2024-03-31 03:00:00',
      '2024-03-31 01:59:59',
    ])
  })

  it.each([
    'users list',
    'users get ada',
    'products list',
    'products get TEA-1',
    'orders get 1',
    'orders list --items',
    'logs list',
    'db status',
    'report recent-customers --since 2024-01-01',
    'report revenue --by month',
  ])('%s names the zone', async (line) => {
    expect(await atTerminal(line)).toContain('Europe/Paris')
    expect((await dbtool(line, { database, env })).stdout).not.toContain('Paris')
  })

  it('one thing has the zone beside the time', async () => {
    expect(await atTerminal('orders get 6')).toMatch(/^created_at +2024-07-01 00:30:00 Europe\/Paris$/m)
    expect(await atTerminal('users get ada')).toMatch(/^last_login +NULL$/m)
  })
})

describe('what programs read is UTC, also on a terminal', () => {
  it.each(['json', 'ndjson', 'csv', 'tsv', 'markdown'])('%s', async (format) => {
    const day = '--from 2024-06-30 --to 2024-06-30 --format'
    expect(await atTerminal(`orders list ${day} ${format}`)).toMatch(/2024-06-30[T ]22:30:00/)
    expect(await atTerminal(`orders list --from 2024-07-01 --to 2024-07-01 --format ${format}`)).not.toContain('22:30')
  })

  it('an export, whose format is CSV', async () => {
    expect(await atTerminal('orders export --from 2024-06-30 --to 2024-06-30')).toContain('2024-06-30T22:30:00Z')
    expect(await atTerminal('orders export --from 2024-07-01 --to 2024-07-01')).not.toContain('22:30')
  })

  it('ids and counts belong to the table that a terminal shows', async () => {
    const day = '--from 2024-07-01 --to 2024-07-01 --format'
    expect([await atTerminal(`orders list ${day} ids`), await atTerminal(`orders list ${day} count`)]).toEqual([
      '6\n',
      '1\n',
    ])
    expect((await dbtool(`orders list ${day} count`, { database, env })).stdout).toBe('0\n')
  })
})

describe('report revenue on a terminal', () => {
  const rowsOf = (table: string): string[][] =>
    table
      .split('\n')
      .filter((line) => line.startsWith('│ 2'))
      .map((line) => line.split('│').map((cell) => cell.trim()))
      .map(([, period = '', orders = '', , revenue = '']) => [period, orders, revenue])

  it('has the days of the user', async () => {
    const summer = '--from 2024-03-31 --to 2024-10-27'
    expect(rowsOf(await atTerminal(`report revenue ${summer}`))).toEqual([
      ['2024-03-31', '2', '3.00'],
      ['2024-07-01', '1', '16.00'],
      ['2024-10-27', '2', '12.00'],
    ])
    expect(rowsOf(await atTerminal(`report revenue ${summer} --utc`))).toEqual([
      ['2024-03-31', '2', '3.00'],
      ['2024-06-30', '1', '16.00'],
      ['2024-10-27', '2', '12.00'],
    ])
    expect(rowsOf(await atTerminal(`report revenue ${summer} --by month`)).map(([month]) => month)).toEqual([
      '2024-03',
      '2024-07',
      '2024-10',
    ])
  })

  it('agrees with the orders of each day, whatever the zone', async () => {
    for (const TZ of ['America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia', 'America/New_York']) {
      const situation = { database, env: { TZ }, columns: 120 }
      const days = rowsOf((await dbtool('report revenue --until 2025-01-01 --color never', situation)).stdout)
      expect(days.length).toBeGreaterThan(2)
      for (const [day, orders] of days) {
        const count = await dbtool(`orders list --from ${day} --to ${day} --format count`, situation)
        expect(count.stdout).toBe(`${orders}\n`)
      }
    }
  })

  it('of a shop without orders says so', async () => {
    const outcome = await dbtool('report revenue --until 1990-01-01', { database, env, columns: 80 })
    expect(outcome).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: 'No orders in this period, or only cancelled ones.\n',
    })
  })
})

describe('a period that ends before it begins is a mistake, and not an empty list', () => {
  it.each([
    ['orders list --from 2024-07-01 --to 2024-06-29', '--to is earlier than --from'],
    ['orders export --from 2024-07-01 --to 2024-06-29', '--to is earlier than --from'],
    ['logs list --since today --until yesterday', '--until is earlier than --since'],
    ['report revenue --since 1d --until 2d', '--until is earlier than --since'],
    ['report top-products --since 2024-07-01 --to 2024-06-29', '--to is earlier than --since'],
  ])('%s', async (line, message) => {
    const { exitCode, error } = await dbtool(`${line} --json`, { database, env })
    expect([exitCode, error.message]).toEqual([2, `the period ends before it begins: ${message}`])
  })

  it.each(['--from 2024-07-01 --to 2024-07-01', '--since 2024-07-01 --until 2024-07-01', '--from today --to today'])(
    'one of a day or a moment is none: %s',
    async (flags) => expect((await dbtool(`orders list ${flags}`, { database, env })).exitCode).toBe(0),
  )
})
