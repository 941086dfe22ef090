import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Chart } from '../../src/stress/chart.ts'
import { tableOf } from '../../src/stress/page.ts'
import { htmlOf, type StressReport } from '../../src/stress/report.ts'
import { svgChart } from '../../src/stress/svg-chart.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const database = testDatabase({ migrated: false })
const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

const overTime = ['Successful iterations', 'Total time', 'Acquire wait', 'Connections and waiting workers']
const server = ['Threads on the server', 'Statements of all clients', 'Waits for row locks', 'Processors in use']
const query = ['stress', '--sql', 'SELECT SLEEP(0.002), {{random 1 9}}']
const commandLines = {
  stress: [...query, '--duration', '2s', '--workers', '8'],
  open: [
    ...['stress', '--sql', 'SELECT nonsense_with_a_long_name_that_no_table_has', '--sql', '9: SELECT 1'],
    ...['--rate', '200', '--duration', '2s'],
  ],
  tune: ['tune', '--sql', 'SELECT SLEEP(0.01)', '--max', '4', '--duration', '200ms', '--warmup', '0ms'],
  compare: ['compare', '--sql', 'SELECT 1', '--workers', '4', '--duration', '150ms', '--warmup', '0ms'],
}
type Name = keyof typeof commandLines

/** The pages, with the titles of their charts. */
const pages: Record<Name, string[]> = {
  stress: [...overTime, 'Time by percentile', ...server],
  open: [...overTime, 'Errors', 'Time by percentile', ...server],
  tune: [
    'Throughput by pool size',
    '99th percentile of the total time by pool size',
    'Threads on the server by pool size',
    'Processors in use by pool size',
  ],
  compare: ['Successful iterations', 'Acquire wait by percentile', 'Total time by percentile'],
}
const names = Object.keys(pages) as Name[]

beforeAll(async () => {
  const first = [...query, '--workers', '8', '--iterations', '50']
  const run = async (words: readonly string[]): Promise<number> =>
    (await dbtool(['pool', ...words], { database: database.name })).exitCode
  expect(await run([...first, '--out', `json=${at('first.json')}`])).toBe(0)
  for (const name of names) {
    const judged =
      name === 'stress' ? ['--threshold', 'ok>=1', '--baseline', at('first.json'), '--max-regression', '999%'] : []
    const exitCode = await run([...commandLines[name], ...judged, '--out', `html=${at(`${name}.html`)}`])
    expect([name, [0, 99].includes(exitCode)]).toEqual([name, true])
  }
}, 60_000)

interface Parts {
  readonly html: string
  readonly styles: string[]
  readonly scripts: string[]
  readonly charts: Chart[]
  /** The page without its scripts and styles. */
  readonly rest: string
}

function partsOf(name: Name): Parts {
  const html = readFileSync(at(`${name}.html`), 'utf8')
  const texts = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, text = '']) => text)
  const [charts = ''] = texts(/<script type="application\/json"[^>]*>([^]*?)<\/script>/g)
  return {
    html,
    styles: texts(/<style>([^]*?)<\/style>/g).filter((style) => style.includes('main {')),
    scripts: texts(/<script>([^]*?)<\/script>/g),
    charts: JSON.parse(charts) as Chart[],
    rest: html.replace(/<(script|style)\b[^>]*>[^]*?<\/\1>/g, ''),
  }
}

