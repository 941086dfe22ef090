import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { withEffect } from '../kit/command.ts'
import { examples } from '../kit/help.ts'

export interface ResetServerOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function serverReset(server: Command, ctx: Context, run = reset): void {
  // The private server is not the configured database.
  withEffect(server.command('reset'), { changes: () => false })
    .description('Stop the private server and delete its data; asks first')
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the folder that would be deleted, and delete nothing')
    .addHelpText('after', examples('dbtool server reset --yes'))
    .action((options: ResetServerOptions) => run(ctx, options))
}

export async function reset(ctx: Context, { yes = false, dryRun = false }: ResetServerOptions): Promise<void> {
  const [{ serverPaths }, { hasData }, { resetServer }] = await Promise.all([
    import('../../src/server/home.ts'),
    import('../../src/server/install.ts'),
    import('../../src/server/reset.ts'),
  ])
  const paths = serverPaths(ctx.io.env)
  if (dryRun) {
    const effect = hasData(paths)
      ? `would delete the private server and all its data in ${paths.data}`
      : 'there is no data to delete'
    ctx.out.note(`${effect}; nothing was changed`)
    return
  }
  await ctx.ask.confirm({
    message: `Delete the private server and all its data in ${paths.data}?`,
    yes,
    about: 'machine',
  })
  const { deleted } = await resetServer(paths)
  ctx.out.success(deleted ? 'deleted the private server and its data' : 'there was no data to delete')
}
