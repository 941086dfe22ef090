import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { HostStatus } from '../../src/db/cluster/cluster-status.ts'
import type { ComparedHost, TableResult } from '../../src/db/cluster/compare-hosts.ts'
import { addressOf } from '../../src/db/target.ts'
import { DbtoolError } from '../../src/errors.ts'
import { data, number, sentence, text, type View } from '../../src/output/view.ts'
import { firstOf } from '../../src/in-words.ts'
import { parseWait } from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { withDefault } from '../kit/flags.ts'
import { footer } from '../kit/help.ts'
import { statusOf } from './status.ts'

const view: View = {
  columns: [
    text('table'),
    text('host'),
    number('rows'),
    text('checksum'),
    text('result'),
    data('keys'),
    sentence('note'),
  ],
  id: 'table',
  empty: 'The database has no tables.',
}

export interface CheckOptions {
  /** The longest wait for a server, in milliseconds. */
  readonly wait: number
}

export function clusterCheck(cluster: Command, ctx: Context, run = checkCluster): void {
  withView(cluster.command('check'), view)
    .description('Compare all tables of all hosts with those of the writer')
    .addOption(withDefault('--wait <duration>', 'longest wait for a host that lags behind', parseWait, '30s'))
    .addHelpText(
      'after',
      footer(
        [
          'All tables are read, and none is locked. Rows that differ are compared again, ' +
            'while the writer holds them for a moment. Exit code 1: a table differs; ' +
            '2: no table differs, but a host could not be compared.',
        ],
        'dbtool cluster check',
        'dbtool cluster check --wait 5m --json',
      ),
    )
    .action((options: CheckOptions) => run(ctx, options))
}

export async function checkCluster(ctx: Context, { wait }: CheckOptions): Promise<void> {
  const { hosts } = await statusOf(ctx)
  const reference = hosts.find(({ writer }) => writer) ?? hosts.find(({ role }) => role !== 'unknown')
  if (reference === undefined)
    throw new DbtoolError('CLUSTER_DOWN', 'no server answers', { hint: 'see: dbtool cluster status' })
  if (hosts.length === 1)
    throw new DbtoolError('USAGE', 'there is no other server to compare with', {
      hint: 'list all hosts, such as --host db1,db2; see also: dbtool cluster status',
    })
  const [{ compareHosts }, { neighbourAt }, { target }] = await Promise.all([
    import('../../src/db/cluster/compare-hosts.ts'),
    import('../../src/db/cluster/cluster-status.ts'),
    ctx.config(),
  ])
  const results = await compareHosts({
    reference: comparedHost(reference),
    others: hosts.filter((host) => host !== reference).map(comparedHost),
    onHost: ({ host }, work) => {
      const at = host === addressOf(target) ? target : neighbourAt(target, host)
      return ctx.connection(work, { statementTimeoutMs: 0 }, { ...at, role: undefined })
    },
    waitMs: wait,
  })
  ctx.out.list(view, results.map(withKeys))
  assertSame(ctx, results)
}

const comparedHost = ({ host, role, state, problem }: HostStatus): ComparedHost => ({
  host,
  obstacle: role === 'unknown' || state === 'not primary' ? problem : null,
  isNode: role === 'node',
  follows: role === 'replica',
})

/** In a table, the keys are part of the note. */
function withKeys(result: TableResult): TableResult {
  const { keys, note } = result
  return keys.length === 0 ? result : { ...result, note: note ?? `rows with the keys ${keys.join(' ')}` }
}

/** Tables that a message names; the output has all of them. */
const mostNames = 5

/** @throws DbtoolError CLUSTER_DIFFERS or CLUSTER_INCOMPLETE */
function assertSame(ctx: Context, results: readonly TableResult[]): void {
  const named = (rows: readonly TableResult[]): string =>
    firstOf(
      rows.map(({ table, host }) => (table === null ? host : `${table} on ${host}`)),
      mostNames,
    )
  const differing = results.filter(({ result }) => result === 'differs')
  const missing = results.filter(({ result }) => result === 'not compared')
  const incomplete = missing.length === 0 ? '' : `not compared: ${named(missing)}`
  if (differing.length > 0)
    throw new DbtoolError(
      'CLUSTER_DIFFERS',
      [`these differ: ${named(differing)}`, incomplete].filter(Boolean).join('; '),
      {
        hint: 'if it is a host of this shop, rebuild it from the writer: see docs/cluster.md',
      },
    )
  if (missing.length > 0)
    throw new DbtoolError('CLUSTER_INCOMPLETE', incomplete, { hint: 'see: dbtool cluster status' })
  ctx.out.success('all hosts have the same data')
}