describe.each(names)('the page %s', (name) => {
  it('allows its own scripts and style, and no request', () => {
    const { html, styles, scripts, rest } = partsOf(name)
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)!
    expect([styles.length, scripts.length]).toEqual([1, 2])
    expect(policy).toBe(
      `default-src 'none'; style-src ${styles.map(hash).join(' ')}; script-src ${scripts.map(hash).join(' ')}; ` +
        `base-uri 'none'; form-action 'none'`,
    )
    expect(rest).not.toMatch(/<(?:link|img|iframe|object|form)\b|\s(?:src|href|style|on\w+)=/)
    expect(styles[0]).not.toMatch(/@import|url\(/)
    // Scripts of a page share their names.
    expect(() => new Script(scripts.join('\n;\n'))).not.toThrow()
    expect(html).toContain('Permission is hereby granted')
  })

  it('has its charts as data and, for readers without scripts, as pictures', () => {
    const { charts, rest } = partsOf(name)
    expect(charts.map(({ title }) => title)).toEqual(pages[name])
    expect(rest.match(/<figure class="chart">/g)).toHaveLength(charts.length)
    expect(rest.match(/<svg viewBox="0 0 \d+ \d+" role="img"/g)).toHaveLength(charts.length)
    for (const { title, x, lines } of charts)
      for (const { name: line, values } of lines)
        expect([title, line, values.length]).toEqual([title, line, x.values.length])
    expect(rest).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('has the exact command line with a button to copy it, the machine and the settings', () => {
    const { rest } = partsOf(name)
    const [, html = ''] = /<code id="command">(.*)<\/code>/.exec(rest)!
    const command = html.replace(/<span class="flag">(.*?)<\/span>/g, '$1')
    expect(command).toMatch(new RegExp(`^dbtool pool ${commandLines[name][0]} `))
    expect(command).toContain(`--out html=${at(`${name}.html`)}`)
    expect(rest).toContain('data-copies="command" hidden>Copy</button>')
    for (const text of ['max_connections', 'processors', 'an iteration', 'MariaDB'])
      expect(rest.replaceAll('<wbr>', '')).toContain(text)
  })
})

describe('the contents of the pages', () => {
  it('of a run: thresholds, the baseline and its percentiles, the server meanwhile', () => {
    const { rest, charts } = partsOf('stress')
    expect(rest).toMatch(/✔\sok &gt;= 1/)
    expect(rest).toMatch(/✔\sthroughput<\/th><td[^>]*>[\d.]+ \/ s/)
    expect(rest).toContain('<h2>The server meanwhile</h2>')
    expect(rest).toContain('No iteration failed.')
    const byPercentile = charts.find(({ title }) => title === 'Time by percentile')
    expect(byPercentile?.lines.map((line) => line.name)).toContain('total of the baseline')
  })

  it('of a run with errors: their number over time', () => {
    const errors = partsOf('open').charts.find(({ title }) => title === 'Errors')
    expect(errors?.lines.map((line) => line.name)).toEqual(['time-outs of the pool', 'other errors'])
    expect(errors?.lines[1]?.values.some((value) => (value ?? 0) > 0)).toBe(true)
    expect(partsOf('open').rest).not.toContain('No iteration failed.')
  })

  it('of a sweep: the rounds of each size on a linear axis', () => {
    const [throughput] = partsOf('tune').charts
    expect(throughput?.x).toEqual({ name: 'connections', unit: '', values: [1, 2, 3, 4] })
    expect(throughput?.rounds?.map((size) => size.values.length >= 3)).toEqual([true, true, true, true])
  })
})

describe('a table of a page', () => {
  it('marks what was missed, aligns numbers below their head, and breaks long names after their parts', () => {
    const rows = [
      ['✔ total_p50', '12 ms', '3'],
      ['✖ total_p99', '99 ms', 'unknown'],
    ]
    const html = tableOf('Thresholds', rows, ['', 'measured', 'count'])
    expect(html).toContain('<tr class="missed"><th scope="row">✖\u00a0total_<wbr>p99</th>')
    expect(html).toContain('<th scope="col" class="right">measured</th><th scope="col">count</th>')
    expect(html).toContain('<td class="number right">99 ms</td><td>unknown</td>')
    expect(tableOf('Settings', [['threads', '1']])).toContain('<td class="number">1</td>')
  })
})

describe('the picture of a chart', () => {
  const placesOf = (svg: string, kind: string): { x: number; y: string; anchor: string; text: string }[] =>
    [
      ...svg.matchAll(new RegExp(`<text class="${kind}" x="([^"]*)" y="([^"]*)" text-anchor="(\\w+)">([^<]*)<`, 'g')),
    ].map(([, x, y = '', anchor = '', text = '']) => ({ x: Number(x), y, anchor, text }))

  it('has dates that do not touch, and puts the texts of marks above each other', () => {
    const days = Array.from({ length: 300 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10))
    const x = { name: 'day', unit: '', values: [...days.keys()], labels: days }
    const marks = [100, 110, 120].map((at) => ({ at, from: at, to: at, text: '10.0.0.1:3306 → 10.0.0.2:3306' }))
    const lines = [{ name: 'revenue', values: days.map((_, day) => day) }]
    const svg = svgChart({ title: 'Revenue', unit: '/ s', x, lines, marks })
    const ends = placesOf(svg, 'quiet')
      .filter(({ text }) => text.startsWith('19'))
      .map(({ x: at, anchor, text }) => [
        at - (text.length * 7) / (anchor === 'middle' ? 2 : anchor === 'end' ? 1 : Infinity),
        text,
      ])
    expect(ends.length).toBeGreaterThan(3)
    for (const [index, [left = 0]] of ends.entries())
      if (index > 0) expect(Number(left) - Number(ends[index - 1]![0])).toBeGreaterThan(70)
    const texts = placesOf(svg, 'marked')
    expect(new Set(texts.map(({ y }) => y)).size).toBe(texts.length)
    expect(svg.match(/<line class="mark"/g)).toHaveLength(marks.length)
  })
})

/** Faults of the page that a reader would notice. */
interface Findings {
  readonly charts: number
  readonly sideways: number
  /** Charts in which nothing is drawn, or whose text is smaller than 12 pixels. */
  readonly empty: string[]
  readonly small: string[]
  /** Labels that extend beyond their picture, or overlap. */
  readonly outside: string[]
  readonly overlapping: string[]
  /** Words of tables that are broken between two lines. */
  readonly broken: string[]
  /** Flags of command lines that are broken between two lines, such as `--sql` after its hyphens. */
  readonly brokenFlags: string[]
  /** Text with less contrast to the page than WCAG 2.1 requires (4.5 : 1). */
  readonly faint: string[]
}

// Runs in the browser, and is a text because this file is compiled for Node.
const look = `(() => {
  const texts = (svg) => [...svg.querySelectorAll('text')]
  const boxOf = (element) => element.getBoundingClientRect()
  const within = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 &&
    inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(linear)
  const luminance = (colour) => {
    const [r, g, b] = channels(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const paper = luminance(getComputedStyle(document.body).backgroundColor)
  const contrast = (colour) => {
    const ink = luminance(colour)
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
  }
  const isVisible = (element) => element.getClientRects().length > 0
  const colourOf = (element) => getComputedStyle(element)[element.tagName === 'text' ? 'fill' : 'color']
  const pictures = [...document.querySelectorAll('figure > svg')].filter(isVisible)
  const canvases = [...document.querySelectorAll('figure canvas')]
  const words = [...document.querySelectorAll('h1, h2, p, code, button, figcaption, caption, th, td, text')]
    .filter((element) => isVisible(element) && element.textContent.trim() !== '')
  const overlapsOf = (svg) => texts(svg).flatMap((a, i) =>
    texts(svg).slice(i + 1)
      .filter((b) => overlap(boxOf(a), boxOf(b)))
      .map((b) => a.textContent + ' | ' + b.textContent))
  const titleOf = (canvas) => canvas.closest('figure').querySelector('figcaption').textContent
  const coloursIn = (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const colours = new Set()
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2])
    return colours.size
  }
  const fontSize = (canvas) => parseFloat(canvas.getContext('2d').font) / devicePixelRatio
  const brokenIn = (cell) => {
    const text = cell.firstChild
    if (text === null || text.nodeType !== 3) return []
    return [...text.data.matchAll(/[^\\s-]{1,20}(?=[\\s-]|$)/g)].filter((word) => {
      if (word.index > 0 && /[^\\s-]/.test(text.data[word.index - 1])) return false
      const range = document.createRange()
      range.setStart(text, word.index)
      range.setEnd(text, word.index + word[0].length)
      return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1
    }).map(([word]) => word)
  }
  const brokenFlagsIn = (text) =>
    [...text.data.matchAll(/(?<![\\w-])--?[a-z][\\w-]*/gi)].filter((flag) => {
      const range = document.createRange()
      range.setStart(text, flag.index)
      range.setEnd(text, flag.index + flag[0].length)
      return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1
    }).map(([flag]) => flag)
  const textsIn = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    return Array.from(function* () { while (walker.nextNode()) yield walker.currentNode }())
  }
  return {
    charts: document.querySelectorAll('figure.chart').length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    empty: canvases.filter((canvas) => coloursIn(canvas) < 3).map(titleOf),
    small: [
      ...canvases.filter((canvas) => fontSize(canvas) < 12).map(titleOf),
      ...pictures.flatMap(texts).filter((text) => boxOf(text).height < 11).map((text) => text.textContent),
    ],
    outside: pictures.flatMap((svg) =>
      texts(svg).filter((text) => !within(boxOf(text), boxOf(svg))).map((text) => text.textContent)),
    overlapping: pictures.flatMap(overlapsOf),
    broken: [...document.querySelectorAll('th, td')].filter(isVisible).flatMap(brokenIn),
    brokenFlags: [...document.querySelectorAll('code, p, th, td')].flatMap(textsIn).flatMap(brokenFlagsIn),
    faint: words.filter((element) => contrast(colourOf(element)) < 4.5).map((element) => element.textContent),
  }
})()`

const sound = {
  sideways: 0,
  empty: [],
  small: [],
  outside: [],
  overlapping: [],
  broken: [],
  brokenFlags: [],
  faint: [],
}

// Skipped without a browser; the Debian package chromium has one.
describe.skipIf(browserPath === undefined)('the pages of the pool lab, in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  interface Opened {
    readonly page: Page
    readonly requested: string[]
    readonly complaints: string[]
  }

  async function open(name: Name, width: number, scheme = 'light', scripts = true): Promise<Opened> {
    const page = await browser.newPage()
    const [requested, complaints]: [string[], string[]] = [[], []]
    page.on('request', (request) => requested.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.setJavaScriptEnabled(scripts)
    await page.setViewport({ width, height: 800 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.goto(pathToFileURL(at(`${name}.html`)).href)
    return { page, requested, complaints }
  }

  const textOf = async (page: Page, selector: string): Promise<string> =>
    String(await page.evaluate(`document.querySelector('${selector}').textContent`))

  const cases = names.flatMap((name) =>
    [390, 768, 1_280].flatMap((width) => ['light', 'dark'].map((scheme) => ({ name, width, scheme }))),
  )
  it.each(cases)(
    '$name at $width pixels, $scheme: everything can be read, and nothing is loaded',
    async ({ name, width, scheme }) => {
      const { page, requested, complaints } = await open(name, width, scheme)
      const findings = (await page.evaluate(look)) as Findings
      expect(await page.$$eval('figure canvas', (canvases) => canvases.length)).toBe(pages[name].length)
      await page.close()
      expect([requested, complaints]).toEqual([[pathToFileURL(at(`${name}.html`)).href], []])
      expect(findings).toEqual({ ...sound, charts: pages[name].length })
    },
  )

  it.each(names)('%s without scripts, on a phone: the charts are pictures', async (name) => {
    const { page, complaints } = await open(name, 390, 'light', false)
    const findings = (await page.evaluate(look)) as Findings
    const visible = await page.$$eval('figure > svg', (svgs) => svgs.filter((svg) => svg.clientWidth > 300).length)
    await page.close()
    expect([complaints, visible]).toEqual([[], pages[name].length])
    expect(findings).toEqual({ ...sound, charts: pages[name].length })
  })

  it('a server with a long path makes no page wider than a phone', async () => {
    const path = `/home/ada/${'a-long-folder/'.repeat(9)}mariadb.sock`
    const html = readFileSync(at('tune.html'), 'utf8')
    writeFileSync(
      at('path.html'),
      html.replace(/( · )[^<]+(<\/p>)/, (_, dot, end) => `${dot}root@${path}${end}`),
    )
    const { page } = await open('path' as Name, 390)
    const findings = (await page.evaluate(look)) as Findings
    expect(await textOf(page, '.quiet')).toContain(path)
    await page.close()
    expect(findings.sideways).toBe(0)
  })

  it.each([390, 1_280])('at %s pixels, the texts of several failovers do not cover each other', async (width) => {
    const report = JSON.parse(readFileSync(at('first.json'), 'utf8')) as StressReport
    const last = report.over_time.at(-1)!.second
    const failovers = [0.3, 0.4, 0.45, 0.9].map((share) => ({
      ...{ second: share * last, from: '127.0.0.1:13306', to: '127.0.0.1:13307', reason: 'gone' },
    }))
    writeFileSync(at('moves.html'), htmlOf({ ...report, result: { ...report.result, failovers } }))
    const { page, complaints } = await open('moves' as Name, width)
    const drawn = (await page.evaluate(`(() => {
      const drawn = []
      const { fillText } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
        if (text.includes('→')) drawn.push({ x, y, width: this.measureText(text).width, of: this.canvas.width })
        return fillText.call(this, text, x, y, ...rest)
      }
      const first = document.querySelector('figure.chart')
      for (const figure of document.querySelectorAll('figure.chart')) if (figure !== first) figure.remove()
      removeAll()
      removeAll = drawAll()
      return new Promise((resolve) => setTimeout(() => resolve(drawn), 50))
    })()`)) as { x: number; y: number; width: number; of: number }[]
    await page.close()
    expect(complaints).toEqual([])
    expect(drawn.length).toBeGreaterThanOrEqual(2)
    expect(drawn.filter(({ x, width: long, of }) => x < 0 || x + long > of)).toEqual([])
    const pairs = drawn.flatMap((a, index) => drawn.slice(index + 1).map((b) => [a, b] as const))
    expect(pairs.filter(([a, b]) => a.y === b.y && a.x < b.x + b.width && b.x < a.x + a.width)).toEqual([])
  })

  it('shows the values below the pointer, zooms, and zooms out again', async () => {
    const { page } = await open('stress', 1_280)
    const plot = (await page.$('.u-over'))!
    await plot.scrollIntoView()
    const { x, y, width, height } = (await plot.boundingBox())!
    const timeAt = async (share: number): Promise<number> => {
      await page.mouse.move(x + width * share, y + height / 2)
      await page.evaluate('new Promise(requestAnimationFrame)')
      return Number.parseFloat(await textOf(page, '.u-legend .u-value'))
    }
    const [first, last] = [await timeAt(0.02), await timeAt(0.98)]
    expect(last - first).toBeGreaterThan(1)
    await timeAt(0.4)
    await page.mouse.down()
    await timeAt(0.6)
    await page.mouse.up()
    const [from, to] = [await timeAt(0.02), await timeAt(0.98)]
    expect([from > first, to < last]).toEqual([true, true])
    await page.mouse.click(x + width / 2, y + height / 2, { count: 2 })
    expect([await timeAt(0.02), await timeAt(0.98)]).toEqual([first, last])
    await page.close()
  })

  it('copies the command line', async () => {
    const { page } = await open('tune', 1_280)
    await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => {
      window.copied = text
    } } })`)
    await page.click('button.copy')
    expect(await page.evaluate('window.copied')).toBe(await textOf(page, '#command'))
    expect(await textOf(page, 'button.copy')).toBe('Copied')
    await page.close()
  })
})
