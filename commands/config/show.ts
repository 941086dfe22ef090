import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { text, type View } from '../../src/output/view.ts'
import { examples } from '../help.ts'
import { shows } from '../shown.ts'

const view: View = { columns: [text('name'), text('value'), text('origin')], id: 'name', empty: '' }

export function configShow(config: Command, ctx: Context, run = show): void {
  shows(config.command('show'), view)
    .description('Every setting, its value (secrets are stars) and where it comes from')
    .addHelpText('after', examples('dbtool config show'))
    .action(() => run(ctx))
}

export async function show(ctx: Context): Promise<void> {
  ctx.out.list(view, (await ctx.config()).entries)
}
