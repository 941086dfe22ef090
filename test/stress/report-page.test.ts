import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser } from '../support/browser.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

/** What a reader would trip over, found in the page itself. */
interface Findings {
  readonly figures: number
  readonly sideways: number
  /** Lines of pictures that draw nothing. */
  readonly emptyLines: number
  /** Labels that reach out of their picture, or over each other. */
  readonly outside: string[]
  readonly overlapping: string[]
  /** Text that has less contrast to the page than WCAG 2.1 asks for (4.5 : 1). */
  readonly faint: string[]
}

// Runs in the browser; as text, since it is of another world than the rest of this file.
const look = `(() => {
  const texts = (svg) => [...svg.querySelectorAll('text')]
  const boxOf = (element) => element.getBoundingClientRect()
  const within = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
  const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4 })
  const luminance = (colour) => { const [r, g, b] = channels(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  const paper = luminance(getComputedStyle(document.body).backgroundColor)
  const contrast = (colour) => { const ink = luminance(colour); return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) }
  const pictures = [...document.querySelectorAll('figure > svg')]
  const words = [...document.querySelectorAll('h1, p, figcaption, caption, th, td, text')].filter((element) => element.textContent.trim() !== '')
  return {
    figures: pictures.length,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    emptyLines: [...document.querySelectorAll('figure > svg path')].filter((path) => path.getTotalLength() === 0).length,
    outside: pictures.flatMap((svg) => texts(svg).filter((text) => !within(boxOf(text), boxOf(svg))).map((text) => text.textContent)),
    overlapping: pictures.flatMap((svg) => texts(svg).flatMap((a, i) => texts(svg).slice(i + 1).filter((b) => meet(boxOf(a), boxOf(b))).map((b) => a.textContent + ' | ' + b.textContent))),
    faint: words.filter((element) => { const style = getComputedStyle(element); return contrast(element.tagName === 'text' ? style.fill : style.color) < 4.5 }).map((element) => element.textContent),
  }
})()`

// Skipped where there is no browser; Debian has one in its package chromium.
describe.skipIf(browserPath === undefined)('the pages of the pool lab, in a browser', () => {
  const database = testDatabase({ migrated: false })
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, `${name}.html`)
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
    const made = [
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
    for (const line of made) expect((await dbtool(line, { database: database.name })).exitCode).toBe(0)
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
  ).flatMap(([name, figures]) =>
    screens.flatMap(([screen, width]) =>
      (['light', 'dark'] as const).map((scheme) => ({ name, figures, screen, width, scheme })),
    ),
  )

  it.each(cases)(
    '$name on $screen, $scheme: everything can be read, and nothing is loaded',
    async ({ name, figures, width, scheme }) => {
      const page = await browser.newPage()
      const asked: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.setViewport({ width, height: 800 })
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      const url = pathToFileURL(at(name)).href
      await page.goto(url)
      const findings = (await page.evaluate(look)) as Findings
      await page.close()
      expect([asked, complaints]).toEqual([[url], []])
      expect(findings).toEqual({ figures, sideways: 0, emptyLines: 0, outside: [], overlapping: [], faint: [] })
    },
  )
})
