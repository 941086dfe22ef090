import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { text, type View, whole } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [text('profile'), whole('file'), whole('target'), text('protected'), text('read_only'), text('used')],
  id: 'profile',
  empty:
    'There are no profiles. Define them in .dbtool.json, here or in a folder above, ' +
    'or in ~/.config/dbtool/config.json.',
}

export function configProfiles(config: Command, ctx: Context, run = listProfiles): void {
  withView(config.command('profiles'), view)
    .description('List the profiles, their targets, and the profile in use')
    .addHelpText('after', examples('dbtool config profiles', 'dbtool config profiles --json'))
    .action(() => run(ctx))
}

/** Lists the profiles even if the configuration is invalid, because that is when a user needs the list. */
export async function listProfiles(ctx: Context): Promise<void> {
  const { summarizeProfiles } = await import('../../src/config/profile-list.ts')
  const { profile, ignored } = await ctx.inspection()
  const { profiles, faults } = summarizeProfiles(ctx.io, profile)
  ctx.out.list(view, profiles)
  const stopping = ignored.filter(({ stops }) => stops)
  for (const { sentence, fix } of [...faults, ...stopping]) ctx.out.warn(`${sentence}; ${fix}`)
}
