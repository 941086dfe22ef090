import type { Advice, TunedPoint } from './advice.ts'
import { escapeHtml, lineChart, type LineChart, svgFile } from './line-chart.ts'
import { markdownPage } from './markdown-page.ts'
import { pageOf, tableOf, type About } from './page.ts'
import { throughputAt } from './usl.ts'

/** The report of a sweep. */
export interface TuneReport {
  readonly advice: Advice
  /** The conclusions, in sentences. */
  readonly words: readonly string[]
  readonly about: About
}

const names = [
  'pool_size',
  'throughput',
  'p99_ms',
  'spread',
  'client_cpu',
] as const satisfies readonly (keyof TunedPoint)[]

/** The sweep as CSV, one line per size. */
export function tuneCsvOf({ advice: { points } }: TuneReport): string {
  const lines = points.map((point) => names.map((name) => point[name] ?? '').join(','))
  return `${[names.join(','), ...lines].join('\n')}\n`
}

/** The sweep as an HTML page with charts. */
export function tuneHtmlOf(report: TuneReport): string {
  const { advice, words, about } = report
  return pageOf({
    title: titleOf(advice),
    about,
    verdict: { good: advice.confidence === 'high', sentence: words[0] ?? '' },
    body: [
      ...chartsOf(report).map(lineChart),
      ...words
        .slice(1)
        .map((word) =>
          word.startsWith(' ') ? `<p><code>${escapeHtml(word.trim())}</code></p>` : `<p>${escapeHtml(word)}</p>`,
        ),
      tableOf('All sizes', advice.points.map(rowOf), columns),
      tableOf('Fitted Universal Scalability Law', advice.usl === null ? [] : lawRows(advice.usl), [
        '',
        '',
        '95 % of resamples',
      ]),
    ],
  })
}

/** The sweep for a pull request or the summary of a CI job. */
export function tuneMarkdownOf({ advice, words, about }: TuneReport): string {
  const table = { columns, rows: advice.points.map(rowOf) }
  return markdownPage({ title: titleOf(advice), about, sentences: words, tables: [table] })
}

/** The charts of the sweep as an SVG file. */
export const tuneSvgOf = (report: TuneReport): string => svgFile(chartsOf(report))

const titleOf = ({ recommended }: Advice): string =>
  recommended === null ? 'No knee in the measured sizes' : `A pool of ${recommended.pool_size}`

const columns = ['connections', 'per second', 'p99, ms', 'spread', 'client CPU']

function chartsOf({ advice: { points, usl } }: TuneReport): LineChart[] {
  const places = points.map(({ pool_size }) => String(pool_size))
  const column = (name: keyof TunedPoint): (number | null)[] => points.map((point) => point[name])
  const law =
    usl === null
      ? []
      : [{ name: 'Universal Scalability Law', values: points.map(({ pool_size }) => throughputAt(usl, pool_size)) }]
  return [
    {
      title: 'Throughput by pool size',
      unit: '/ s',
      places,
      lines: [{ name: 'measured', values: column('throughput') }, ...law],
    },
    {
      title: '99th percentile of the total time by pool size',
      unit: 'ms',
      places,
      lines: [{ name: 'p99', values: column('p99_ms') }],
    },
  ]
}

function rowOf({ pool_size, throughput, p99_ms, spread, client_cpu }: TunedPoint): string[] {
  return [
    String(pool_size),
    throughput.toFixed(1),
    p99_ms?.toFixed(1) ?? '–',
    `${(spread * 100).toFixed(0)} %`,
    `${(client_cpu * 100).toFixed(0)} %`,
  ]
}

function lawRows({ lambda, sigma, kappa, r2, sigma_range, kappa_range, peak }: NonNullable<Advice['usl']>): string[][] {
  const range = ([from, to]: readonly [number, number]): string => `${from.toPrecision(2)} – ${to.toPrecision(2)}`
  return [
    ['λ, per second with one connection', lambda.toFixed(1), ''],
    ['σ, contention', sigma.toPrecision(2), range(sigma_range)],
    ['κ, coherency', kappa.toPrecision(2), range(kappa_range)],
    ['r², goodness of fit', r2.toFixed(3), ''],
    ['maximum', peak === null ? 'outside of the measured sizes' : `${peak.toFixed(1)} connections`, ''],
  ]
}
