import type { Advice, TunedPoint } from './advice.ts'
import { escaped, lineChart } from './line-chart.ts'
import { pageOf, tableOf, type About } from './page.ts'
import { throughputAt } from './usl.ts'

/** A sweep as it is kept. */
export interface TuneReport {
  readonly advice: Advice
  /** What follows from it, in sentences. */
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

/** A line for each size. */
export function tuneCsvOf({ advice: { points } }: TuneReport): string {
  return `${[names.join(','), ...points.map((point) => names.map((name) => point[name] ?? '').join(','))].join('\n')}\n`
}

/** The sweep as a page with its curve. */
export function tuneHtmlOf({ advice: { points, usl, recommended }, words, about }: TuneReport): string {
  const places = points.map(({ pool_size }) => String(pool_size))
  const column = (name: keyof TunedPoint): (number | null)[] => points.map((point) => point[name])
  const law =
    usl === null
      ? []
      : [{ name: 'Universal Scalability Law', values: points.map(({ pool_size }) => throughputAt(usl, pool_size)) }]
  return pageOf({
    title: recommended === null ? 'No size of the pool can be recommended' : `A pool of ${recommended.pool_size}`,
    about,
    verdict: { good: recommended !== null, sentence: words[0] ?? '' },
    body: [
      lineChart({
        title: 'Throughput by connections of the pool',
        unit: '/ s',
        places,
        lines: [{ name: 'measured', values: column('throughput') }, ...law],
      }),
      lineChart({
        title: 'The slowest hundredth took at least (p99)',
        unit: 'ms',
        places,
        lines: [{ name: 'p99', values: column('p99_ms') }],
      }),
      ...words
        .slice(1)
        .map((word) =>
          word.startsWith(' ') ? `<p><code>${escaped(word.trim())}</code></p>` : `<p>${escaped(word)}</p>`,
        ),
      tableOf('Every size', points.map(rowOf), ['connections', 'a second', 'p99, ms', 'spread', 'client CPU']),
      tableOf('The law that fits', usl === null ? [] : lawRows(usl), ['', '', '95 % of resamples']),
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
    ['λ, a second with one connection', lambda.toFixed(1), ''],
    ['σ, contention', sigma.toPrecision(2), range(sigma_range)],
    ['κ, coherency', kappa.toPrecision(2), range(kappa_range)],
    ['r², how well it fits', r2.toFixed(3), ''],
    ['its maximum', peak === null ? 'outside of what was measured' : `${peak.toFixed(1)} connections`, ''],
  ]
}
