import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, time, type View } from '../../src/output/view.ts'
import { counted } from '../../src/in-words.ts'
import { parseAge } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'

const view: View = { columns: [number('rows_deleted'), time('before')], id: 'rows_deleted' }

export interface PurgeLogsOptions {
  /** In milliseconds. */
  readonly olderThan?: number
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function logsPurge(logs: Command, ctx: Context, run = purge): void {
  withView(logs.command('purge'), view)
    .description('Delete old rows of the audit log; asks first')
    .option('--older-than <duration>', 'age of the rows to delete, such as 365d', value(parseAge))
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'count the rows, and delete none')
    .addHelpText('after', examples('dbtool logs purge --older-than 365d --dry-run'))
    .action((options: PurgeLogsOptions) => run(ctx, options))
}

export async function purge(ctx: Context, { olderThan, yes = false, dryRun = false }: PurgeLogsOptions): Promise<void> {
  const { countLogs, purgeLogs } = await import('../../src/shop/logs.ts')
  const message = 'Age of the rows to delete (such as 365d)'
  const { age } = await ctx.ask.resolve({
    age: { given: olderThan, flag: '--older-than', message, parse: parseAge },
  })
  const before = new Date(ctx.io.now().getTime() - age)
  await ctx.shop(
    async (db) => {
      const found = await countLogs(db, before)
      const rows = `${counted(found, 'log row')} from before ${ctx.out.units.time(before)}`
      if (found > 0 && !dryRun) await ctx.ask.confirm({ message: `Delete ${rows}?`, yes })
      const deleted = dryRun ? found : await db.transaction((tx) => purgeLogs(tx, ctx.author(), before))
      ctx.out.itemForScripts(view, { rows_deleted: deleted, before })
      if (found === 0)
        ctx.out.note(`there are no log rows from before ${ctx.out.units.time(before)}; nothing was changed`)
      else
        ctx.out.success(
          dryRun ? `${rows} would be deleted; nothing was changed` : `deleted ${counted(deleted, 'log row')}`,
        )
    },
    { dryRun },
  )
}
