import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { text, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [text('profile'), text('file'), text('target'), text('protected'), text('read_only'), text('used')],
  id: 'profile',
  empty:
    'There are no profiles; they are written into .dbtool.json, here or in a folder above, or into ~/.config/dbtool/config.json.',
}

export function configProfiles(config: Command, ctx: Context, run = listProfiles): void {
  withView(config.command('profiles'), view)
    .description('The profiles there are, where they lead, and which of them is used')
    .addHelpText('after', examples('dbtool config profiles', 'dbtool config profiles --json'))
    .action(() => run(ctx))
}

/** Also where the configuration is wrong: it is then that somebody looks. */
export async function listProfiles(ctx: Context): Promise<void> {
  const { summarizeProfiles } = await import('../../src/config/profile-list.ts')
  const { profile } = await ctx.inspection()
  const { profiles, faults } = summarizeProfiles(ctx.io, profile)
  ctx.out.list(view, profiles)
  for (const { sentence, fix } of faults) ctx.out.warn(`${sentence}; ${fix}`)
}
