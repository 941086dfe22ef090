import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { below, sentence, sign, text, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = { columns: [text('name'), text('value'), text('origin')], id: 'name', empty: '' }
const used = { true: { text: '✔', colour: 'green' }, false: { text: '–', colour: 'dim' } } as const
const statementView: View = {
  ...view,
  columns: [text('name'), sign('used', used), text('value'), sentence('origin'), below('hidden_by')],
}

export interface ShowOptions {
  readonly origin?: boolean
}

export function configShow(config: Command, ctx: Context, run = show): void {
  withView<ShowOptions>(config.command('show'), ({ origin }) => (origin === true ? statementView : view))
    .description('Every setting, its value (secrets are stars) and where it comes from')
    .option('--origin', 'all places that say something of it, the one that counts first; then what it hides')
    .addHelpText(
      'after',
      examples('dbtool config show', 'dbtool config show --origin', 'dbtool config show --profile staging --json'),
    )
    .action((options: ShowOptions) => run(ctx, options))
}

export async function show(ctx: Context, { origin = false }: ShowOptions): Promise<void> {
  const { entries } = await ctx.config()
  if (origin) ctx.out.list(statementView, (await ctx.inspection()).statements)
  else ctx.out.list(view, entries)
}
