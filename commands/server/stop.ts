import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import { serverView } from './status.ts'

export function serverStop(server: Command, ctx: Context, run = stop): void {
  withView(server.command('stop'), serverView)
    .description('Stop the private server and wait for its end; its data stays')
    .addHelpText('after', examples('dbtool server stop'))
    .action(() => run(ctx))
}

export async function stop(ctx: Context): Promise<void> {
  const [{ serverPaths }, { stopServer }, { serverStatus }] = await Promise.all([
    import('../../src/server/home.ts'),
    import('../../src/server/stop.ts'),
    import('../../src/server/status.ts'),
  ])
  const paths = serverPaths(ctx.io.env)
  const { stopped } = await stopServer(paths)
  ctx.out.itemForScripts(serverView, await serverStatus(paths))
  ctx.out.success(stopped ? 'the private server has stopped; its data stays' : 'the private server was not running')
}
