import type { Chart } from './chart.ts'
import type { JudgedResult } from './judged.ts'
import { markdownPage } from './markdown-page.ts'
import { meansOf } from './observer.ts'
import { pageOf, tableOf, type About } from './page.ts'
import type { Percentiles } from './histogram.ts'
import type { StressResult } from './result.ts'
import type { Interval } from './series.ts'
import { serverRows } from './server-means.ts'
import { chartsOverTime, distributionChart, errorCharts, failoverText, serverCharts } from './stress-charts.ts'
import type { Distribution, StressRun } from './stress-run.ts'
import { svgFile } from './svg-chart.ts'
import { comparedTexts, measuredText } from './threshold.ts'

export type JudgedRun = StressRun<JudgedResult>

/** The report of a run, with its conditions. */
export interface StressReport extends JudgedRun {
  readonly about: About
  /** Of the baseline; null without one, or if its file has none. */
  readonly baseline_distribution: Distribution | null
}

/** The series over time as CSV, one line per interval; `failover` has the moves to other hosts within it. */
export function csvOf({ over_time, result: { failovers } }: StressReport): string {
  const [first] = over_time
  if (first === undefined) return ''
  const names = Object.keys(first) as (keyof Interval)[]
  const lines = over_time.map((interval, index) => {
    const from = over_time[index - 1]?.second ?? 0
    const isLast = index === over_time.length - 1
    const moves = failovers.filter(({ second }) => second >= from && (isLast || second < interval.second))
    return [...names.map((name) => interval[name] ?? ''), moves.map(failoverText).join('; ')].join(',')
  })
  return `${[[...names, 'failover'].join(','), ...lines].join('\n')}\n`
}

/** The run as an HTML page with charts. */
export function htmlOf(report: StressReport): string {
  const { result, about, server } = report
  const [errors, seen] = [errorCharts(report), serverCharts(server)]
  return pageOf({
    title: titleOf(result),
    about,
    verdict: verdictOf(result),
    body: [
      ...verdictTables(result),
      tableOf('Times in milliseconds', percentileRows(result), ['', ...timesOf(result).map(([name]) => name)]),
      '<h2>Over time</h2>',
      [...chartsOverTime(report), ...errors, distributionOf(report)],
      ...(errors.length === 0 ? ['<p>No iteration failed.</p>'] : []),
      tableOf('Errors', errorRows(result), ['code', 'count', 'message']),
      tableOf('Hosts', hostRows(result), hostColumns),
      tableOf('Failovers', failoverRows(result), failoverColumns),
      ...(server.length === 0 ? [] : ['<h2>The server meanwhile</h2>']),
      ...(seen.length === 0 ? [] : [seen]),
      tableOf('Means of the whole run', serverRows(meansOf(server))),
      '<h2>Figures</h2>',
      ...tablesOf(result),
    ],
  })
}

/** The run for a pull request or the summary of a CI job: thresholds first, then the verdict and the figures. */
export function markdownOf({ result, about, server }: StressReport): string {
  const { thresholds, comparison } = result
  return markdownPage({
    title: titleOf(result),
    about,
    first: [
      { columns: ['threshold', 'measured'], rows: thresholdRows(thresholds) },
      { columns: ['metric', 'baseline', 'this run', 'change'], rows: comparisonRows(comparison) },
    ],
    sentences: [verdictOf(result).sentence],
    tables: [
      { columns: ['figure', 'value'], rows: figuresOf(result) },
      { columns: ['ms', ...timesOf(result).map(([name]) => name)], rows: percentileRows(result) },
      { columns: statementColumns, rows: statementRows(result) },
      { columns: ['the server meanwhile', 'mean'], rows: serverRows(meansOf(server)) },
      { columns: ['error', 'count', 'message'], rows: errorRows(result) },
      { columns: hostColumns, rows: hostRows(result) },
      { columns: failoverColumns, rows: failoverRows(result) },
    ],
  })
}

/** The charts of the run as an SVG file. */
export const svgOf = (report: StressReport): string =>
  svgFile([...chartsOverTime(report), ...errorCharts(report), distributionOf(report), ...serverCharts(report.server)])

const titleOf = ({ pool_size, max_overflow }: StressResult): string =>
  `Load on a pool of ${pool_size} + ${max_overflow}`

function verdictOf({ validity: { verdict, checks } }: StressResult): { good: boolean; sentence: string } {
  if (verdict === 'valid') return { good: true, sentence: 'This measurement is reliable.' }
  const findings = checks.filter(({ ok }) => ok === false).map(({ finding }) => finding)
  return { good: false, sentence: `Do not rely on this measurement (${verdict}): ${findings.join('; ')}.` }
}

const distributionOf = ({ distribution, baseline_distribution: before }: StressReport): Chart =>
  distributionChart(distribution, before?.percentiles.join() === distribution.percentiles.join() ? before : undefined)

const signOf = (ok: boolean | null): string => (ok === null ? '–' : ok ? '✔' : '✖')

const thresholdRows = (thresholds: JudgedResult['thresholds']): string[][] =>
  thresholds.map((judged) => [`${signOf(judged.ok)} ${judged.threshold}`, measuredText(judged)])

const comparisonRows = (comparison: JudgedResult['comparison']): string[][] =>
  comparison.map((compared) => {
    const { baseline, measured, change } = comparedTexts(compared)
    return [`${signOf(compared.ok)} ${compared.metric}`, baseline, measured, change]
  })

const errorRows = ({ errors }: StressResult): string[][] =>
  errors.map(({ code, count, message }) => [code, String(count), message])

const hostColumns = ['host', 'ok', 'failed']

const hostRows = ({ hosts }: StressResult): string[][] =>
  hosts.map(({ host, ok, failed }) => [host, String(ok), String(failed)])

const failoverColumns = ['failover at, s', 'from', 'to', 'reason']

const failoverRows = ({ failovers }: StressResult): string[][] =>
  failovers.map(({ second, from, to, reason }) => [String(second), from, to, reason])

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
    tableOf('Run', figuresOf(result)),
    tableOf('Statements', statementRows(result), statementColumns),
    tableOf('Validity', checks),
  ]
}

/** The kinds of times that the run has. */
function timesOf({ acquire_ms, execute_ms, total_ms, late_ms, loop }: StressResult): [string, Percentiles][] {
  const late: [string, Percentiles][] = loop === 'open' ? [['late', late_ms]] : []
  return [['acquire', acquire_ms], ['execute', execute_ms], ['total', total_ms], ...late]
}

function percentileRows(result: StressResult): string[][] {
  const names = Object.keys(result.total_ms) as (keyof Percentiles)[]
  return names.map((name) => [name, ...timesOf(result).map(([, times]) => times[name]?.toFixed(2) ?? '–')])
}

function figuresOf(result: StressResult): string[][] {
  const { loop, workers, ok, failed, timeouts, dropped, seconds, connections } = result
  const pool = `${connections.opened} connections opened, ${connections.closed} closed, peak ${connections.peak}`
  return [
    ['pool', `${result.mode}, ${pool}`],
    ['load', loop === 'closed' ? `closed loop, ${workers} workers` : `open loop, ${dropped} dropped`],
    ['iterations', `${ok} ok, ${failed} failed (${timeouts} timed out), in ${seconds} s`],
    ['throughput', `${result.throughput} / s`],
    ['longest queue', String(result.queue_peak)],
    ["fairness (Jain's index)", String(result.fairness.jain)],
    ['event loop delay, p99', `${result.event_loop_ms.p99 ?? '–'} ms`],
    ['cold start', `${result.cold_start_ms.toFixed(1)} ms`],
  ]
}
