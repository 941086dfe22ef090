import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { reports } from '../../src/reports/catalog.ts'
import { runReport, type Parameters, type Report } from '../../src/reports/report.ts'
import { parseChoice } from '../../src/values.ts'
import { limitFlag, past, value } from '../flags.ts'
import { examples } from '../help.ts'
import { showList } from '../list.ts'

export interface ReportOptions extends Omit<Parameters, 'limit'> {
  /** Undefined: not given. */
  readonly limit: number | undefined
}

/** Every report of the catalog is a verb. */
export function reportVerbs(noun: Command, ctx: Context, run = show): void {
  for (const report of reports) {
    const [first] = report.choices
    const verb = noun
      .command(report.name)
      .description(report.question)
      .option('--since <time>', 'orders from then on: a time, or an age such as 30d', past)
      .option('--until <time>', 'orders before then', past)
      .addOption(limitFlag(report.defaultLimit))
    if (first !== undefined) verb.option('--by <what>', report.choices.join(' or '), value(parseChoice(report.choices)), first)
    verb.addHelpText('after', examples(`dbtool report ${report.name} --since 30d`)).action((options: ReportOptions) => run(ctx, report, options))
  }
}

export async function show(ctx: Context, report: Report, { since, until, limit, by }: ReportOptions): Promise<void> {
  await showList(ctx, viewOf(report), { limit, unasked: report.defaultLimit }, (rows) => ctx.shop((db) => runReport(db, report, { since, until, limit: rows, by })))
}

function viewOf({ columns }: Report): View {
  return { columns: columns.map(({ name, kind }) => (kind === 'number' ? number(name) : text(name))), id: columns[0]?.name ?? '', empty: 'No orders in this period.' }
}
