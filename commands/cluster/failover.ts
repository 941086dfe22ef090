import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { FailoverPlan, OnAddress } from '../../src/db/cluster/failover-plan.ts'
import type { Host, Target } from '../../src/db/target.ts'
import { InvalidValue } from '../../src/errors.ts'
import { type ListedHost, parseHosts } from '../../src/hosts.ts'
import { sentence, text, type View } from '../../src/output/view.ts'
import { parseWait } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { value, withDefault } from '../kit/flags.ts'
import { footer } from '../kit/help.ts'

const view: View = {
  columns: [text('host'), sentence('statement'), text('outcome'), sentence('note')],
  id: 'host',
}

export interface FailoverFlags {
  readonly to?: ListedHost
  /** The longest wait for the replica, in milliseconds. */
  readonly wait: number
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function clusterFailover(cluster: Command, ctx: Context, run = failOverTo): void {
  withView(cluster.command('failover'), view)
    .description('Make a replica the primary; refused while the old one takes writes')
    .option('--to <host>', 'the replica that becomes the primary', value(parseHost))
    .addOption(withDefault('--wait <duration>', 'longest wait until it has applied its changes', parseWait, '30s'))
    .option('-y, --yes', 'skip the confirmation')
    .option('-n, --dry-run', 'show the statements, and run none')
    .addHelpText(
      'after',
      footer(
        [
          'Other replicas are pointed at the new primary. Statements for servers that do ' +
            'not answer, and for the old primary, are shown to be run there.',
        ],
        'dbtool cluster failover --to db2 --dry-run',
        'dbtool cluster failover --to db2:3307 --yes',
      ),
    )
    .action((options: FailoverFlags) => run(ctx, options))
}

function parseHost(given: string): ListedHost {
  const [host, second] = parseHosts(given)
  if (host === undefined || second !== undefined) throw new InvalidValue('must be one host')
  return host
}

export async function failOverTo(
  ctx: Context,
  { to, wait, yes = false, dryRun = false }: FailoverFlags,
): Promise<void> {
  const [{ planFailover }, { failOver, stepsOf }, { hostsOf, hostText }, { target }] = await Promise.all([
    import('../../src/db/cluster/failover-plan.ts'),
    import('../../src/db/cluster/failover.ts'),
    import('../../src/db/target.ts'),
    ctx.config(),
  ])
  const { chosen } = await ctx.ask.resolve({
    chosen: { given: to, flag: '--to', message: 'New primary', parse: parseHost },
  })
  const hosts = target.socket === undefined ? hostsOf(target).map(hostText) : []
  const onAddress = await connecting(ctx, target)
  const plan = await planFailover({ to: hostOf(chosen, target), hosts, onAddress })
  if (dryRun) {
    ctx.out.list(view, stepsOf(plan))
    ctx.out.note(`${risk(plan)}; dry run: nothing was changed`)
    return
  }
  ctx.out.note(risk(plan))
  await ctx.ask.confirm({ message: `Make ${hostText(plan.to)} the primary?`, yes })
  ctx.out.list(view, await failOver(plan, { onAddress, waitMs: wait }))
  ctx.out.success(`${hostText(plan.to)} is the primary; remove read_only from its configuration, too`)
}

const hostOf = ({ host, port }: ListedHost, target: Target): Host => ({ host, port: port ?? target.port })

/** A silent server must not delay a failover. */
const longestWaitMs = 3_000

/** Connections without a database, which other servers may not have, and without a limit for the wait. */
async function connecting(ctx: Context, target: Target): Promise<OnAddress> {
  const [{ neighbourAt }, { failoverError }] = await Promise.all([
    import('../../src/db/cluster/cluster-status.ts'),
    import('../../src/db/cluster/replica-state.ts'),
  ])
  const limits = { connectTimeoutMs: longestWaitMs, statementTimeoutMs: 0 }
  return (address, work) =>
    ctx.connection(work, limits, { ...neighbourAt(target, address), database: undefined }).catch(failoverError(address))
}

/** The changes that may be lost. */
function risk({ oldPrimary, position, replica }: FailoverPlan): string {
  if (position !== undefined) return `${oldPrimary} is read-only: nothing is lost`
  const gone = `${oldPrimary} does not answer; make sure that it stays stopped`
  return replica.confirmsCommits
    ? `${gone}. The replica is semi-synchronous: it has every change that was acknowledged, unless the primary had ` +
        'stopped to wait for it'
    : `${gone}. The replica is asynchronous: it may lack the last changes that were acknowledged`
}
