import { Option } from 'commander'
import { beforeAll, describe, expect, it } from 'vitest'
import { reports } from '../../src/reports/catalog.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { reportShop, sell } from './shop.ts'

const shop = testDatabase()
const empty = testDatabase()
beforeAll(() => reportShop(shop.connection))

/** The orders of this shop are old: by default it has no recent customers. */
const always = '--since 2000-01-01'
const each = reports.map((report) => [report.name, report] as const)

async function answer(line: string, database = shop.name): Promise<Record<string, unknown>[]> {
  const outcome = await dbtool(`report ${line} --json`, { database })
  expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0, stderr: '' })
  // How long it took is never the same.
  return outcome.json<Record<string, unknown>[]>().map((row) => ('ms' in row ? { ...row, ms: 0 } : row))
}

const [noOrders, noneInPeriod] = [
  'No orders, or only cancelled ones.',
  'No orders in this period, or only cancelled ones.',
]
const sentences: Readonly<Record<string, readonly [always: string, inPeriod: string]>> = {
  'top-products': [noOrders, noneInPeriod],
  'orders-per-user': [noOrders, noneInPeriod],
  'recent-customers': [noneInPeriod, noneInPeriod],
  'customer-categories': ['No users.', 'No users.'],
  'big-spenders': [
    'No active user has spent 100.00 or more.',
    'No active user has spent 100.00 or more in this period.',
  ],
  revenue: [noOrders, noneInPeriod],
  'low-stock': [
    'No active product has a stock below 10.',
    'No active product that was ordered in this period has a stock below 10.',
  ],
  'eager-loading': ['No users.', 'No users.'],
}

describe.each(each)('report %s', (name, report) => {
  const { columns, parameters } = report
  const picture = report.chart === undefined ? [] : ['--chart']

  it('answers with the columns that it declares', async () => {
    const found = await answer(`${name} ${always}`)
    expect(found.length).toBeGreaterThan(1)
    for (const row of found) expect(Object.keys(row)).toEqual(columns.map((column) => column.name))
    expect(
      (await dbtool(`report ${name} --until 1990-01-01 --limit 1 --format csv`, { database: shop.name })).stdout.split(
        '\n',
      )[0],
    ).toBe(columns.map((column) => column.name).join(','))
  })

  it('has its flags in its help', async () => {
    const { stdout } = await dbtool(`report ${name} --help`)
    const flags = [
      '--since <time>',
      '--until <time>',
      '--limit <n>',
      ...Object.values(parameters).map(({ flag }) => flag),
      ...picture,
    ]
    for (const flag of flags) expect(stdout).toContain(`  ${flag}  `)
    for (const [parameter, { flag, typed }] of Object.entries(parameters)) {
      expect(new Option(flag).attributeName()).toBe(parameter)
      expect(stdout.replace(/\s+/g, ' ')).toContain(`(default: ${typed})`)
    }
  })

  it('stops at --limit, and has all rows with 0', async () => {
    expect(await answer(`${name} ${always} --limit 1`)).toHaveLength(name === 'eager-loading' ? 3 : 1)
    expect(await answer(`${name} ${always} --limit 0`)).toEqual(await answer(`${name} ${always}`))
  })

  it('of an empty shop is an empty list, or a sentence that names a period only if one was given', async () => {
    expect(await answer(name, empty.name)).toEqual([])
    const [always, inPeriod] = sentences[name] ?? []
    for (const [period, sentence] of [
      [[], always],
      [['--since', '30d'], inPeriod],
      [['--to', 'today'], inPeriod],
    ] as const) {
      const outcome = await dbtool(['report', name, ...picture, ...period], { database: empty.name })
      expect(outcome).toMatchObject({ exitCode: 0, stdout: '', stderr: `${sentence}\n` })
    }
  })

  it('refuses what one of its flags does not understand', async () => {
    const flags = [
      '--since',
      '--until',
      '--limit',
      ...Object.values(parameters).map(({ flag }) => flag.split(' ')[0] ?? ''),
    ]
    for (const flag of new Set(flags)) {
      const { exitCode, error } = await dbtool(`report ${name} ${flag} -x --json`, { database: shop.name })
      expect([exitCode, error.message]).toEqual([2, expect.stringMatching(new RegExp(`^${flag} must be .*, not '-x'`))])
    }
  })
})

