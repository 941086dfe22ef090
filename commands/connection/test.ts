import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { number, orNone, text, type View } from '../../src/output/view.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'

const view: View = {
  columns: [
    text('server'),
    text('version'),
    text('user'),
    text('database'),
    text('charset'),
    text('collation'),
    text('time_zone'),
    text('sql_mode'),
    text('isolation'),
    number('statement_timeout'),
    orNone(text('tls'), 'none'),
    number('round_trip_ms'),
  ],
  id: 'server',
}

export function connectionTest(connection: Command, ctx: Context, run = test): void {
  withView(connection.command('test'), view)
    .description('Open one connection and show its properties, as the server reports them')
    .addHelpText(
      'after',
      examples('dbtool connection test', 'dbtool connection test --host db.example.com --user shop --ask-password'),
    )
    .action(() => run(ctx))
}

export async function test(ctx: Context): Promise<void> {
  const [{ probe }, { addressOf }, { placeOf }] = await Promise.all([
    import('../../src/db/connection/probe.ts'),
    import('../../src/db/target.ts'),
    import('../../src/context/asking.ts'),
  ])
  const config = await ctx.config()
  const [target, found] = await ctx.connection(
    async (connection) => [connection.target, await probe(connection)],
    config.limits,
  )
  ctx.out.item(view, { server: addressOf(target), ...found })
  const place = placeOf({ ...config, target })
  ctx.out.success(`connected as ${place.includes('@') ? place : `${target.user} to ${place}`}`)
}
