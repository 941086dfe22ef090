import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { below, orNone, sentence, sign, whole, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const value = orNone(whole('value'), 'not set')
const view: View = { columns: [whole('name'), value, sentence('origin')], id: 'name' }
const used = { true: { text: '✔', colour: 'green' }, false: { text: '–', colour: 'dim' } } as const
const originView: View = {
  ...view,
  columns: [whole('name'), sign('used', used), value, sentence('origin'), below('hidden_by')],
}

export interface ShowOptions {
  readonly origin?: boolean
}

export function configShow(config: Command, ctx: Context, run = show): void {
  withView<ShowOptions>(config.command('show'), ({ origin }) => (origin === true ? originView : view))
    .description('Show every setting, its value (secrets appear as stars) and its source')
    .option('--origin', 'show every source: the one in effect, then the hidden ones')
    .addHelpText(
      'after',
      examples('dbtool config show', 'dbtool config show --origin', 'dbtool config show --profile staging --json'),
    )
    .action((options: ShowOptions) => run(ctx, options))
}

export async function show(ctx: Context, { origin = false }: ShowOptions): Promise<void> {
  const { entries } = await ctx.config()
  if (origin) ctx.out.list(originView, (await ctx.inspection()).statements)
  else ctx.out.list(view, entries)
}
