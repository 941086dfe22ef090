import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { data, number, section, text, type View } from '../../src/output/view.ts'
import type { Difference, DriverFigures } from '../../src/stress/drivers.ts'
import { parseWait, parseWhole } from '../../src/values.ts'
import { value, withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'

export interface DriversOptions {
  readonly rounds: number
  readonly duration: number
}

const figuresView: View = {
  columns: [text('task'), text('driver'), number('per_second'), number('cpu_us'), number('memory_mb')],
  id: 'task',
  empty: '',
}
const differencesView: View = { columns: [text('value'), text('driver'), text('becomes')], id: 'value', empty: '' }

export function benchDrivers(bench: Command, ctx: Context, run = drivers): void {
  bench
    .command('drivers')
    .description(
      'The Node drivers mariadb and mysql2 (if it is installed) on this server, as they come: speed, processor time, memory, and what values become',
    )
    .option('--rounds <n>', 'how often each task is measured, drivers in turn', value(parseWhole(1, 100)), 3)
    .addOption(withDefault('--duration <duration>', 'how long each time', parseWait, '1s'))
    .addHelpText('after', examples('dbtool bench drivers', 'dbtool bench drivers --rounds 1 --duration 200ms --json'))
    .action((options: DriversOptions) => run(ctx, options))
}

export async function drivers(ctx: Context, { rounds, duration: trialMs }: DriversOptions): Promise<void> {
  const [{ benchedDrivers }, { compareDrivers, differences }] = await Promise.all([
    import('../../src/db/benched-drivers.ts'),
    import('../../src/stress/drivers.ts'),
  ])
  const { target, limits } = await ctx.config()
  // A wrong password or host, or a privilege that the drivers will need, is said in our words.
  const encrypted = await ctx.connection(async (connection) => {
    await connection.execute('CREATE TEMPORARY TABLE dbtool_bench (n INT)')
    return connection.encrypted
  }, limits)
  const { drivers: here, missing } = await benchedDrivers(target, encrypted)
  const figures: DriverFigures[] = await compareDrivers({
    drivers: here,
    target,
    rounds,
    trialMs,
    signal: ctx.io.signal,
  })
  const become: Difference[] = await differences(here)
  const versions = Object.fromEntries(here.map(({ name, version }) => [name, version]))
  const view: View = {
    columns: [...here.map(({ name }) => text(name)), data('figures'), data('values'), data('missing')],
    id: 'mariadb',
    empty: '',
    sections: () => [section(figuresView, figures), section(differencesView, become)],
  }
  ctx.out.item(view, { ...versions, figures, values: become, missing })
  for (const name of missing) ctx.out.note(`${name} is not installed, and was not measured: npm install ${name}`)
}
