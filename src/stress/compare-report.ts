import type { Chart, Line } from './chart.ts'
import { markdownPage } from './markdown-page.ts'
import { meansOf } from './observer.ts'
import { pageOf, tableOf, type About } from './page.ts'
import { serverCells, serverColumnNames } from './server-means.ts'
import { markAt, percentileAxis, withoutRest } from './stress-charts.ts'
import type { Distribution, StressRun } from './stress-run.ts'
import { svgFile } from './svg-chart.ts'

/** The same load over several pools. */
export interface CompareReport {
  readonly runs: readonly StressRun[]
  readonly about: About
}

const columns = [
  'pool',
  'per second',
  'wait p50, ms',
  'wait p99, ms',
  'longest wait, ms',
  'time-outs',
  'other failures',
  'slowest worker',
  'fastest worker',
  'connections opened',
]

function rowOf({ result }: StressRun): string[] {
  const { mode, throughput, acquire_ms, timeouts, failed, fairness, connections } = result
  const { p50, p99, max } = acquire_ms
  return [
    mode,
    ...[throughput, p50, p99, max].map((value) => value?.toFixed(1) ?? '–'),
    ...[timeouts, failed - timeouts, fairness.min_ops, fairness.max_ops, connections.opened].map(String),
  ]
}

/** One line per pool. */
export function compareCsvOf({ runs }: CompareReport): string {
  const names = ['mode', 'throughput', 'wait_p50_ms', 'wait_p99_ms', 'wait_max_ms', 'total_p50_ms', 'total_p99_ms']
  const lines = runs.map(({ result: { mode, throughput, acquire_ms, total_ms, timeouts, failed } }) => [
    ...[mode, throughput, acquire_ms.p50, acquire_ms.p99, acquire_ms.max, total_ms.p50, total_ms.p99],
    ...[timeouts, failed],
  ])
  return [[...names, 'timeouts', 'failed'], ...lines]
    .map((cells) => `${cells.map((cell) => cell ?? '').join(',')}\n`)
    .join('')
}

/** The comparison as an HTML page with charts. */
export function compareHtmlOf(report: CompareReport): string {
  const { runs, about } = report
  return pageOf({
    title: 'The same load over several pools',
    about,
    verdict: verdictOf(runs),
    body: [
      tableOf('Pools', runs.map(rowOf), columns),
      '<h2>The pools beside each other</h2>',
      chartsOf(report),
      tableOf('Failovers', failoverRows(runs), failoverColumns),
      tableOf('The server meanwhile', serverRows(runs), ['pool', ...serverColumnNames]),
      tableOf('Errors', errorRows(runs), ['pool', 'code', 'count', 'message']),
    ],
  })
}

/** The comparison for a pull request or the summary of a CI job. */
export function compareMarkdownOf({ runs, about }: CompareReport): string {
  return markdownPage({
    title: 'The same load over several pools',
    about,
    sentences: [verdictOf(runs).sentence],
    tables: [
      { columns, rows: runs.map(rowOf) },
      { columns: ['pool', ...serverColumnNames], rows: serverRows(runs) },
      { columns: ['pool', 'error', 'count', 'message'], rows: errorRows(runs) },
      { columns: failoverColumns, rows: failoverRows(runs) },
    ],
  })
}

/** The charts of the comparison as an SVG file. */
export const compareSvgOf = (report: CompareReport): string => svgFile(chartsOf(report))

/** Whether every run is reliable. */
function verdictOf(runs: readonly StressRun[]): { good: boolean; sentence: string } {
  const doubtful = runs.filter(({ result }) => result.validity.verdict !== 'valid')
  if (doubtful.length === 0) return { good: true, sentence: 'These measurements are reliable.' }
  const reasons = doubtful.map(({ result: { mode, validity } }) => `${mode} (${validity.verdict})`)
  return { good: false, sentence: `Do not rely on the measurements of ${reasons.join(', ')}.` }
}

function chartsOf({ runs }: CompareReport): Chart[] {
  const longest = runs
    .map(({ over_time }) => withoutRest(over_time))
    .reduce((a, b) => (b.length > a.length ? b : a), [])
  const seconds = longest.map(({ second }) => second)
  const overTime: Line[] = runs.map(({ result, over_time }) => ({
    name: result.mode,
    values: seconds.map((_, index) => over_time[index]?.throughput ?? null),
  }))
  // The two hosts are in the table of failovers: here, the pools of all modes share the space.
  const marks = runs
    .flatMap(({ result: { mode, failovers } }) => failovers.map(({ second }) => markAt(second, mode)))
    .sort((a, b) => a.at - b.at)
  const course = { title: 'Successful iterations', unit: '/ s', x: { name: 'time', unit: 's', values: seconds } }
  const byPercentile = (title: string, of: (distribution: Distribution) => Line['values']): Chart => ({
    title,
    unit: 'ms',
    x: percentileAxis(runs[0]?.distribution.percentiles ?? []),
    lines: runs.map(({ result, distribution }) => ({ name: result.mode, values: of(distribution) })),
  })
  return [
    { ...course, lines: overTime, ...(marks.length === 0 ? {} : { marks }) },
    byPercentile('Acquire wait by percentile', ({ acquire_ms }) => acquire_ms),
    byPercentile('Total time by percentile', ({ total_ms }) => total_ms),
  ]
}

const serverRows = (runs: readonly StressRun[]): string[][] =>
  runs.flatMap(({ result, server }) => {
    const means = meansOf(server)
    return means === null ? [] : [[result.mode, ...serverCells(means)]]
  })

const failoverColumns = ['pool', 'failover at, s', 'from', 'to', 'reason']

const failoverRows = (runs: readonly StressRun[]): string[][] =>
  runs.flatMap(({ result: { mode, failovers } }) =>
    failovers.map(({ second, from, to, reason }) => [mode, String(second), from, to, reason]),
  )

const errorRows = (runs: readonly StressRun[]): string[][] =>
  runs.flatMap(({ result }) =>
    result.errors.map(({ code, count, message }) => [result.mode, code, String(count), message]),
  )
