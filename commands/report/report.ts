import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { reports } from '../../src/reports/catalog.ts'
import type { Asked, Report } from '../../src/reports/report.ts'
import { limitFlag, limitOnTerminal, type PeriodFlags, periodOf, withDefault, withPeriod } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { withView } from '../kit/command.ts'

export interface ReportOptions
  extends Omit<Asked, 'limit' | 'now' | 'since' | 'until'>, PeriodFlags, Record<string, unknown> {
  /** Undefined: not given. */
  readonly limit: number | undefined
  readonly chart?: true
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
    if (report.chart !== undefined) verb.option('--chart', 'draw a chart beside the figures, in a table')
    verb
      .addHelpText('after', examples(...report.examples.map((flags) => `dbtool report ${report.name} ${flags}`)))
      .action((options: ReportOptions) => run(ctx, report, options))
  }
}

export async function show(ctx: Context, report: Report, options: ReportOptions): Promise<void> {
  const { rows: defaultRows = 0, isRanking } = report
  const now = ctx.io.now()
  await showList(ctx, viewOf(report, options), { limit: options.limit, defaultRows, isRanking }, (limit, write) =>
    ctx.shop((db) => report.answer(db, { ...options, ...periodOf(options), limit, now }, write)),
  )
}

function viewOf(report: Report, options: ReportOptions): View {
  const { columns, empty } = report
  return {
    columns: columns.map(({ name, kind }) => (kind === 'number' ? number(name) : text(name))),
    id: columns[0]?.name ?? '',
    empty,
    chart: options.chart === true ? report.chart?.(options) : undefined,
  }
}
