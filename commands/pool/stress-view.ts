import type { Output } from '../../src/output/output.ts'
import {
  data,
  number,
  type Row,
  section,
  type Section,
  sentence,
  sign,
  text,
  type View,
} from '../../src/output/view.ts'
import type { Percentiles } from '../../src/stress/histogram.ts'
import type { Live } from '../../src/stress/recorder.ts'
import type { StressResult } from '../../src/stress/result.ts'

const percentileView: View = {
  columns: [
    text('ms'),
    number('p50'),
    number('p90'),
    number('p95'),
    number('p99'),
    number('p999'),
    number('max'),
    number('mean'),
  ],
  id: 'ms',
  empty: '',
}
const figureView: View = { columns: [text('figure'), number('value')], id: 'figure', empty: '' }
const checkView: View = {
  columns: [text('check'), sign('ok', { null: { text: '–', colour: 'dim' } }), sentence('finding')],
  id: 'check',
  empty: '',
}
const errorView: View = { columns: [text('code'), number('count'), text('message')], id: 'code', empty: '' }

/** The result as data; for people, its percentiles and figures as tables of their own. */
export const stressView: View<StressResult> = {
  columns: [
    text('mode'),
    number('pool_size'),
    number('max_overflow'),
    number('workers'),
    number('ok'),
    number('failed'),
    number('timeouts'),
    data('errors'),
    number('seconds'),
    number('throughput'),
    data('acquire_ms'),
    data('execute_ms'),
    data('total_ms'),
    data('connections'),
    number('queue_peak'),
    data('fairness'),
    data('loop'),
    data('late_ms'),
    number('dropped'),
    data('event_loop_ms'),
    data('cold_start_ms'),
    data('threads'),
    data('client_cpu'),
    data('validity'),
    data('partial'),
  ],
  id: 'mode',
  empty: '',
  sections: sectionsOf,
}

function sectionsOf({
  acquire_ms,
  execute_ms,
  total_ms,
  late_ms,
  loop,
  connections,
  fairness,
  event_loop_ms,
  cold_start_ms,
  validity,
  errors,
}: StressResult): Section[] {
  const workers: [string, number][] = [
    ['operations of the slowest worker', fairness.min_ops],
    ['operations of the fastest worker', fairness.max_ops],
    ["fairness (Jain's index, 1 is even)", fairness.jain],
  ]
  const values: [string, number | null][] = [
    ['connections opened', connections.opened],
    ['connections closed', connections.closed],
    ['connections at most', connections.peak],
    ...(loop === 'open' ? [] : workers),
    ['event loop late, p99 ms', event_loop_ms.p99],
    ['cold start, ms', cold_start_ms],
  ]
  return [
    section(percentileView, [
      rowOf('acquire', acquire_ms),
      rowOf('execute', execute_ms),
      rowOf('total', total_ms),
      ...(loop === 'open' ? [rowOf('late', late_ms)] : []),
    ]),
    section(
      figureView,
      values.map(([figure, value]) => ({ figure, value })),
    ),
    section(checkView, validity.checks),
    section(errorView, errors),
  ]
}

/** Two decimals: whoever wants microseconds takes the data. */
function rowOf(name: string, percentiles: Percentiles): Row {
  return {
    ms: name,
    ...Object.fromEntries(
      Object.entries(percentiles).map(([at, ms]: [string, number | null]) => [at, ms?.toFixed(2) ?? null]),
    ),
  }
}

/** Where nobody looks at a terminal, a line so often is enough. */
const secondsBetweenLines = 5

/** On a terminal one line that changes, a few times a second; elsewhere a line every five seconds. */
export function liveView(out: Output, terminal: boolean): { show: (live: Live) => void; clear: () => void } {
  const progress = out.progress()
  let next = secondsBetweenLines
  return {
    show: (live) => {
      if (terminal) progress.show(() => inWords(live))
      else if (live.seconds >= next) {
        next += secondsBetweenLines
        out.note(inWords(live))
      }
    },
    clear: () => progress.clear(),
  }
}

/** It fits 80 columns as long as the numbers are of a usual size. */
function inWords({ seconds, perSecond, waitMs, inUse, idle, waiting, failed }: Live): string {
  const wait = waitMs === null ? 'nobody served' : `wait ${waitMs < 10 ? waitMs.toFixed(1) : Math.round(waitMs)} ms`
  return `${seconds.toFixed(0)} s  ${Math.round(perSecond)}/s  ${wait}  ${inUse} in use, ${idle} idle, ${waiting} waiting  ${failed} failed`
}
