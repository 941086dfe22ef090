import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import { type View, whole } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export const trustView: View = {
  columns: [whole('folder')],
  id: 'folder',
  empty: 'No folder of another user is trusted.',
}

export interface TrustOptions {
  readonly list?: boolean
}

export function configTrust(config: Command, ctx: Context, run = trust): void {
  withView(config.command('trust'), trustView)
    .description('Trust the .env and .dbtool.json in a folder of another user')
    .argument('[folder]', 'the folder of the files, such as .')
    .option('--list', 'list the trusted folders')
    .addHelpText('after', examples('dbtool config trust /srv/shop', 'dbtool config trust --list'))
    .action((folder: string | undefined, options: TrustOptions) => run(ctx, folder, options))
}

export async function trust(ctx: Context, given: string | undefined, { list = false }: TrustOptions): Promise<void> {
  const { listTrusted, trustFolder } = await import('../../src/config/trusted-folders.ts')
  if (!list) {
    const { typed } = await ctx.ask.resolve({ typed: whichFolder(given) })
    const { folder, isNew } = trustFolder(ctx.io, typed)
    ctx.out.success(isNew ? `files found in ${folder} are trusted` : `files found in ${folder} were trusted already`)
    ctx.out.itemForScripts(trustView, { folder })
    return
  }
  ctx.out.list(
    trustView,
    listTrusted(ctx.io).map((folder) => ({ folder })),
  )
}

export const whichFolder = (given: string | undefined): PromptField<string> => ({
  given,
  flag: '<folder>',
  message: 'Folder',
  parse: (typed: string) => typed,
})
