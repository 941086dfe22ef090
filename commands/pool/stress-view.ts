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
import type { JudgedResult } from '../../src/stress/judged.ts'
import { comparedTexts, measuredText } from '../../src/stress/threshold.ts'

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
  spare: ['p999', 'p90', 'mean'],
  id: 'ms',
}
const figureView: View = { columns: [text('figure'), number('value')], id: 'figure' }
const checkView: View = {
  columns: [text('check'), sign('ok', { null: { text: '–', colour: 'dim' } }), sentence('finding')],
  id: 'check',
}
const errorView: View = { columns: [text('code'), number('count'), sentence('message')], id: 'code' }

const verdictSigns = { true: { text: '✔', colour: 'green' }, false: { text: '✖', colour: 'red' } } as const
const thresholdView: View = {
  columns: [sign('ok', verdictSigns), text('threshold'), number('measured')],
  id: 'threshold',
}
const comparisonView: View = {
  columns: [sign('ok', verdictSigns), text('metric'), number('baseline'), number('measured'), number('change')],
  id: 'metric',
}

const statementView: View = {
  columns: [
    text('statement'),
    number('ok'),
    number('failed'),
    number('throughput'),
    number('p50_ms'),
    number('p99_ms'),
  ],
  spare: ['p50_ms', 'ok'],
  id: 'statement',
}

const hostView: View = { columns: [text('host'), number('ok'), number('failed')], id: 'host' }
const failoverView: View = {
  columns: [number('second'), text('from'), text('to'), text('reason')],
  id: 'second',
}

/** The result as data; for people, percentiles, figures, checks and errors are separate tables. */
export const stressView: View<JudgedResult> = {
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
    data('statements'),
    data('hosts'),
    data('failovers'),
    data('thresholds'),
    data('comparison'),
  ],
  id: 'mode',
  sections: sectionsOf,
}

function sectionsOf(result: JudgedResult): Section[] {
  return [
    ...verdictSections(result),
    section(percentileView, percentileRows(result)),
    section(statementView, statementRows(result)),
    section(figureView, figureRows(result)),
    section(checkView, result.validity.checks),
    section(errorView, result.errors),
    section(hostView, result.hosts),
    section(failoverView, result.failovers),
  ]
}

/** The thresholds and the comparison with the baseline, above all other figures. */
function verdictSections({ thresholds, comparison }: JudgedResult): Section[] {
  const judged = thresholds.map((threshold) => ({ ...threshold, measured: measuredText(threshold) }))
  const compared = comparison.map((value) => ({ ...value, ...comparedTexts(value) }))
  return [
    { ...section(thresholdView, judged), first: true },
    { ...section(comparisonView, compared), first: true },
  ]
}

function percentileRows({ acquire_ms, execute_ms, total_ms, late_ms, loop }: JudgedResult): Row[] {
  return [
    rowOf('acquire', acquire_ms),
    rowOf('execute', execute_ms),
    rowOf('total', total_ms),
    ...(loop === 'open' ? [rowOf('late', late_ms)] : []),
  ]
}

function statementRows({ statements }: JudgedResult): Row[] {
  return statements.map(({ statement, ok, failed, throughput, execute_ms: { p50, p99 } }) => ({
    statement,
    ok,
    failed,
    throughput,
    p50_ms: p50?.toFixed(2) ?? null,
    p99_ms: p99?.toFixed(2) ?? null,
  }))
}

function figureRows({ loop, connections, fairness, event_loop_ms, cold_start_ms }: JudgedResult): Row[] {
  const workers: [string, number][] = [
    ['iterations of the slowest worker', fairness.min_ops],
    ['iterations of the fastest worker', fairness.max_ops],
    ["fairness (Jain's index, 1 is even)", fairness.jain],
  ]
  const values: [string, number | null][] = [
    ['connections opened', connections.opened],
    ['connections closed', connections.closed],
    ['peak connections', connections.peak],
    ...(loop === 'open' ? [] : workers),
    ['event loop delay, p99 ms', event_loop_ms.p99],
    ['cold start, ms', cold_start_ms],
  ]
  return values.map(([figure, value]) => ({ figure, value }))
}

/** Rounds to two decimals; the data formats have microseconds. */
function rowOf(name: string, percentiles: Percentiles): Row {
  return {
    ms: name,
    ...Object.fromEntries(
      Object.entries(percentiles).map(([at, ms]: [string, number | null]) => [at, ms?.toFixed(2) ?? null]),
    ),
  }
}

/** The interval between two lines of progress without a terminal. */
const secondsBetweenLines = 5

/** On a terminal, one line that is redrawn four times per second; elsewhere, a line every five seconds. */
export function liveView(out: Output, terminal: boolean): { show: (live: Live) => void; clear: () => void } {
  const progress = out.progress()
  let next = secondsBetweenLines
  return {
    show: (live) => {
      if (terminal) progress.show(() => liveLine(live))
      else if (live.seconds >= next) {
        next += secondsBetweenLines
        out.note(liveLine(live))
      }
    },
    clear: () => progress.clear(),
  }
}

/** Fits 80 columns for numbers of the usual size. */
function liveLine({ seconds, perSecond, waitMs, inUse, idle, waiting, failed }: Live): string {
  const wait = waitMs === null ? 'wait –' : `wait ${waitMs < 10 ? waitMs.toFixed(1) : Math.round(waitMs)} ms`
  const connections = `${inUse} in use, ${idle} idle, ${waiting} waiting`
  return `${seconds.toFixed(0)} s  ${Math.round(perSecond)}/s  ${wait}  ${connections}  ${failed} failed`
}
