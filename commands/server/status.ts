import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

export const serverView: View = {
  columns: [
    text('running'),
    number('pid'),
    text('socket'),
    number('port'),
    text('user'),
    text('database'),
    text('data_directory'),
    text('version'),
  ],
  id: 'pid',
  omitsNull: true,
}

export function serverStatus(server: Command, ctx: Context, run = showStatus): void {
  withView(server.command('status'), serverView)
    .description('Show whether the private server is running, and where')
    .addHelpText('after', examples('dbtool server status --json'))
    .action(() => run(ctx))
}

export async function showStatus(ctx: Context): Promise<void> {
  const [{ serverPaths }, { serverStatus }] = await Promise.all([
    import('../../src/server/home.ts'),
    import('../../src/server/status.ts'),
  ])
  const status = await serverStatus(serverPaths(ctx.io.env))
  ctx.out.item(serverView, status)
  if (!status.running) ctx.out.note('the private server is not running; start it: dbtool server start')
}
