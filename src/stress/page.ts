import { browserFiles, sourceOf } from './browser-files.ts'
import { type Chart, escapeHtml } from './chart.ts'
import { pageStyle } from './page-style.ts'
import { legend, svgChart } from './svg-chart.ts'

/** The conditions of a measurement: date, command, server, machine, settings and versions. */
export interface About {
  /** ISO 8601. */
  readonly date: string
  readonly command: string
  readonly server: string
  /** The settings of the run, by their captions. */
  readonly settings: Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, string>>
  /** The machine of dbtool. */
  readonly machine: Readonly<Record<string, string>>
  /** The settings of the server that matter for a load. */
  readonly server_settings: Readonly<Record<string, string>>
}

interface Page {
  readonly title: string
  readonly about: About
  /** Whether the measurement is reliable, in a sentence. */
  readonly verdict: { readonly good: boolean; readonly sentence: string }
  /** HTML or charts, between the verdict and the settings. */
  readonly body: readonly (string | readonly Chart[])[]
}

/**
 * A self-contained HTML page that suits phones and large screens, in light and dark mode. Its policy allows its own
 * scripts and styles only, and no request. Without scripts, the charts are pictures.
 */
export function pageOf({ title, about, verdict: { good, sentence }, body }: Page): string {
  const { library, libraryStyle, script } = browserFiles()
  const style = `${libraryStyle}\n${pageStyle}`
  const policy = `default-src 'none'; style-src ${sourceOf(style)}; script-src ${sourceOf(library)} ${sourceOf(script)}`
  const charts = body.flatMap((part) => (typeof part === 'string' ? [] : part))
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(about.date)} · ${escapeHtml(about.server)}</p>
<div class="command"><code id="command">${textOf(about.command)}</code>
<button type="button" class="copy" data-copies="command" hidden>Copy</button></div>
<p class="verdict ${good ? 'good' : 'bad'}">${textOf(sentence)}</p>
${body.map((part) => (typeof part === 'string' ? part : chartGroup(part))).join('\n')}
<h2>Conditions</h2>
<div class="tables">
${tableOf('Settings', Object.entries(about.settings))}
${tableOf('Versions', Object.entries(about.versions))}
${tableOf('Machine of dbtool', Object.entries(about.machine))}
${tableOf('Settings of the server', Object.entries(about.server_settings))}
</div>
</main>
<script type="application/json" id="charts">${embedded(charts)}</script>
<script>${library}</script>
<script>${script}</script>
</body></html>
`
}

function chartGroup(charts: readonly Chart[]): string {
  const drawn = charts.map((chart) => {
    const unit = chart.unit === '' ? '' : `<span class="unit">${escapeHtml(chart.unit)}</span>`
    const caption = `${escapeHtml(chart.title)} ${unit} ${legend(chart.lines)}`.trim()
    return `<figure class="chart"><figcaption>${caption}</figcaption>${svgChart(chart)}</figure>`
  })
  return `<div class="charts">
${drawn.join('\n')}
</div>
<p class="hint quiet" hidden>Drag across a chart to zoom in, and double-click to zoom out.</p>`
}

/** JSON that cannot end its script element. */
const embedded = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')

/** A text with its flags unbroken: browsers would end a line after `--`. */
export const textOf = (text: string): string =>
  escapeHtml(text).replace(/(?<![\w-])--?[a-z][\w-]*/gi, '<span class="flag">$&</span>')

/** A table; the first cell of each row is its heading. Empty without rows. */
export function tableOf(
  caption: string,
  rows: readonly (readonly string[])[],
  columns: readonly string[] = [],
): string {
  if (rows.length === 0) return ''
  // Numbers below a head are aligned; a value beside its name may be anything.
  const isAligned = (at: number): boolean => columns.length > 0 && rows.every((row) => number.test(row[at] ?? ''))
  const alignments = Array.from({ length: rows[0]?.length ?? 0 }, (_, at) => (isAligned(at) ? ['right'] : []))
  const heads = columns.map(
    (column, at) => `<th scope="col"${attribute(alignments[at])}>${breakable(escapeHtml(column))}</th>`,
  )
  const head = columns.length === 0 ? '' : `<tr>${heads.join('')}</tr>\n`
  const body = rows.map(([name = '', ...cells]) => {
    const attributes = (cell: string, at: number): string =>
      attribute([...classesOf(cell, at === 0 ? 'th' : 'td'), ...(alignments[at] ?? [])])
    const values = cells.map((cell, at) => `<td${attributes(cell, at + 1)}>${textOf(cell)}</td>`)
    const heading = breakable(escapeHtml(unbroken(name)))
    const missed = name.startsWith('✖') ? ' class="missed"' : ''
    return `<tr${missed}><th scope="row"${attributes(name, 0)}>${heading}</th>${values.join('')}</tr>`
  })
  return `<div class="table"><table><caption>${escapeHtml(caption)}</caption>${head}${body.join('\n')}</table></div>`
}

/** A sign stays on the line of its word. */
const unbroken = (name: string): string => name.replace(/^([✔✖–]) /, '$1\u00a0')

/** A name such as `innodb_flush_log_at_trx_commit` may be broken after its parts. */
const breakable = (name: string): string => name.replaceAll('_', '_<wbr>')

/** A longer word is broken when it is too wide for its column. Shorter ones are never broken. */
const longestWord = { th: 30, td: 20 } as const
/** A number with its unit, or none. */
export const number = /^[+−-]?\d[\d.,]*(?: ?(?:%|ms|s|\/ s))?$|^–$/

function classesOf(cell: string, element: keyof typeof longestWord): string[] {
  if (number.test(cell)) return ['number']
  return cell.split(/\s+/).some((word) => word.length > longestWord[element]) ? ['long'] : []
}

const attribute = (classes: readonly string[] = []): string =>
  classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
