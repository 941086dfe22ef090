import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { chartPage } from '../../commands/report/chart-page.ts'
import { reportShop, sell } from '../reports/shop.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = temporaryFolder()
const long = 'Porcelain teapot with a very long name of its own, second edition'
beforeAll(async () => {
  await reportShop(shop.connection)
  await shop.connection.execute('UPDATE products SET name = ? WHERE sku = ?', [long, 'POT'])
  await sell(shop.connection, [{ user: 1, at: '2011-03-01 12:00:00', lines: [[3, 1, '10.00']] }])
})
const run = (line: string, columns?: number): Promise<Outcome> =>
  dbtool(`report ${line} --color never`, {
    database,
    env: { TZ: 'UTC' },
    ...(columns === undefined ? {} : { columns }),
  })

it('a page folds its figures if they are very many', () => {
  const page = (count: number): string =>
    chartPage({
      ...{ title: 'Revenue', caption: 'revenue', drawing: [], date: '2026-11-28', commandLine: 'dbtool' },
      columns: ['period', 'revenue'],
      rows: Array.from({ length: count }, (_, day) => [`day ${day}`, '1.00']),
    })
  expect(page(60)).not.toContain('<details>')
  expect(page(61)).toContain('<details><summary>61 rows</summary>')
})

describe('--chart beside the figures', () => {
  it.each([
    [60, 'orders-per-user', 15],
    [80, 'orders-per-user', 20],
    [120, 'orders-per-user', 30],
    [60, 'top-products', 15],
    [80, 'top-products', 20],
    [120, 'top-products', 30],
  ])(
    'in %i columns, report %s has %i cells of bars at least, and the table fills the terminal',
    async (columns, report, cells) => {
      const tty = terminal(['report', report, '--chart', '--no-pager'], database, { columns, env: { TZ: 'UTC' } })
      expect(await tty.ended()).toBe(0)
      const lines = tty.screen.split('\n').filter((line) => /^[┌│├└]/.test(line))
      expect(new Set(lines.map((line) => line.length))).toEqual(new Set([columns]))
      expect(Math.max(...lines.map((line) => /█+/.exec(line)?.[0].length ?? 0))).toBeGreaterThanOrEqual(cells)
    },
  )

  it('says so where the terminal is too narrow for it, and which columns fit', async () => {
    const { stdout, stderr } = await run('top-products --chart', 40)
    expect(stdout).toBe((await run('top-products', 40)).stdout)
    const note = 'the terminal is too narrow for the chart; fewer columns fit: --fields name,total_sold'
    expect(stderr.replace(/\s+/g, ' ')).toContain(note)
    expect((await run('top-products --chart --fields name,total_sold', 40)).stdout).toContain('██████████')
  })

  it('takes the space of spare columns, and says so, but never that of chosen ones', async () => {
    const narrow = await run('top-products --chart', 60)
    expect(narrow.stdout).not.toMatch(/product_|times_/)
    const note = 'the terminal is too narrow for product_id and times_ordered; --fields shows them'
    expect(narrow.stderr.replace(/\s+/g, ' ').trim()).toBe(note)
    expect((await run('top-products --chart', 200)).stderr).toBe('')
    const chosen = await run('top-products --chart --fields product_id,name,times_ordered,total_sold', 60)
    expect(chosen.stdout).toMatch(/product_.*times_/)
    expect(chosen.stderr).toBe('')
  })

  it('its head has the largest value', async () => {
    const [, names = '', axis = ''] = (await run('top-products --chart', 100)).stdout.split('\n')
    expect(names).toMatch(/│ total_sold +│$/)
    expect(axis).toMatch(/│ 0 +41 │$/)
    const [, , money = ''] = (await run('big-spenders --chart --min-spent 1', 100)).stdout.split('\n')
    expect(money).toMatch(/│ 0 +491\.00 │$|│ 0 +252\.00 │$/)
  })
})

describe('a chart along time', () => {
  const periods = async (flags: string): Promise<string[]> =>
    [...(await run(`revenue ${flags}`, 100)).stdout.matchAll(/^│ (\d{4}-\S+) +│ +(\d+) │/gm)].map(
      ([, period = '', orders = '']) => `${period} ${orders}`,
    )

  it('has a row for each day without orders, within the flags and not beyond', async () => {
    expect(await periods('--chart --until 2011-01-04')).toHaveLength(34)
    expect(await periods('--until 2011-01-04')).toHaveLength(5)
    expect(await periods('--chart --from 2010-12-29 --to 2011-01-05')).toEqual([
      ...['2010-12-29 0', '2010-12-30 0', '2010-12-31 2', '2011-01-01 0'],
      ...['2011-01-02 1', '2011-01-03 1', '2011-01-04 0', '2011-01-05 0'],
    ])
    expect((await periods('--chart --from 2011-02-01')).at(-1)).toBe(`${new Date().toISOString().slice(0, 10)} 0`)
  })

  it('has a row for each week and month, and only the newest with --limit', async () => {
    expect(await periods('--by week --chart --from 2010-12-13 --to 2011-01-10')).toEqual([
      ...['2010-W50 0', '2010-W51 0', '2010-W52 3', '2011-W01 1', '2011-W02 0'],
    ])
    expect(await periods('--by month --chart')).toEqual(['2010-12 59', '2011-01 2', '2011-02 0', '2011-03 1'])
    expect(await periods('--by month --chart --limit 2')).toEqual(['2011-02 0', '2011-03 1'])
  })

  it('of nothing is nothing', async () =>
    expect(await run('revenue --chart --until 1990-01-01', 80)).toMatchObject({ stdout: '', exitCode: 0 }))

  it('leaves data as it is', async () =>
    expect((await run('revenue --chart --json')).stdout).toBe((await run('revenue --json')).stdout))
})

