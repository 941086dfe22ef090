import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { always, withEffect, writesStdout } from '../kit/command.ts'
import { examples } from '../kit/help.ts'
import { clientFor } from './client-for.ts'

export function dbShell(db: Command, ctx: Context, run = openShell): void {
  const shell = withEffect(db.command('shell'), { isWholesale: always })
  writesStdout(shell, () => 'redirect it, as in dbtool db shell > result.txt')
    .description("Open MariaDB's own client on the configured database")
    .argument('[options...]', 'further options of mariadb, after --')
    .addHelpText('after', examples('dbtool db shell', "dbtool db shell -- --execute 'SHOW TABLES'"))
    .action((options: string[]) => run(ctx, options))
}

/** The exit code is that of the client. */
export async function openShell(ctx: Context, options: readonly string[]): Promise<void> {
  const [{ runClient }, { ignoreCtrlC }] = await Promise.all([
    import('../../src/client/client.ts'),
    import('../../src/ctrl-c.ts'),
  ])
  const client = await clientFor(ctx, { names: ['mariadb', 'mysql'], component: 'client' })
  const restoreHandlers = ignoreCtrlC()
  try {
    ctx.exitWith(
      await runClient({
        ...client,
        args: [`--database=${client.database}`, ...options],
        stdio: ['inherit', 'inherit', 'inherit'],
      }),
    )
  } finally {
    restoreHandlers()
  }
}
