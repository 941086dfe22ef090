import { lineChart } from './line-chart.ts'
import { pageOf, tableOf, type About } from './page.ts'
import type { StressResult } from './result.ts'
import type { Interval } from './series.ts'

/** The report of a run: its result, its course over time, and its conditions. */
export interface StressReport {
  readonly result: StressResult
  readonly over_time: readonly Interval[]
  readonly distribution: Distribution
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
    title: `Load on a pool of ${result.pool_size} + ${result.max_overflow}`,
    about,
    verdict: verdictOf(result),
    body: [...seriesCharts(report), distributionChart(report), ...tablesOf(result)],
  })
}

function verdictOf({ validity: { verdict } }: StressResult): { good: boolean; sentence: string } {
  return verdict === 'valid'
    ? { good: true, sentence: 'This measurement is reliable.' }
    : { good: false, sentence: `Do not rely on this measurement: ${verdict}.` }
}

function seriesCharts({ over_time }: StressReport): string[] {
  const places = over_time.map(({ second }) => `${second} s`)
  const column = (name: keyof Interval): (number | null)[] => over_time.map((interval) => interval[name])
  return [
    lineChart({
      title: 'Successful iterations',
      unit: '/ s',
      places,
      lines: [{ name: 'throughput', values: column('throughput') }],
    }),
    lineChart({
      title: 'Acquire wait',
      unit: 'ms',
      places,
      lines: [
        { name: 'longest', values: column('wait_max_ms') },
        { name: 'mean', values: column('wait_mean_ms') },
      ],
    }),
    lineChart({
      title: 'Connections and waiting workers',
      unit: '',
      places,
      lines: [
        { name: 'in use', values: column('in_use') },
        { name: 'idle', values: column('idle') },
        { name: 'waiting', values: column('waiting') },
      ],
    }),
  ]
}

function distributionChart({ distribution }: StressReport): string {
  return lineChart({
    title: 'Time by percentile',
    unit: 'ms',
    places: distribution.percentiles.map((at) => `p${at}`),
    lines: [
      { name: 'total', values: distribution.total_ms },
      { name: 'execute', values: distribution.execute_ms },
      { name: 'acquire', values: distribution.acquire_ms },
    ],
  })
}

function tablesOf(result: StressResult): string[] {
  const checks = result.validity.checks.map(({ check, ok, finding }) => [
    check,
    ok === null ? '–' : ok ? 'yes' : 'no',
    finding,
  ])
  const errors = result.errors.map(({ code, count, message }) => [code, String(count), message])
  return [tableOf('Figures', figuresOf(result)), tableOf('Validity', checks), tableOf('Errors', errors)]
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
