import type { Axis, Chart, Line, Mark } from './chart.ts'
import type { RecordedFailover } from './host-record.ts'
import type { ServerInterval } from './observer.ts'
import type { Distribution, StressRun } from './stress-run.ts'
import type { Interval } from './series.ts'

const timeOf = (intervals: readonly { readonly second: number }[]): Axis => ({
  name: 'time',
  unit: 's',
  values: intervals.map(({ second }) => second),
})

const fewIntervals = 4

/** Without a last interval that is so short that its rates are chance. Short runs keep it. */
export function withoutRest(intervals: readonly Interval[]): readonly Interval[] {
  const width = intervals[0]?.second ?? 0
  const last = (intervals.at(-1)?.second ?? 0) - (intervals.at(-2)?.second ?? 0)
  return intervals.length > fewIntervals && last < width / 2 ? intervals.slice(0, -1) : intervals
}

export const failoverText = ({ from, to }: RecordedFailover): string => `${from} → ${to}`

/** The failovers of a run as marks on its axis of time. Undefined without any. */
function failoversOf({ result: { failovers } }: Pick<StressRun, 'result'>): readonly Mark[] | undefined {
  if (failovers.length === 0) return undefined
  return failovers.map((failover) => markAt(failover.second, failoverText(failover)))
}

export const markAt = (second: number, text: string): Mark => ({ at: second, from: second, to: second, text })

/** The course of a run over time. */
export function chartsOverTime(run: Pick<StressRun, 'over_time' | 'result'>): Chart[] {
  const over_time = withoutRest(run.over_time)
  const x = timeOf(over_time)
  const marks = failoversOf(run)
  const column = (name: keyof Interval): (number | null)[] => over_time.map((interval) => interval[name])
  const charts: readonly Omit<Chart, 'x'>[] = [
    {
      title: 'Successful iterations',
      unit: '/ s',
      lines: [{ name: 'throughput', values: column('throughput') }],
    },
    {
      title: 'Total time',
      unit: 'ms',
      lines: [
        { name: 'p99', values: column('p99_ms') },
        { name: 'p95', values: column('p95_ms') },
        { name: 'p50', values: column('p50_ms') },
      ],
    },
    {
      title: 'Acquire wait',
      unit: 'ms',
      lines: [
        { name: 'longest', values: column('wait_max_ms') },
        { name: 'mean', values: column('wait_mean_ms') },
      ],
    },
    {
      title: 'Connections and waiting workers',
      unit: '',
      lines: [
        { name: 'in use', values: column('in_use') },
        { name: 'idle', values: column('idle') },
        { name: 'waiting', values: column('waiting') },
      ],
    },
  ]
  return charts.map((chart) => ({ ...chart, x, marks }))
}

/** The iterations that failed, over time. None without failures. */
export function errorCharts(run: Pick<StressRun, 'over_time' | 'result'>): Chart[] {
  const over_time = withoutRest(run.over_time)
  if (over_time.every(({ failed }) => failed === 0)) return []
  const perSecond = (count: (interval: Interval) => number): number[] =>
    over_time.map((interval, index) => count(interval) / (interval.second - (over_time[index - 1]?.second ?? 0)))
  return [
    {
      title: 'Errors',
      unit: '/ s',
      x: timeOf(over_time),
      marks: failoversOf(run),
      lines: [
        { name: 'time-outs of the pool', values: perSecond(({ timeouts }) => timeouts) },
        { name: 'other errors', values: perSecond(({ failed, timeouts }) => failed - timeouts) },
      ],
    },
  ]
}

/** The times of a run by percentile, with those of the baseline if it has them. */
export function distributionChart(distribution: Distribution, baseline: Distribution | undefined): Chart {
  const before: Line[] = baseline === undefined ? [] : [{ name: 'total of the baseline', values: baseline.total_ms }]
  return {
    title: 'Time by percentile',
    unit: 'ms',
    x: percentileAxis(distribution.percentiles),
    lines: [
      { name: 'total', values: distribution.total_ms },
      { name: 'execute', values: distribution.execute_ms },
      { name: 'acquire', values: distribution.acquire_ms },
      ...before,
    ],
  }
}

/** The percentiles at equal distances: the slowest iterations are the interesting ones. */
export const percentileAxis = (percentiles: readonly number[]): Axis => ({
  name: 'percentile',
  unit: '',
  values: [...percentiles.keys()],
  labels: percentiles.map((at) => `p${at}`),
})

/** The server during a run. None without two readings under load. */
export function serverCharts(intervals: readonly ServerInterval[]): Chart[] {
  if (intervals.length < 3) return []
  const x = timeOf(intervals)
  const column = (name: keyof ServerInterval): (number | null)[] => intervals.map((interval) => interval[name])
  return [
    {
      title: 'Threads on the server',
      unit: '',
      x,
      lines: [
        { name: 'running', values: column('threads_running') },
        { name: 'waiting for a row lock', values: column('row_lock_waiting') },
      ],
    },
    {
      title: 'Statements of all clients',
      unit: '/ s',
      x,
      lines: [{ name: 'statements', values: column('statements_per_s') }],
    },
    {
      title: 'Waits for row locks',
      unit: '/ s',
      x,
      lines: [{ name: 'new waits', values: column('row_lock_waits_per_s') }],
    },
    {
      title: 'Processors in use',
      unit: '',
      x,
      lines: processorLines(column),
    },
  ]
}

/** The server has a line only if its processor time can be read. */
export function processorLines(column: (name: 'machine_cpu' | 'client_cpu' | 'server_cpu') => Line['values']): Line[] {
  const server = column('server_cpu')
  return [
    { name: 'whole machine', values: column('machine_cpu') },
    { name: 'dbtool', values: column('client_cpu') },
    ...(server.every((value) => value === null) ? [] : [{ name: 'server', values: server }]),
  ]
}
