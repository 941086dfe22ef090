import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { logEntities, selectLogs, type LogEntity } from '../../src/shop/logs.ts'
import { parseId } from '../../src/shop/rules.ts'
import { eachOf } from '../../src/shop/select.ts'
import { parseChoice } from '../../src/values.ts'
import { defaultLimit, paged, past, value, type PageFlags } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { showList } from '../kit/list.ts'
import { withView } from '../kit/command.ts'
import { logView } from '../kit/views.ts'

export interface ListLogsOptions extends PageFlags {
  readonly entity?: LogEntity
  readonly id?: number
  readonly by?: string
  readonly since?: Date
  readonly until?: Date
}

export function logsList(logs: Command, ctx: Context, run = showLogs): void {
  paged(withView(logs.command('list'), logView).description('List the changes of the shop, newest first'))
    .option('--entity <kind>', `only changes of: ${logEntities.join(', ')}`, value(parseChoice(logEntities)))
    .option('--id <id>', 'only changes of the user, product, order … with this id', value(parseId))
    .option('--by <name>', 'only changes by this operating-system user')
    .option('--since <time>', 'changes at or after a time, or an age such as 30d', past)
    .option('--until <time>', 'changes before a time, or an age such as 30d', past)
    .addHelpText('after', examples('dbtool logs list --since 1d', 'dbtool logs list --entity orders --id 1'))
    .action((options: ListLogsOptions) => run(ctx, options))
}

export async function showLogs(
  ctx: Context,
  { entity, id, by, since, until, limit, offset }: ListLogsOptions,
): Promise<void> {
  const filter = { entity, entityId: id, osUser: by, since, until }
  await showList(ctx, logView, { limit, defaultRows: defaultLimit, offset, filter }, (rows, write) =>
    ctx.shop((db) => eachOf(db, selectLogs(filter, { limit: rows, offset }), write)),
  )
}
