import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser } from '../support/browser.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

/** Faults of the page that a reader would notice. */
interface Findings {
  readonly charts: number
  readonly sideways: number
  /** Lines of charts that draw nothing. */
  readonly emptyLines: number
  /** Labels that extend beyond their chart, or overlap. */
  readonly outside: string[]
  readonly overlapping: string[]
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
  const colourOf = (element) => getComputedStyle(element)[element.tagName === 'text' ? 'fill' : 'color']
  const charts = [...document.querySelectorAll('figure > svg')]
  const paths = [...document.querySelectorAll('figure > svg path')]
  const words = [...document.querySelectorAll('h1, p, figcaption, caption, th, td, text')]
    .filter((element) => element.textContent.trim() !== '')
  const overlapsOf = (svg) => texts(svg).flatMap((a, i) =>
    texts(svg).slice(i + 1)
      .filter((b) => overlap(boxOf(a), boxOf(b)))
      .map((b) => a.textContent + ' | ' + b.textContent))
  return {
    charts: charts.length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    emptyLines: paths.filter((path) => path.getTotalLength() === 0).length,
    outside: charts.flatMap((svg) =>
      texts(svg).filter((text) => !within(boxOf(text), boxOf(svg))).map((text) => text.textContent)),
    overlapping: charts.flatMap(overlapsOf),
    faint: words.filter((element) => contrast(colourOf(element)) < 4.5).map((element) => element.textContent),
  }
})()`

// Skipped without a browser; the Debian package chromium has one.
describe.skipIf(browserPath === undefined)('the pages of the pool lab, in a browser', () => {
  const database = testDatabase({ migrated: false })
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, `${name}.html`)
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
    const commandLines = [
      [
        'pool',
        'stress',
        '--sql',
        'SELECT SLEEP(0.002), {{random 1 9}}',
        '--duration',
        '2s',
        '--workers',
        '8',
        '--out',
        `html=${at('stress')}`,
      ],
      [
        'pool',
        'stress',
        '--sql',
        'SELECT nonsense_with_a_long_name_that_no_table_has',
        '--sql',
        '9: SELECT 1',
        '--rate',
        '200',
        '--duration',
        '1s',
        '--out',
        `html=${at('open')}`,
      ],
      [
        'pool',
        'tune',
        '--sql',
        'SELECT SLEEP(0.01)',
        '--max',
        '4',
        '--duration',
        '200ms',
        '--warmup',
        '0ms',
        '--out',
        `html=${at('tune')}`,
      ],
    ]
    for (const line of commandLines) expect((await dbtool(line, { database: database.name })).exitCode).toBe(0)
  })
  afterAll(() => browser.close())

  const screens = [
    ['a phone', 390],
    ['a screen', 1_280],
  ] as const
  const cases = (
    [
      ['stress', 4],
      ['open', 4],
      ['tune', 2],
    ] as const
  ).flatMap(([name, charts]) =>
    screens.flatMap(([screen, width]) =>
      (['light', 'dark'] as const).map((scheme) => ({ name, charts, screen, width, scheme })),
    ),
  )

  it.each(cases)(
    '$name on $screen, $scheme: everything can be read, and nothing is loaded',
    async ({ name, charts, width, scheme }) => {
      const page = await browser.newPage()
      const requested: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => requested.push(request.url()))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.setViewport({ width, height: 800 })
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      const url = pathToFileURL(at(name)).href
      await page.goto(url)
      const findings = (await page.evaluate(look)) as Findings
      await page.close()
      expect([requested, complaints]).toEqual([[url], []])
      expect(findings).toEqual({ charts, sideways: 0, emptyLines: 0, outside: [], overlapping: [], faint: [] })
    },
  )
})
