import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { parseWhole } from '../../src/values.ts'
import { value } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { hint } from '../kit/hint.ts'
import { withView } from '../kit/command.ts'
import { serverView } from './status.ts'

export interface StartServerOptions {
  readonly port?: number
}

export function serverStart(server: Command, ctx: Context, run = start): void {
  withView(server.command('start'), serverView)
    .description('Start a private MariaDB on a unix socket that only you can use')
    .option('--port <port>', 'also listen on 127.0.0.1, with a password', value(parseWhole(1, 65_535)))
    .addHelpText('after', examples('dbtool server start'))
    .action((options: StartServerOptions) => run(ctx, options))
}

export async function start(ctx: Context, { port }: StartServerOptions): Promise<void> {
  const [{ serverPaths }, { startServer }] = await Promise.all([
    import('../../src/server/home.ts'),
    import('../../src/server/start.ts'),
  ])
  const paths = serverPaths(ctx.io.env)
  const { started, status, warnings } = await startServer(paths, {
    port,
    signal: ctx.io.signal,
    progress: (message) => ctx.out.note(`${message} …`),
  })
  for (const warning of warnings) ctx.out.warn(warning)
  ctx.out.item(serverView, status)
  ctx.out.success(
    started
      ? 'the private server is running; every command finds it automatically'
      : 'the private server was already running',
  )
  if (started && status.port !== null)
    ctx.out.note(`port ${status.port} on 127.0.0.1; its user and password are in ${paths.portFile}`)
  hint(ctx)
}
