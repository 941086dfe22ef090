import { lineChart, type LineChart, svgFile } from './line-chart.ts'
import { markdownPage } from './markdown-page.ts'
import { pageOf, tableOf, type About } from './page.ts'
import type { JudgedResult } from './judged.ts'
import type { StressResult } from './result.ts'
import type { Interval } from './series.ts'
import { measuredText } from './threshold.ts'

/** The result of a run, its course over time, and the distribution of its times. */
export interface StressRun<R extends StressResult = StressResult> {
  readonly result: R
  readonly over_time: readonly Interval[]
  readonly distribution: Distribution
}
export type JudgedRun = StressRun<JudgedResult>

/** The report of a run, with its conditions. */
export interface StressReport extends JudgedRun {
  readonly about: About
}

/** The distribution of times: one value in milliseconds for each of the percentiles. */
export interface Distribution {
  readonly percentiles: readonly number[]
  readonly acquire_ms: readonly (number | null)[]
  readonly execute_ms: readonly (number | null)[]
  readonly total_ms: readonly (number | null)[]
}

/** The series over time as CSV, one line per interval. */
export function csvOf({ over_time }: StressReport): string {
  const [first] = over_time
  if (first === undefined) return ''
  const names = Object.keys(first) as (keyof Interval)[]
  const lines = over_time.map((interval) => names.map((name) => interval[name] ?? '').join(','))
  return `${[names.join(','), ...lines].join('\n')}\n`
}

/** The run as an HTML page with charts. */
export function htmlOf(report: StressReport): string {
  const { result, about } = report
  return pageOf({
    title: titleOf(result),
    about,
    verdict: verdictOf(result),
    body: [...verdictTables(result), ...chartsOf(report).map(lineChart), ...tablesOf(result)],
  })
}

/** The run for a pull request or the summary of a CI job: thresholds first, then the verdict and the figures. */
export function markdownOf({ result, about }: StressReport): string {
  const { thresholds, comparison } = result
  return markdownPage({
    title: titleOf(result),
    about,
    sentences: [verdictOf(result).sentence],
    tables: [
      { columns: ['threshold', 'measured'], rows: thresholdRows(thresholds) },
      { columns: ['metric', 'baseline', 'this run', 'change'], rows: comparisonRows(comparison) },
      { columns: ['figure', 'value'], rows: figuresOf(result) },
      { columns: statementColumns, rows: statementRows(result) },
      { columns: ['error', 'count', 'message'], rows: errorRows(result) },
    ],
  })
}

/** The charts of the run as an SVG file. */
export const svgOf = (report: StressReport): string => svgFile(chartsOf(report))

const titleOf = ({ pool_size, max_overflow }: StressResult): string =>
  `Load on a pool of ${pool_size} + ${max_overflow}`

function verdictOf({ validity: { verdict } }: StressResult): { good: boolean; sentence: string } {
  return verdict === 'valid'
    ? { good: true, sentence: 'This measurement is reliable.' }
    : { good: false, sentence: `Do not rely on this measurement: ${verdict}.` }
}

function chartsOf({ over_time, distribution }: StressReport): LineChart[] {
  const places = over_time.map(({ second }) => `${second} s`)
  const column = (name: keyof Interval): (number | null)[] => over_time.map((interval) => interval[name])
  return [
    {
      title: 'Successful iterations',
      unit: '/ s',
      places,
      lines: [{ name: 'throughput', values: column('throughput') }],
    },
    {
      title: 'Acquire wait',
      unit: 'ms',
      places,
      lines: [
        { name: 'longest', values: column('wait_max_ms') },
        { name: 'mean', values: column('wait_mean_ms') },
      ],
    },
    {
      title: 'Connections and waiting workers',
      unit: '',
      places,
      lines: [
        { name: 'in use', values: column('in_use') },
        { name: 'idle', values: column('idle') },
        { name: 'waiting', values: column('waiting') },
      ],
    },
    {
      title: 'Time by percentile',
      unit: 'ms',
      places: distribution.percentiles.map((at) => `p${at}`),
      lines: [
        { name: 'total', values: distribution.total_ms },
        { name: 'execute', values: distribution.execute_ms },
        { name: 'acquire', values: distribution.acquire_ms },
      ],
    },
  ]
}

const signOf = (ok: boolean | null): string => (ok === null ? '–' : ok ? '✔' : '✖')

const thresholdRows = (thresholds: JudgedResult['thresholds']): string[][] =>
  thresholds.map((judged) => [`${signOf(judged.ok)} ${judged.threshold}`, measuredText(judged)])

const comparisonRows = (comparison: JudgedResult['comparison']): string[][] =>
  comparison.map(({ metric, baseline, measured, unit, change, ok }) => [
    `${signOf(ok)} ${metric}`,
    `${baseline} ${unit}`,
    `${measured} ${unit}`,
    `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(1)} %`,
  ])

const errorRows = ({ errors }: StressResult): string[][] =>
  errors.map(({ code, count, message }) => [code, String(count), message])

const statementColumns = ['statement', 'ok', 'failed', 'per second', 'p50, ms', 'p99, ms']

const statementRows = ({ statements }: StressResult): string[][] =>
  statements.map(({ statement, ok, failed, throughput, execute_ms: { p50, p99 } }) =>
    [statement, ok, failed, throughput, p50 ?? '–', p99 ?? '–'].map(String),
  )

/** The thresholds, and the values beside those of the baseline. */
function verdictTables({ thresholds, comparison }: JudgedResult): string[] {
  return [
    tableOf('Thresholds', thresholdRows(thresholds)),
    tableOf('Comparison with the baseline', comparisonRows(comparison), ['', 'baseline', 'this run', 'change']),
  ]
}

function tablesOf(result: StressResult): string[] {
  const checks = result.validity.checks.map(({ check, ok, finding }) => [`${signOf(ok)} ${check}`, finding])
  return [
    tableOf('Figures', figuresOf(result)),
    tableOf('Statements', statementRows(result), statementColumns),
    tableOf('Validity', checks),
    tableOf('Errors', errorRows(result)),
  ]
}

function figuresOf(result: StressResult): string[][] {
  const {
    mode,
    loop,
    workers,
    ok,
    failed,
    timeouts,
    dropped,
    seconds,
    throughput,
    queue_peak,
    fairness,
    connections,
    cold_start_ms,
  } = result
  const times = (['acquire_ms', 'execute_ms', 'total_ms'] as const).map((name) => [
    name,
    Object.entries(result[name])
      .map(([at, ms]) => `${at} ${ms === null ? '–' : String(ms)}`)
      .join(' · '),
  ])
  return [
    [
      'pool',
      `${mode}, ${connections.opened} connections opened, ${connections.closed} closed, peak ${connections.peak}`,
    ],
    ['load', loop === 'closed' ? `closed loop, ${workers} workers` : `open loop, ${dropped} dropped`],
    ['iterations', `${ok} ok, ${failed} failed (${timeouts} timed out), in ${seconds} s`],
    ['throughput', `${throughput} / s`],
    ...times,
    ['longest queue', String(queue_peak)],
    ["fairness (Jain's index)", String(fairness.jain)],
    ['cold start', `${cold_start_ms} ms`],
  ]
}
