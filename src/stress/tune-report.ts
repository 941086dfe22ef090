import type { Advice, TunedPoint } from './advice.ts'
import { type Axis, type Chart, escapeHtml } from './chart.ts'
import { markdownPage } from './markdown-page.ts'
import { median } from './median.ts'
import type { ServerMeans } from './observer.ts'
import { pageOf, tableOf, textOf, type About } from './page.ts'
import type { Size } from './rounds.ts'
import { serverCells, serverColumnNames } from './server-means.ts'
import { processorLines } from './stress-charts.ts'
import { svgFile } from './svg-chart.ts'
import { throughputAt } from './usl.ts'

/** The report of a sweep. */
export interface TuneReport {
  readonly advice: Advice
  /** All sizes with the measurement of each round. */
  readonly sizes: readonly Size[]
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
  const { advice, words, about, sizes } = report
  const server = serverTable(sizes)
  return pageOf({
    title: titleOf(advice),
    about,
    verdict: { good: advice.confidence === 'high', sentence: words[0] ?? '' },
    body: [
      ...conclusions(words.slice(1)),
      '<h2>By pool size</h2>',
      chartsOf(report),
      tableOf('All sizes', advice.points.map(rowOf), columns),
      tableOf('The server meanwhile', server, ['connections', ...serverColumnNames]),
      tableOf('Fitted Universal Scalability Law', advice.usl === null ? [] : lawRows(advice.usl), [
        '',
        '',
        '95 % of resamples',
      ]),
    ],
  })
}

/** Sentences as paragraphs; the lines to paste, which begin with a blank, stay together with a button. */
function conclusions(words: readonly string[]): string[] {
  const first = words.findIndex((word) => word.startsWith(' '))
  const last = words.findLastIndex((word) => word.startsWith(' '))
  const paragraphs = words.map((word) => `<p>${textOf(word)}</p>`)
  if (first < 0) return paragraphs
  const pasted = words.slice(first, last + 1).map((word) => escapeHtml(word.trim()))
  const block = `<div class="command"><code id="settings" class="lines">${pasted.join('\n')}</code>
<button type="button" class="copy" data-copies="settings" hidden>Copy</button></div>`
  return [...paragraphs.slice(0, first), block, ...paragraphs.slice(last + 1)]
}

/** The sweep for a pull request or the summary of a CI job. */
export function tuneMarkdownOf({ advice, words, about, sizes }: TuneReport): string {
  const points = { columns, rows: advice.points.map(rowOf) }
  const server = { columns: ['connections', ...serverColumnNames], rows: serverTable(sizes) }
  return markdownPage({ title: titleOf(advice), about, sentences: words, tables: [points, server] })
}

/** The charts of the sweep as an SVG file. */
export const tuneSvgOf = (report: TuneReport): string => svgFile(chartsOf(report))

const titleOf = ({ recommended }: Advice): string =>
  recommended === null ? 'No knee in the measured sizes' : `A pool of ${recommended.pool_size}`

const columns = ['connections', 'per second', 'p99, ms', 'spread', 'client CPU']

function chartsOf({ advice, sizes }: TuneReport): Chart[] {
  const { points, usl } = advice
  const x: Axis = { name: 'connections', unit: '', values: points.map(({ pool_size }) => pool_size) }
  const marks = marksOf(advice)
  const rounds = (of: (round: Size['rounds'][number]) => number | null): Chart['rounds'] =>
    sizes.map((size) => ({ at: size.poolSize, values: size.rounds.flatMap((round) => of(round) ?? []) }))
  const law =
    usl === null
      ? []
      : [{ name: 'Universal Scalability Law', values: x.values.map((connections) => throughputAt(usl, connections)) }]
  return [
    {
      title: 'Throughput by pool size',
      unit: '/ s',
      x,
      marks,
      rounds: rounds(({ throughput }) => throughput),
      lines: [{ name: 'median of the rounds', values: points.map(({ throughput }) => throughput) }, ...law],
    },
    {
      title: '99th percentile of the total time by pool size',
      unit: 'ms',
      x,
      marks,
      rounds: rounds(({ p99Ms }) => p99Ms),
      lines: [{ name: 'median of the rounds', values: points.map(({ p99_ms }) => p99_ms) }],
    },
    ...serverCharts(sizes, x, marks),
  ]
}

/** The recommended size with its range, which ends at the largest size if it may extend beyond it. */
function marksOf({ recommended, range, points }: Advice): Chart['marks'] {
  if (recommended === null) return undefined
  const { pool_size: at } = recommended
  const to = range.to ?? Math.max(...points.map(({ pool_size }) => pool_size))
  return [{ at, from: range.from ?? at, to, text: `recommended: ${at}` }]
}

/** Medians of the rounds of each size. None if nobody watched the server. */
function serverCharts(sizes: readonly Size[], x: Axis, marks: Chart['marks']): Chart[] {
  if (!sizes.some(({ rounds }) => rounds.some(({ server }) => server !== null))) return []
  const column = (name: keyof ServerMeans): (number | null)[] => sizes.map((size) => serverOf(size)?.[name] ?? null)
  return [
    {
      title: 'Threads on the server by pool size',
      unit: '',
      x,
      marks,
      lines: [
        { name: 'running', values: column('threads_running') },
        { name: 'waiting for a row lock', values: column('row_lock_waiting') },
      ],
    },
    {
      title: 'Processors in use by pool size',
      unit: '',
      x,
      marks,
      lines: processorLines(column),
    },
  ]
}

const serverTable = (sizes: readonly Size[]): string[][] =>
  sizes.flatMap((size) => {
    const means = serverOf(size)
    return means === null ? [] : [[String(size.poolSize), ...serverCells(means)]]
  })

/** The medians of the rounds of one size, for each figure. */
function serverOf({ rounds }: Size): ServerMeans | null {
  const seen = rounds.flatMap(({ server }) => server ?? [])
  const [first] = seen
  if (first === undefined) return null
  const names = Object.keys(first) as (keyof ServerMeans)[]
  return Object.fromEntries(
    names.map((name) => [name, median(seen.flatMap((means) => means[name] ?? [])) ?? null]),
  ) as unknown as ServerMeans
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
