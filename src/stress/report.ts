import { lineChart } from './line-chart.ts'
import { pageOf, tableOf, type About } from './page.ts'
import type { StressResult } from './result.ts'
import type { Stretch } from './series.ts'

/** A run as it is kept: the result, how it went, and what it was measured on. */
export interface StressReport {
  readonly result: StressResult
  readonly over_time: readonly Stretch[]
  readonly distribution: Distribution
  readonly about: About
}

/** How long the slowest so many per cent took, in milliseconds. */
export interface Distribution {
  readonly percentiles: readonly number[]
  readonly acquire_ms: readonly (number | null)[]
  readonly execute_ms: readonly (number | null)[]
  readonly total_ms: readonly (number | null)[]
}

/** The series over time, a line for each stretch. */
export function csvOf({ over_time }: StressReport): string {
  const [first] = over_time
  if (first === undefined) return ''
  const names = Object.keys(first) as (keyof Stretch)[]
  return `${[names.join(','), ...over_time.map((stretch) => names.map((name) => stretch[name] ?? '').join(','))].join('\n')}\n`
}

/** The run as a page with pictures. */
export function htmlOf(report: StressReport): string {
  const { result, over_time, distribution, about } = report
  const title = `Load on a pool of ${result.pool_size} + ${result.max_overflow}`
  const seconds = over_time.map(({ second }) => `${second} s`)
  const column = (name: keyof Stretch): (number | null)[] => over_time.map((stretch) => stretch[name])
  const charts = [
    lineChart({
      title: 'Successful iterations',
      unit: '/ s',
      places: seconds,
      lines: [{ name: 'throughput', values: column('throughput') }],
    }),
    lineChart({
      title: 'Waiting for a connection',
      unit: 'ms',
      places: seconds,
      lines: [
        { name: 'longest', values: column('wait_max_ms') },
        { name: 'mean', values: column('wait_mean_ms') },
      ],
    }),
    lineChart({
      title: 'The pool',
      unit: '',
      places: seconds,
      lines: [
        { name: 'in use', values: column('in_use') },
        { name: 'idle', values: column('idle') },
        { name: 'waiting', values: column('waiting') },
      ],
    }),
    lineChart({
      title: 'How long it took, from the fastest to the slowest',
      unit: 'ms',
      places: distribution.percentiles.map((at) => `p${at}`),
      lines: [
        { name: 'total', values: distribution.total_ms },
        { name: 'execute', values: distribution.execute_ms },
        { name: 'acquire', values: distribution.acquire_ms },
      ],
    }),
  ]
  const sound = result.validity.verdict === 'valid'
  return pageOf({
    title,
    about,
    verdict: {
      good: sound,
      sentence: sound
        ? 'This measurement can be relied on.'
        : `Do not rely on this measurement: ${result.validity.verdict}.`,
    },
    body: [
      ...charts,
      tableOf('Figures', figuresOf(result)),
      tableOf(
        'Can it be relied on?',
        result.validity.checks.map(({ check, ok, finding }) => [check, ok === null ? '–' : ok ? 'yes' : 'no', finding]),
      ),
      tableOf(
        'Errors',
        result.errors.map(({ code, count, message }) => [code, String(count), message]),
      ),
    ],
  })
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
      `${mode}, ${connections.opened} connections opened, ${connections.closed} closed, ${connections.peak} at most`,
    ],
    ['load', loop === 'closed' ? `closed loop, ${workers} workers` : `open loop, ${dropped} dropped`],
    ['iterations', `${ok} ok, ${failed} failed, ${timeouts} of them timed out, in ${seconds} s`],
    ['throughput', `${throughput} / s`],
    ...times,
    ['longest queue', String(queue_peak)],
    ["fairness (Jain's index)", String(fairness.jain)],
    ['cold start', `${cold_start_ms} ms`],
  ]
}