const answers: readonly [line: string, rows: string[]][] = [
  [
    'top-products',
    [
      '2,CUP,Cup,41,41,492.00',
      '1,TEA,Green tea,17,17,76.50',
      '3,POT,Teapot,12,2,586.80',
      '5,,Gift card,2,2,199.99',
      '6,SPOON,Spoon,2,1,2.00',
    ],
  ],
  [
    'top-products --by revenue --limit 3',
    ['3,POT,Teapot,12,2,586.80', '2,CUP,Cup,41,41,492.00', '5,,Gift card,2,2,199.99'],
  ],
  ['top-products --since 2011-01-01', ['5,,Gift card,2,2,199.99']],
  [
    'orders-per-user',
    [
      '4,dee,21,252.00',
      '3,cyd,20,240.00',
      '2,bob,6,27.00',
      '1,ada,5,22.50',
      '7,hal,5,22.50',
      '6,gus,1,491.00',
      '8,ivy,1,102.30',
      '10,kim,1,100.00',
      '9,jon,1,99.99',
    ],
  ],
  ['orders-per-user --until 2010-12-02 --limit 3', ['4,dee,11,132.00', '3,cyd,10,120.00', '1,ada,3,13.50']],
  ['recent-customers', []],
  [
    'recent-customers --since 2010-12-02 --until 2011-01-03',
    [
      '9,jon,2011-01-02T23:59:59Z,1',
      '8,ivy,2010-12-31T23:59:59Z,1',
      '6,gus,2010-12-31T23:59:58Z,1',
      ...['1,ada,2', '2,bob,3', '3,cyd,10', '4,dee,10', '7,hal,2'].map((row) =>
        row.replace(/,(\d+)$/, ',2010-12-02T10:00:00Z,$1'),
      ),
    ],
  ],
  ['recent-customers --within 1d --until 2011-01-03', ['9,jon,2011-01-02T23:59:59Z,1']],
  ['recent-customers --within 2d --until 2011-01-02', ['8,ivy,2010-12-31T23:59:59Z,1', '6,gus,2010-12-31T23:59:58Z,1']],
  ['recent-customers --within 999999999d --limit 1', ['10,kim,2011-01-03T00:00:00Z,1']],
  [
    'customer-categories',
    [
      '4,dee,21,vip',
      '3,cyd,20,regular',
      '2,bob,6,regular',
      '1,ada,5,occasional',
      '7,hal,5,occasional',
      '6,gus,1,occasional',
      '8,ivy,1,occasional',
      '9,jon,1,occasional',
      '10,kim,1,occasional',
      '5,eve,0,inactive',
    ],
  ],
  [
    'customer-categories --since 2011-01-01 --limit 4',
    ['9,jon,1,occasional', '10,kim,1,occasional', '1,ada,0,inactive', '2,bob,0,inactive'],
  ],
  ['big-spenders', ['4,dee,21,252.00', '3,cyd,20,240.00', '8,ivy,1,102.30', '10,kim,1,100.00']],
  ['big-spenders --min-spent 100.01', ['4,dee,21,252.00', '3,cyd,20,240.00', '8,ivy,1,102.30']],
  [
    'big-spenders --min-spent 0 --until 2010-12-31',
    [
      '4,dee,21,252.00',
      '3,cyd,20,240.00',
      '2,bob,6,27.00',
      '1,ada,5,22.50',
      '7,hal,5,22.50',
      '5,eve,0,0.00',
      '8,ivy,0,0.00',
      '9,jon,0,0.00',
      '10,kim,0,0.00',
    ],
  ],
  [
    'revenue',
    [
      '2010-12-01,30,30,292.50',
      '2010-12-02,27,27,271.50',
      '2010-12-31,2,15,593.30',
      '2011-01-02,1,1,99.99',
      '2011-01-03,1,1,100.00',
    ],
  ],
  ['revenue --by week', ['2010-W48,57,57,564.00', '2010-W52,3,16,693.29', '2011-W01,1,1,100.00']],
  ['revenue --by month', ['2010-12,59,72,1157.30', '2011-01,2,2,199.99']],
  ['revenue --limit 2', ['2011-01-02,1,1,99.99', '2011-01-03,1,1,100.00']],
  ['low-stock', ['3,POT,Teapot,0', '7,NEW,Never sold,2', '1,TEA,Green tea,9', '5,,Gift card,9']],
  ['low-stock --below 9', ['3,POT,Teapot,0', '7,NEW,Never sold,2']],
  ['low-stock --below 2', ['3,POT,Teapot,0']],
  ['low-stock --below 0', []],
  ['low-stock --since 2011-01-01', ['5,,Gift card,9']],
  ['low-stock --until 2010-12-31 --below 100', ['1,TEA,Green tea,9', '2,CUP,Cup,10']],
]

describe('a small shop with known answers', () => {
  it.each(answers)('report %s', async (line, rows) => {
    const { stdout, stderr } = await dbtool(`report ${line} --format csv`, { database: shop.name })
    expect([stderr, stdout.trimEnd().split('\n').slice(1)]).toEqual(['', rows])
  })

  it.each([
    ['top-products', { product_id: 2, sku: 'CUP', name: 'Cup', total_sold: 41, times_ordered: 41, revenue: '492.00' }],
    ['orders-per-user', { user_id: 4, username: 'dee', order_count: 21, total_spent: '252.00' }],
    ['recent-customers', { user_id: 10, username: 'kim', last_order_at: '2011-01-03T00:00:00Z', order_count: 1 }],
    ['customer-categories', { user_id: 4, username: 'dee', order_count: 21, category: 'vip' }],
    ['big-spenders', { user_id: 4, username: 'dee', order_count: 21, total_spent: '252.00' }],
    ['revenue --by month', { period: '2010-12', orders: 59, units: 72, revenue: '1157.30' }],
    ['low-stock', { product_id: 3, sku: 'POT', name: 'Teapot', stock: 0 }],
  ])('report %s has numbers, money as text and instants in UTC', async (line, first) =>
    expect((await answer(`${line} ${always}`))[0]).toEqual(first),
  )

  it('--within and --since exclude each other', async () => {
    const { exitCode, error } = await dbtool('report recent-customers --within 7d --since 2010-12-01 --json', {
      database: shop.name,
    })
    expect([exitCode, error.message]).toEqual([
      2,
      `option '--within <duration>' cannot be used with option '--since <time>'`,
    ])
  })
})

