import type { Context } from '../../src/context/context.ts'
import { InvalidValue } from '../../src/errors.ts'
import type { View } from '../../src/output/view.ts'
import type { Chart } from '../../src/reports/report.ts'
import { quoteValue } from '../../src/values.ts'
import { isPersonal } from '../kit/personal.ts'

/** A file for a chart, and its format by its ending. */
export interface ChartFile {
  readonly path: string
  readonly kind: 'svg' | 'html'
}

export function parseChartFile(path: string): ChartFile {
  const kind = (['svg', 'html'] as const).find((ending) => path.toLowerCase().endsWith(`.${ending}`))
  if (kind === undefined)
    throw new InvalidValue(`must be a file such as chart.svg or chart.html, not ${quoteValue(path)}`)
  return { path, kind }
}

type Row = Readonly<Record<string, unknown>>

export interface ChartContents {
  readonly title: string
  readonly chart: Chart
  readonly view: View
  readonly rows: readonly object[]
}

/**
 * Calls `work` with the file open, so that one that cannot be written rejects with USAGE before the report. `work`
 * resolves to the contents; without rows, no file is written.
 */
export async function withChartFile(
  ctx: Context,
  { path, kind }: ChartFile,
  view: View,
  work: () => Promise<ChartContents>,
): Promise<void> {
  const { OutputFile } = await import('../../src/output/file.ts')
  const mode = ctx.fileMode ?? (isPersonal(view) ? 0o600 : undefined)
  const request = { path, cwd: ctx.io.cwd, force: ctx.force, flag: '--chart-out', mode }
  const file = await OutputFile.open(request)
  let isWhole = false
  try {
    const contents = await work()
    if (contents.rows.length > 0) {
      file.write(await textOf(ctx, kind, contents))
      isWhole = true
    }
  } finally {
    await file.close({ isWhole, rows: undefined })
  }
  if (isWhole) ctx.out.note(`chart written to ${path}`)
}

/** More bars cannot be read; the table has all rows. */
const mostBars = 100

async function textOf(ctx: Context, kind: ChartFile['kind'], contents: ChartContents): Promise<string> {
  const { chart, view } = contents
  const rows = contents.rows as readonly Row[]
  const drawn = chart.kind === 'bars' ? rows.slice(0, mostBars) : rows
  const part = drawn.length < rows.length ? `, the first ${mostBars} of ${rows.length} rows` : ''
  if (part !== '') ctx.out.notice(`the chart has ${part.slice(2)}`)
  const units = [chart.column, chart.label].flatMap((name) => ctx.out.unitOf(view, name) ?? [])
  const title = `${contents.title} ${[chart.column, ...units].join(', ')}${part}`
  const svg = await svgOf(ctx, title, { ...contents, rows: drawn })
  return kind === 'svg' ? svg : pageOf(ctx, { title: contents.title, svg, view, rows: drawn })
}

async function svgOf({ out }: Context, title: string, { chart, rows }: ChartContents): Promise<string> {
  const labelled = (rows as readonly Row[]).map((row) => ({
    name: out.cellText(row[chart.label]),
    value: Number(row[chart.column] ?? 0),
    text: out.cellText(row[chart.column]),
  }))
  if (chart.kind === 'bars') return (await import('./bar-chart.ts')).barChart(title, labelled)
  const { svgFile } = await import('../../src/stress/svg-chart.ts')
  const labels = labelled.map(({ name }) => name)
  const x = { name: chart.label, unit: '', labels, values: labels.map((_label, place) => place) }
  const lines = [{ name: chart.column, values: labelled.map(({ value }) => value) }]
  return svgFile([{ title, unit: '', x, lines }])
}

interface PageParts {
  readonly title: string
  readonly svg: string
  readonly view: View
  readonly rows: readonly Row[]
}

/** A self-contained page: the chart, its figures as a table, and the command line. */
async function pageOf(ctx: Context, { title, svg, view, rows }: PageParts): Promise<string> {
  const [{ chartColours }, { escapeHtml }, { tableOf }] = await Promise.all([
    import('../../src/stress/svg-chart.ts'),
    import('../../src/stress/chart.ts'),
    import('../../src/stress/page.ts'),
  ])
  const names = view.columns.map(({ name }) => [name, ctx.out.unitOf(view, name) ?? ''].join(' ').trim())
  const cells = rows.map((row) => view.columns.map(({ name }) => ctx.out.cellText(row[name])))
  const drawing = svg.replace(/ width="\d+" height="\d+"/, '')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${chartColours}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem } .quiet { color: var(--quiet) } code { overflow-wrap: anywhere }
svg { width: 100%; height: auto; display: block; margin: 1rem 0 }
table { border-collapse: collapse; width: 100% } caption { font-weight: 600; text-align: left }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--grid) }
th { color: var(--quiet); font-weight: 400 } td { font-variant-numeric: tabular-nums }
</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(ctx.out.time(ctx.io.now()))}<br><code>${escapeHtml(ctx.commandLine())}</code></p>
${drawing}
${tableOf('Figures', cells, names)}
</main></body></html>
`
}
