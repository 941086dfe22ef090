import { escaped, lineChart } from './line-chart.ts'
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

export interface About {
  /** ISO 8601. */
  readonly date: string
  readonly command: string
  readonly server: string
  readonly versions: Readonly<Record<string, string>>
}

/** The series over time, a line for each stretch. */
export function csvOf({ over_time }: StressReport): string {
  const [first] = over_time
  if (first === undefined) return ''
  const names = Object.keys(first) as (keyof Stretch)[]
  return `${[names.join(','), ...over_time.map((stretch) => names.map((name) => stretch[name] ?? '').join(','))].join('\n')}\n`
}

/** One file that loads nothing, for a phone as for a screen, in light and dark. */
export function htmlOf(report: StressReport): string {
  const { result, over_time, distribution, about } = report
  const title = `Load on a pool of ${result.pool_size} + ${result.max_overflow}`
  const seconds = over_time.map(({ second }) => `${second} s`)
  const column = (name: keyof Stretch): (number | null)[] => over_time.map((stretch) => stretch[name])
  const charts = [
    lineChart({ title: 'Successful iterations', unit: '/ s', places: seconds, lines: [{ name: 'throughput', values: column('throughput') }] }),
    lineChart({ title: 'Waiting for a connection', unit: 'ms', places: seconds, lines: [{ name: 'longest', values: column('wait_max_ms') }, { name: 'mean', values: column('wait_mean_ms') }] }),
    lineChart({ title: 'The pool', unit: '', places: seconds, lines: [{ name: 'in use', values: column('in_use') }, { name: 'idle', values: column('idle') }, { name: 'waiting', values: column('waiting') }] }),
    lineChart({
      title: 'How long it took, from the fastest to the slowest', unit: 'ms', places: distribution.percentiles.map((at) => `p${at}`),
      lines: [{ name: 'total', values: distribution.total_ms }, { name: 'execute', values: distribution.execute_ms }, { name: 'acquire', values: distribution.acquire_ms }],
    }),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>
<style>${style}</style></head>
<body><main>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(about.date)} · ${escaped(about.server)}<br><code>${escaped(about.command)}</code></p>
<p class="verdict ${result.validity.verdict === 'valid' ? 'good' : 'bad'}">${result.validity.verdict === 'valid' ? 'This measurement can be relied on.' : `Do not rely on this measurement: ${escaped(result.validity.verdict)}.`}</p>
${charts.join('\n')}
${table('Figures', figuresOf(result))}
${table('Can it be relied on?', result.validity.checks.map(({ check, ok, finding }) => [check, ok === null ? '–' : ok ? 'yes' : 'no', finding]))}
${result.errors.length === 0 ? '' : table('Errors', result.errors.map(({ code, count, message }) => [code, String(count), message]))}
${table('Versions', Object.entries(about.versions))}
</main></body></html>
`
}

function figuresOf(result: StressResult): string[][] {
  const { mode, loop, workers, ok, failed, timeouts, dropped, seconds, throughput, queue_peak, fairness, connections, cold_start_ms } = result
  const times = (['acquire_ms', 'execute_ms', 'total_ms'] as const).map((name) => [name, Object.entries(result[name]).map(([at, ms]) => `${at} ${ms === null ? '–' : String(ms)}`).join(' · ')])
  return [
    ['pool', `${mode}, ${connections.opened} connections opened, ${connections.closed} closed, ${connections.peak} at most`],
    ['load', loop === 'closed' ? `closed loop, ${workers} workers` : `open loop, ${dropped} dropped`],
    ['iterations', `${ok} ok, ${failed} failed, ${timeouts} of them timed out, in ${seconds} s`],
    ['throughput', `${throughput} / s`], ...times,
    ['longest queue', String(queue_peak)], ["fairness (Jain's index)", String(fairness.jain)], ['cold start', `${cold_start_ms} ms`],
  ]
}

function table(caption: string, rows: readonly (readonly string[])[]): string {
  return `<table><caption>${escaped(caption)}</caption>${rows.map(([head = '', ...cells]) => `<tr><th scope="row">${escaped(head)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}</table>`
}

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --paper: #fff; --grid: #d1d9e0; --a: #0969da; --b: #bc4c00; --c: #1a7f37 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --paper: #0d1117; --grid: #30363d; --a: #58a6ff; --b: #f0883e; --c: #3fb950 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem } .quiet { color: var(--quiet) } code { overflow-wrap: anywhere }
.verdict { border-left: .3rem solid; padding: .3rem .8rem } .good { border-color: var(--c) } .bad { border-color: var(--b) }
figure { margin: 1.5rem 0 } figcaption, caption { font-weight: 600; text-align: left } figcaption span { font-weight: 400; white-space: nowrap; margin-left: .6rem }
svg { width: 100%; height: auto; display: block } svg.key { display: inline-block; width: 24px; height: 8px }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet) } path { fill: none; stroke-width: 2 } .grid { stroke: var(--grid) }
.line0 { stroke: var(--a) } .line1 { stroke: var(--b) } .line2 { stroke: var(--c) }
table { border-collapse: collapse; width: 100%; margin: 1.5rem 0 } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--grid); font-weight: 400; overflow-wrap: anywhere } th { color: var(--quiet); white-space: nowrap }
`
