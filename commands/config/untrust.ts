import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { trustView, whichFolder } from './trust.ts'

export function configUntrust(config: Command, ctx: Context, run = untrust): void {
  withView(config.command('untrust'), trustView)
    .description('Remove a folder from the list of trusted folders')
    .argument('[folder]', 'the folder, as in config trust --list')
    .addHelpText('after', examples('dbtool config untrust /srv/shop'))
    .action((folder: string | undefined) => run(ctx, folder))
}

export async function untrust(ctx: Context, given: string | undefined): Promise<void> {
  const { untrustFolder } = await import('../../src/config/trusted-folders.ts')
  const { typed } = await ctx.ask.resolve({ typed: whichFolder(given) })
  const folder = untrustFolder(ctx.io, typed)
  ctx.out.success(`files found in ${folder} are no longer trusted`)
  ctx.out.itemForScripts(trustView, { folder })
}
