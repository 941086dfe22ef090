import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { data, number, section, text, type View } from '../../src/output/view.ts'
import type { Difference, DriverFigures } from '../../src/stress/drivers.ts'
import { parseWait, parseWhole } from '../../src/values.ts'
import { always, withEffect } from '../kit/command.ts'
import { anyServer } from '../kit/any-server.ts'
import { value, withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'

export interface DriversOptions {
  readonly rounds: number
  readonly duration: number
}

const figuresView: View = {
  columns: [text('task'), text('driver'), number('per_second'), number('cpu_us'), number('memory_mb')],
  id: 'task',
}
const differencesView: View = { columns: [text('value'), text('driver'), text('becomes')], id: 'value' }

export function benchDrivers(bench: Command, ctx: Context, run = drivers): void {
  withEffect(bench.command('drivers'), { changes: always, isWholesale: always })
    .description(
      'Compare the Node drivers mariadb and mysql2 (if installed), with default settings: ' +
        'speed, processor time, memory, and the JavaScript values that they return',
    )
    .option('--rounds <n>', 'number of measurements per task; the drivers alternate', value(parseWhole(1, 100)), 3)
    .addOption(withDefault('--duration <duration>', 'duration of each measurement', parseWait, '1s'))
    .addHelpText('after', examples('dbtool bench drivers', 'dbtool bench drivers --rounds 1 --duration 200ms --json'))
    .action((options: DriversOptions) => run(ctx, options))
}

/** Measures each driver that is installed, and prints the medians and the differences between their values. */
export async function drivers(ctx: Context, { rounds, duration: trialMs }: DriversOptions): Promise<void> {
  const [{ benchedDrivers }, { compareDrivers, differences }] = await Promise.all([
    import('../../src/db/benched-drivers.ts'),
    import('../../src/stress/drivers.ts'),
  ])
  const { target: configured, limits } = await anyServer(ctx)
  // dbtool's own messages for a wrong password, a wrong host or a missing privilege come before the drivers start.
  const { target, encrypted } = await ctx.connection(
    async (connection) => {
      await connection.execute('CREATE TEMPORARY TABLE dbtool_bench (n INT)')
      return { target: connection.target, encrypted: connection.encrypted }
    },
    limits,
    configured,
  )
  const { drivers: installed, missing } = await benchedDrivers(target, encrypted)
  const figures: DriverFigures[] = await compareDrivers({
    drivers: installed,
    target,
    rounds,
    trialMs,
    signal: ctx.io.signal,
  })
  const values: Difference[] = await differences(installed, target)
  const versions = Object.fromEntries(installed.map(({ name, version }) => [name, version]))
  const view: View = {
    columns: [...installed.map(({ name }) => text(name)), data('figures'), data('values'), data('missing')],
    id: 'mariadb',
    sections: () => [section(figuresView, figures), section(differencesView, values)],
  }
  ctx.out.item(view, { ...versions, figures, values, missing })
  for (const name of missing) ctx.out.note(`${name} is not installed and was not measured: npm install ${name}`)
}