describe('which orders count', () => {
  const probe = testDatabase()
  const weeks = [
    ['2008-12-28', '2008-W52'],
    ['2008-12-29', '2009-W01'],
    ['2009-12-31', '2009-W53'],
    ['2010-01-03', '2009-W53'],
    ['2010-01-04', '2010-W01'],
    ['2012-01-01', '2011-W52'],
  ] as const
  const all = (flags: string) => Promise.all(reports.map(({ name }) => answer(`${name} ${flags}`, probe.name)))
  const lines = [
    [1, 1, '4.50'],
    [3, 3, '48.90'],
    [5, 2, '100.00'],
  ] as const
  beforeAll(() => reportShop(probe.connection))

  it('those that were not cancelled', async () => {
    const before = await all(always)
    await sell(
      probe.connection,
      [1, 4, 5].map((user) => ({
        user,
        at: '2010-12-02 10:00:00',
        lines: [...lines, [7, 1, '5.00']],
        status: 'cancelled',
      })),
    )
    expect(await all(always)).toEqual(before)
  })

  it('those since the very second, and those before the other', async () => {
    const [eve, nobody] = [{ user: 5, at: '2015-06-30 12:00:00', lines }, await all('--since 2015-01-01')]
    await sell(probe.connection, [eve])
    const found = await all('--since 2015-01-01')
    for (const [index, { name }] of reports.entries()) expect(found[index], name).not.toEqual(nobody[index])
    expect(await all('--since 2015-06-30T12:00:00Z')).toEqual(found)
    expect(await all('--since 2015-06-30T12:00:01Z')).toEqual(nobody)
    expect(await all('--since 2015-01-01 --until 2015-06-30T12:00:01Z')).toEqual(found)
    expect(await all('--since 2015-01-01 --until 2015-06-30T12:00:00Z')).toEqual(nobody)
    expect(await all('--since 2015-06-30T12:00:00.5Z')).toEqual(nobody)
    expect(await all('--since 2015-01-01 --until 2015-06-30T12:00:00.000001Z')).toEqual(found)
  })

  it('of recent customers those of the last thirty days', async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)
    await sell(probe.connection, [
      { user: 1, at: ago(29), lines },
      { user: 2, at: ago(31), lines },
    ])
    expect((await answer('recent-customers', probe.name)).map(({ username }) => username)).toEqual(['ada'])
    expect((await answer('recent-customers --within 32d', probe.name)).map(({ username }) => username)).toEqual([
      'ada',
      'bob',
    ])
  })

  it.each(weeks)('%s is in %s', async (day, period) => {
    await sell(probe.connection, [{ user: 1, at: `${day} 12:00:00`, lines }])
    expect(await answer(`revenue --by week --since ${day} --until ${day}T12:00:01Z`, probe.name)).toEqual([
      { period, orders: 1, units: 6, revenue: '351.20' },
    ])
  })
})

describe('a picture', () => {
  const drawn = async (line: string, env: Record<string, string> = {}) =>
    (await dbtool(`report ${line} --chart`, { database: shop.name, env, columns: 66 })).stdout.replaceAll(
      /\u001b\[\d+m/g,
      '',
    )

  it.each(each.filter(([, report]) => report.chart !== undefined))(
    'of report %s changes nothing in the data',
    async (name) => {
      expect(await answer(`${name} ${always} --chart`)).toEqual(await answer(`${name} ${always}`))
    },
  )

  it('shows what the report is ranked by', async () => {
    expect(await drawn('top-products')).toMatch(/ 41 │ .* │ █{19} │\n.* 17 │ .* │ █{7}▉ +│\n/)
    expect(await drawn('top-products --by revenue')).toMatch(/ 586\.80 │ █{10,} │\n.* 492\.00 │ █{8,}\S? +│\n/)
  })

  it('of revenue is a line down the days, also those without orders', async () => {
    expect(
      (await drawn('revenue --from 2010-12-30 --to 2011-01-04', { TZ: 'UTC' }))
        .split('\n')
        .slice(4, -2)
        .map((row) => row.slice(40)),
    ).toEqual([
      '│ │                      │',
      '│ ╰────────────────────╮ │',
      '│ ╭────────────────────╯ │',
      '│ ╰───╮                  │',
      '│     │                  │',
      '│ ╭───╯                  │',
    ])
  })

  it('is of ASCII where a terminal has nothing else', async () => {
    expect(await drawn('low-stock', { TERM: 'dumb' })).toMatch(/ 9 \| #{10,} \|/)
    expect(await drawn('revenue', { LC_ALL: 'C' })).toMatch(/ 593\.30 \| +\* \|/)
  })
})
