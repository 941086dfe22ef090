import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { money, number, text, time, type View } from '../../src/output/view.ts'
import { reports } from '../../src/reports/catalog.ts'
import type { Asked, Chart, Report } from '../../src/reports/report.ts'
import { limitFlag, limitOnTerminal, value, withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { clockOf, type PeriodFlags, periodOf, withPeriod } from '../kit/period.ts'
import { FileOption, withView } from '../kit/command.ts'
import { type ChartFile, parseChartFile, withChartFile } from './chart-file.ts'

export interface ReportOptions
  extends Omit<Asked, 'limit' | 'now' | 'zone' | 'since' | 'until'>, PeriodFlags, Record<string, unknown> {
  /** Undefined: not given. */
  readonly limit: number | undefined
  readonly chart?: true
  readonly chartOut?: ChartFile
}

/** Declares a verb for each report of the catalog; its parameters are flags. */
export function reportVerbs(noun: Command, ctx: Context, run = show): void {
  for (const report of reports) {
    const verb = withView(noun.command(report.name), (options: ReportOptions) => viewOf(report, options)).description(
      report.question,
    )
    withPeriod(verb, report.period)
    if (report.rows !== undefined)
      verb.addOption(limitFlag(report.isRanking === true ? String(report.rows) : limitOnTerminal(report.rows)))
    for (const { flag, about, parse, typed, excludes } of Object.values(report.parameters))
      verb.addOption(withDefault(flag, about, parse, typed).conflicts(excludes === undefined ? [] : [excludes, 'from']))
    if (report.chart !== undefined)
      verb
        .option('--chart', 'draw a chart beside the figures, in a table')
        .addOption(
          new FileOption('--chart-out <file>', 'write a chart to a file .svg or .html').argParser(
            value(parseChartFile),
          ),
        )
    verb
      .addHelpText('after', examples(...report.examples.map((flags) => `dbtool report ${report.name} ${flags}`)))
      .action((options: ReportOptions) => run(ctx, report, options))
  }
}

export async function show(ctx: Context, report: Report, options: ReportOptions): Promise<void> {
  const { chartOut } = options
  const clock = clockOf(ctx)
  const asked = { ...options, ...periodOf(options, clock), ...clock, limit: options.limit ?? 0 }
  const chart = report.chart?.(options)
  const view = withNote(ctx, viewOf(report, options), chart)
  if (chartOut === undefined || chart === undefined) {
    await answer(ctx, report, { view, asked, options })
    return
  }
  await withChartFile(ctx, chartOut, view, async () => {
    const rows = await answer(ctx, report, { view, asked, options })
    return { title: report.question, chart, view, rows: report.fillGaps?.(rows, asked) ?? rows }
  })
}

interface Answer {
  readonly view: View
  readonly asked: Asked & Record<string, unknown>
  readonly options: ReportOptions
}

/** Shows the answer. Resolves to its rows if a chart needs them all. */
async function answer(ctx: Context, report: Report, { view, asked, options }: Answer): Promise<object[]> {
  const { rows: defaultRows = 0, isRanking } = report
  const { limit: given, chart, chartOut } = options
  const collected: object[] = []
  const onShown = chartOut === undefined ? undefined : (rows: readonly object[]): void => void collected.push(...rows)
  await showList(ctx, view, { limit: given, defaultRows, isRanking, onShown }, (limit, write) =>
    ctx.shop(async (db) => {
      if (report.fillGaps === undefined || chart !== true || !ctx.out.isForPeople)
        return report.answer(db, { ...asked, limit }, write)
      const all: object[] = []
      await report.answer(db, { ...asked, limit }, (rows) => {
        all.push(...rows)
        return Promise.resolve()
      })
      await write(report.fillGaps(all, { ...asked, limit }))
    }),
  )
  return collected
}

/** The view, with a note if a terminal is too narrow for its chart. */
function withNote({ out }: Context, view: View, chart: Chart | undefined): View {
  if (view.chart === undefined || chart === undefined) return view
  const fewer = `--fields ${chart.label},${chart.column}`
  const onOmitted = (): void => out.note(`the terminal is too narrow for the chart; fewer columns fit: ${fewer}`)
  return { ...view, chart: { ...view.chart, onOmitted } }
}

const columnOf = { text, number, money, time } as const

function viewOf(report: Report, options: ReportOptions): View {
  const { columns, spare } = report
  const { since, until, from, to } = options
  const hasPeriod = [since, until, from, to].some((time) => time !== undefined)
  return {
    columns: columns.map(({ name, kind }) => columnOf[kind](name)),
    id: columns[0]?.name ?? '',
    empty: report.empty(hasPeriod ? ' in this period' : '', options),
    spare,
    chart: options.chart === true ? report.chart?.(options) : undefined,
  }
}
