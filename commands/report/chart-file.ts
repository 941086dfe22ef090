import type { Context } from '../../src/context/context.ts'
import { InvalidValue } from '../../src/errors.ts'
import type { View } from '../../src/output/view.ts'
import type { Chart } from '../../src/reports/report.ts'
import type { Chart as LineChart } from '../../src/stress/chart.ts'
import { quoteValue } from '../../src/values.ts'
import { isPersonal } from '../kit/personal.ts'
import type { Bar } from './bar-chart.ts'

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
  else ctx.out.notice(`no rows, so no chart was written to ${path}`)
}

/** More bars cannot be read; the table has all rows. */
const mostBars = 100

async function textOf(ctx: Context, kind: ChartFile['kind'], contents: ChartContents): Promise<string> {
  const { chart, view, title } = contents
  const rows = contents.rows as readonly Row[]
  const drawn = chart.kind === 'bars' ? rows.slice(0, mostBars) : rows
  const part = drawn.length < rows.length ? `, the first ${mostBars} of ${rows.length} rows` : ''
  if (part !== '') ctx.out.notice(`the chart has ${part.slice(2)}`)
  const units = [chart.column, chart.label].flatMap((name) => ctx.out.units.ofColumn(view, name) ?? [])
  const caption = `${[chart.column, ...units].join(', ')}${part}`
  const drawing = drawingOf(ctx, { ...contents, rows: drawn })
  if (kind === 'svg') return svgOf(`${title} ${caption}`, drawing)
  const { chartPage } = await import('./chart-page.ts')
  return chartPage({
    title,
    caption,
    drawing,
    date: ctx.out.units.time(ctx.io.now()),
    commandLine: ctx.commandLine(),
    columns: view.columns.map(({ name }) => [name, ctx.out.units.ofColumn(view, name) ?? ''].join(' ').trim()),
    rows: drawn.map((row) => view.columns.map(({ name }) => ctx.out.units.cell(row[name]))),
  })
}

/** The bars, or the line, of the rows. */
function drawingOf({ out }: Context, { chart, rows, title }: ChartContents): readonly Bar[] | LineChart {
  const bars = (rows as readonly Row[]).map((row) => ({
    name: out.units.cell(row[chart.label]),
    value: Number(row[chart.column] ?? 0),
    text: out.units.cell(row[chart.column]),
  }))
  if (chart.kind === 'bars') return bars
  const labels = bars.map(({ name }) => name)
  const x = { name: chart.label, unit: '', labels, values: labels.map((_label, place) => place) }
  return { title, unit: '', x, lines: [{ name: chart.column, values: bars.map(({ value }) => value) }] }
}

async function svgOf(title: string, drawing: readonly Bar[] | LineChart): Promise<string> {
  if (!('lines' in drawing)) return (await import('./bar-chart.ts')).barChart(title, drawing)
  const { svgFile } = await import('../../src/stress/svg-chart.ts')
  return svgFile([{ ...drawing, title }])
}
