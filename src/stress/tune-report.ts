import type { Advice, TunedPoint } from './advice.ts'
import { escapeHtml, lineChart } from './line-chart.ts'
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
export function tuneHtmlOf({ advice: { points, usl, recommended }, words, about }: TuneReport): string {
  const places = points.map(({ pool_size }) => String(pool_size))
  const column = (name: keyof TunedPoint): (number | null)[] => points.map((point) => point[name])
  const law =
    usl === null
      ? []
      : [{ name: 'Universal Scalability Law', values: points.map(({ pool_size }) => throughputAt(usl, pool_size)) }]
  return pageOf({
    title: recommended === null ? 'No pool size can be recommended' : `A pool of ${recommended.pool_size}`,
    about,
    verdict: { good: recommended !== null, sentence: words[0] ?? '' },
    body: [
      lineChart({
        title: 'Throughput by pool size',
        unit: '/ s',
        places,
        lines: [{ name: 'measured', values: column('throughput') }, ...law],
      }),
      lineChart({
        title: '99th percentile of the total time by pool size',
        unit: 'ms',
        places,
        lines: [{ name: 'p99', values: column('p99_ms') }],
      }),
      ...words
        .slice(1)
        .map((word) =>
          word.startsWith(' ') ? `<p><code>${escapeHtml(word.trim())}</code></p>` : `<p>${escapeHtml(word)}</p>`,
        ),
      tableOf('All sizes', points.map(rowOf), ['connections', 'per second', 'p99, ms', 'spread', 'client CPU']),
      tableOf('Fitted Universal Scalability Law', usl === null ? [] : lawRows(usl), ['', '', '95 % of resamples']),
    ],
  })
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
