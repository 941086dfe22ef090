import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { logEntities, selectLogs, type LogEntity } from '../../src/shop/logs.ts'
import { parseId } from '../../src/shop/rules.ts'
import { eachOf } from '../../src/shop/select.ts'
import { parseChoice } from '../../src/values.ts'
import { defaultLimit, paged, value, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { clockOf, type PeriodFlags, periodOf, withPeriod } from '../kit/period.ts'
import { withView } from '../kit/command.ts'
import { logView } from '../kit/views.ts'

export interface ListLogsOptions extends PageFlags, PeriodFlags {
  readonly entity?: LogEntity
  readonly id?: number
  readonly by?: string
}

export function logsList(logs: Command, ctx: Context, run = showLogs): void {
  const list = paged(withView(logs.command('list'), logView).description('List the changes of the shop, newest first'))
  withPeriod(list, 'changes')
    .option('--entity <kind>', `only changes of: ${logEntities.join(', ')}`, value(parseChoice(logEntities)))
    .option('--id <id>', 'only changes of the user, product, order … with this id', value(parseId))
    .option('--by <name>', 'only changes by this operating-system user')
    .addHelpText('after', examples('dbtool logs list --since 1d', 'dbtool logs list --entity orders --id 1'))
    .action((options: ListLogsOptions) => run(ctx, options))
}

export async function showLogs(ctx: Context, options: ListLogsOptions): Promise<void> {
  const { entity, id, by, limit, offset } = options
  const filter = { entity, entityId: id, osUser: by, ...periodOf(options, clockOf(ctx)) }
  await showList(ctx, logView, { limit, defaultRows: defaultLimit, offset, filter }, (rows, write) =>
    ctx.shop((db) => eachOf(db, selectLogs(filter, { limit: rows, offset }), write)),
  )
}