const at = (name: string): string => join(folder, name)

describe('--chart-out', () => {
  it('writes a picture of the rows, whatever the format is', async () => {
    const path = at('top.svg')
    const { stdout, stderr, exitCode } = await run(`top-products --json --chart-out ${path}`)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toHaveLength(5)
    const svg = readFileSync(path, 'utf8')
    expect(svg.match(/class="bar"/g)).toHaveLength(5)
    expect(svg).toContain('Which products sell best? total_sold')
    expect(svg).toContain(`<title>${long}</title>`)
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
  })

  it('writes a page with the chart, its figures and the command line', async () => {
    const path = at('revenue.html')
    const { stderr } = await run(`revenue --by month --chart-out ${path} -o ${at('revenue.csv')}`)
    expect(stderr).toBe(`chart written to ${path}\n3 rows written to ${at('revenue.csv')}\n`)
    const page = readFileSync(path, 'utf8')
    expect(page).toContain('What is the revenue per day, week or month?')
    expect(page).toContain(`dbtool report revenue --by month --chart-out ${path}`)
    // The month without orders is a point of the line.
    expect(page).toContain('>2011-02<')
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })

  it('never replaces a file without --force', async () => {
    const path = at('mine.svg')
    writeFileSync(path, 'mine')
    const refused = await run(`top-products --json --chart-out ${path}`)
    expect([refused.exitCode, refused.error.hint]).toEqual([2, 'choose another file, or add --force to replace it'])
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(await run(`top-products --chart-out ${path} --force`)).toMatchObject({ exitCode: 0 })
    expect(readFileSync(path, 'utf8')).toContain('<svg')
  })

  it('is private if it names people, unless --mode says otherwise', async () => {
    await run(`orders-per-user --chart-out ${at('people.svg')}`)
    await run(`orders-per-user --chart-out ${at('all.svg')} --mode 644`)
    expect([statSync(at('people.svg')).mode & 0o777, statSync(at('all.svg')).mode & 0o777]).toEqual([0o600, 0o644])
  })

  it('has no file for an empty report, an unknown ending or a failure', async () => {
    const before = readdirSync(folder).sort()
    expect(await run(`top-products --until 1990-01-01 --chart-out ${at('none.svg')}`)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`no rows, so no chart was written to ${at('none.svg')}`) as string,
    })
    const png = await run(`top-products --json --chart-out ${at('top.png')}`)
    expect([png.exitCode, png.error.message]).toEqual([
      2,
      `--chart-out must be a file such as chart.svg or chart.html, not '${at('top.png')}'`,
    ])
    expect(await run(`top-products --fields nothing --chart-out ${at('failed.svg')}`)).toMatchObject({ exitCode: 2 })
    expect(readdirSync(folder).sort()).toEqual(before)
  })

  it('names the rows that a picture cannot have', async () => {
    await shop.connection.execute(
      `INSERT INTO users (username, email, password_hash)
       SELECT CONCAT('user_', seq), CONCAT('user_', seq, '@example.com'), '!' FROM seq_1_to_120`,
    )
    const path = at('many.svg')
    const { stderr } = await run(`customer-categories --chart-out ${path}`)
    expect(stderr).toBe(`the chart has the first 100 of 130 rows\nchart written to ${path}\n`)
    expect(readFileSync(path, 'utf8').match(/class="bar"/g)).toHaveLength(100)
  })
})

// Runs in the browser, and is a text because this file is compiled for Node.
const look = `(() => {
  const boxOf = (element) => element.getBoundingClientRect()
  const texts = [...document.querySelectorAll('h1, p, code, figcaption, dt, dd, th, td, svg text')]
  const bars = [...document.querySelectorAll('.bar')].map((bar) => boxOf(bar).width)
  return {
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: texts.filter((text) => boxOf(text).height < 11).map((text) => text.textContent),
    chart: bars.length === 0 ? boxOf(document.querySelector('figure > svg')).width : Math.max(...bars),
    paper: getComputedStyle(document.body).backgroundColor,
  }
})()`

// Skipped without a browser; the Debian package chromium has one.
describe.skipIf(browserPath === undefined)('the page of --chart-out, in a browser', () => {
  it('can be read at three widths, in light and dark, and loads nothing', async () => {
    await run(`top-products --chart-out ${at('bars.html')}`)
    await run(`revenue --by month --chart-out ${at('line.html')}`)
    const browser = await openBrowser()
    const page = await browser.newPage()
    const requested: string[] = []
    page.on('request', (request) => requested.push(request.url()))
    for (const name of ['bars.html', 'line.html'])
      for (const width of [390, 768, 1_280])
        for (const [scheme, paper] of Object.entries({ light: 'rgb(255, 255, 255)', dark: 'rgb(13, 17, 23)' })) {
          await page.setViewport({ width, height: 800 })
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
          await page.goto(pathToFileURL(at(name)).href)
          const { chart, ...found } = (await page.evaluate(look)) as { chart: number }
          expect([name, width, found]).toEqual([name, width, { sideways: 0, small: [], paper }])
          expect(chart).toBeGreaterThan(Math.min(width, 400) / 5)
        }
    await browser.close()
    expect(new Set(requested)).toEqual(new Set(['bars.html', 'line.html'].map((name) => pathToFileURL(at(name)).href)))
  })
})
