import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { data, number, text, type View } from '../../src/output/view.ts'
import type { Advice, Goal, Size } from '../../src/stress/advice.ts'
import {
  counted,
  durationText,
  parseDuration,
  parseRunTime,
  parseWait,
  parseWhole,
  quoteValue,
} from '../../src/values.ts'
import { value, withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { withView } from '../kit/command.ts'
import {
  aboutOf,
  asJson,
  withReportFiles,
  reportFileFlag,
  workersText,
  type ReportFile,
  type Texts,
} from './report-files.ts'
import { mostThreads } from '../../src/stress/run.ts'
import type { ConnectionHeadroom } from '../../src/stress/prepare.ts'
import { askedOf, underLoad, workloadFlags, type WorkloadOptions } from './load-flags.ts'

export interface TuneOptions extends WorkloadOptions {
  readonly min: number
  readonly max: number
  readonly goal: Goal
  readonly instances: number
  readonly rounds: number
  readonly duration: number
  readonly warmup: number
  readonly workers?: number
  readonly threads: number
  readonly out?: readonly ReportFile[]
}

/** `throughput`, or `p99<50ms`. */
function parseGoal(typed: string): Goal {
  if (typed === 'throughput') return { kind: 'throughput' }
  const [, bound] = /^p99\s*<\s*(\d\w*)$/.exec(typed) ?? []
  if (bound === undefined)
    throw new InvalidValue(`must be throughput, or a bound such as p99<50ms, not ${quoteValue(typed)}`)
  return { kind: 'p99', belowMs: parseDuration(bound) }
}

const goalText = (goal: Goal): string => (goal.kind === 'throughput' ? 'throughput' : `p99 < ${goal.belowMs} ms`)

export function poolTune(pool: Command, ctx: Context, run = tunePool): void {
  const tune = withView(pool.command('tune'), adviceView).description(
    'How large should the pool be? Measures your own SQL at every size, and recommends the smallest that does nearly the best',
  )
  reportFileFlag(workloadFlags(tune), 'the measurement')
    .option('--min <n>', 'the smallest pool', value(parseWhole(1, 10_000)), 1)
    .option('--max <n>', 'the largest pool', value(parseWhole(1, 10_000)), 64)
    .addOption(
      withDefault(
        '--goal <goal>',
        'throughput: the most; p99<50ms: the most of the sizes that keep it',
        parseGoal,
        'throughput',
      ),
    )
    .option(
      '--instances <n>',
      'how many processes will have such a pool: do they fit the server?',
      value(parseWhole(1, 10_000)),
      1,
    )
    .option(
      '--workers <n>',
      'how many ask at once (default: as many as the largest pool has connections)',
      value(parseWhole(1, 100_000)),
    )
    .option('--rounds <n>', 'how often each size is measured', value(parseWhole(3, 100)), 3)
    .addOption(withDefault('--duration <duration>', 'how long each time', parseRunTime, '2s'))
    .addOption(withDefault('--warmup <duration>', 'load before anything is counted, each time', parseWait, '200ms'))
    .option(
      '--threads <n>',
      'put the load from so many threads, where one is not fast enough',
      value(parseWhole(1, mostThreads)),
      1,
    )
    .addHelpText(
      'after',
      examples(
        'dbtool pool tune --sql "SELECT COUNT(*) FROM information_schema.COLUMNS"',
        'dbtool pool tune --sql "SELECT {{random 1 1000}}" --max 16 --goal "p99<50ms" --instances 4',
      ),
    )
    .action((options: TuneOptions) => run(ctx, options))
}

export async function tunePool(ctx: Context, options: TuneOptions): Promise<void> {
  const { min, max, goal, instances } = options
  if (min > max) throw new DbtoolError('USAGE', `--min ${min} is more than --max ${max}`)
  const { adviseOn } = await import('../../src/stress/advice.ts')
  await withReportFiles(ctx, options.out, async (save) => {
    const { sizes, headroom } = await measure(ctx, options)
    const advice = adviseOn(sizes, goal)
    const wanted = advice.recommended === null ? null : advice.recommended.pool_size * instances
    const connections = {
      max_connections: headroom.max,
      in_use: headroom.used,
      instances,
      wanted,
      fits: wanted === null ? null : wanted <= headroom.max - headroom.used,
    }
    ctx.out.item(viewFor(advice), { ...advice, recommended_size: advice.recommended?.pool_size ?? null, connections })
    const words = inWords(advice, options, connections)
    for (const sentence of words) ctx.out.note(sentence)
    await save(() => textsOf(ctx, options, { advice, words, headroom }))
  })
}

async function measure(ctx: Context, options: TuneOptions): Promise<{ sizes: Size[]; headroom: ConnectionHeadroom }> {
  const [{ putLoad }, { sizesBetween, sweep }] = await Promise.all([
    import('../../src/stress/run.ts'),
    import('../../src/stress/sweep.ts'),
  ])
  const { min, max, rounds, duration: trialMs, warmup: warmupMs, workers = max, threads } = options
  const { target, limits, pool } = await ctx.config()
  const { signal } = ctx.io
  return underLoad(ctx, options, max, async (work, headroom) => {
    const sizes = sizesBetween(min, max)
    const progress = ctx.out.progress()
    ctx.out.note(
      `${sizes.length} sizes, ${rounds} rounds: about ${Math.ceil((sizes.length * rounds * (trialMs + warmupMs)) / 1_000)} s`,
    )
    try {
      const measured = await sweep(
        { sizes, rounds, trialMs, warmupMs, workers },
        {
          trial: async (size, plan) =>
            (
              await putLoad(
                { target, limits, mode: 'fair', pool: { ...pool, size, maxOverflow: 0 }, work, plan },
                { signal, threads: Math.min(threads, size, workers) },
              )
            ).result,
          signal,
          onTrial: (done, of) => progress.show(() => `${done} of ${of} measured`),
        },
      )
      return { sizes: measured, headroom }
    } finally {
      progress.clear()
    }
  })
}

async function textsOf(
  ctx: Context,
  options: TuneOptions,
  { advice, words, headroom }: { advice: Advice; words: readonly string[]; headroom: ConnectionHeadroom },
): Promise<Texts> {
  const { tuneCsvOf, tuneHtmlOf } = await import('../../src/stress/tune-report.ts')
  const { max, workers = max, rounds, duration, warmup, goal, threads } = options
  const settings = {
    'an iteration': askedOf(options),
    load: workersText(workers),
    rounds: String(rounds),
    'each time': durationText(duration),
    'warm-up': durationText(warmup),
    goal: goalText(goal),
    threads: String(threads),
  }
  const report = { advice, words, about: await aboutOf(ctx, headroom, settings) }
  return { json: () => asJson(report), csv: () => tuneCsvOf(report), html: () => tuneHtmlOf(report) }
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

const adviceView: View = {
  columns: [
    text('verdict'),
    data('recommended'),
    number('recommended_size'),
    text('limit'),
    data('points'),
    data('usl'),
    data('sensitivity'),
    data('connections'),
  ],
  id: 'recommended_size',
  empty: '',
}

/** With the curve and the law, for people. */
function viewFor({ usl, points }: Advice): View {
  const curve: View = {
    columns: [number('pool_size'), number('throughput'), number('p99_ms'), number('spread'), number('client_cpu')],
    id: 'pool_size',
    empty: '',
    chart: { column: 'throughput', kind: 'bars' },
  }
  const law: View = { columns: [text('law'), number('value'), text('range'), text('meaning')], id: 'law', empty: '' }
  const range = ([from, to]: readonly [number, number]): string => `${from.toPrecision(2)} to ${to.toPrecision(2)}`
  const laws =
    usl === null
      ? []
      : [
          { law: 'lambda', value: usl.lambda.toFixed(1), range: '', meaning: 'a second, with one connection' },
          {
            law: 'sigma',
            value: usl.sigma.toPrecision(2),
            range: range(usl.sigma_range),
            meaning: 'share of work that is done one after the other',
          },
          {
            law: 'kappa',
            value: usl.kappa.toPrecision(2),
            range: range(usl.kappa_range),
            meaning: 'what each connection costs each other one',
          },
          {
            law: 'r2',
            value: usl.r2.toFixed(3),
            range: '',
            meaning: 'how well the law fits; it says nothing beyond the sizes above',
          },
          {
            law: 'peak',
            value: usl.peak?.toFixed(1) ?? null,
            range: '',
            meaning:
              usl.peak === null
                ? 'its maximum lies outside of what was measured'
                : 'connections, where it has its maximum',
          },
        ]
  return {
    ...adviceView,
    sections: () => [
      {
        view: curve,
        rows: points.map(({ pool_size, throughput, p99_ms, spread, client_cpu }) => ({
          pool_size,
          throughput: throughput.toFixed(1),
          p99_ms: p99_ms?.toFixed(1) ?? null,
          spread: percent(spread),
          client_cpu: percent(client_cpu),
        })),
      },
      { view: law, rows: laws },
    ],
  }
}

interface Connections extends Record<'max_connections' | 'in_use' | 'instances', number> {
  readonly wanted: number | null
  readonly fits: boolean | null
}

function inWords(
  { verdict, recommended, sensitivity, limit, points }: Advice,
  { min, max, goal }: TuneOptions,
  { max_connections, in_use, instances, wanted, fits }: Connections,
): string[] {
  if (verdict === 'client-bound')
    return [
      'this process was the limit, not the pool nor the server: no size can be recommended; use --threads, or ask from more machines',
    ]
  if (limit === null && verdict === 'no-knee')
    return [
      `no size from ${min} to ${max} keeps ${goalText(goal)}; the nearest has ${Math.min(...points.flatMap(({ p99_ms }) => p99_ms ?? [])).toFixed(1)} ms`,
    ]
  if (verdict === 'no-knee')
    return [
      `no knee up to ${max} connections: a larger pool does more, as far as was measured; try a larger --max, or size it by what the server takes`,
    ]
  if (verdict === 'noisy' || recommended === null)
    return [
      'the rounds contradict each other: no size can be recommended; close what else runs, or use a longer --duration',
    ]
  const cost = (share: number | null, what: string): string[] =>
    share === null
      ? []
      : [`${what} as many would ${share > 0.005 ? `cost ${Math.round(share * 100)} %` : 'cost nothing'}`]
  const clientCpu = points.find(({ pool_size }) => pool_size === recommended.pool_size)?.client_cpu ?? 0
  return [
    `${counted(recommended.pool_size, 'connection')} do nearly the best; ${[...cost(sensitivity.half, 'half'), ...cost(sensitivity.double, 'twice')].join(', ')}`,
    `the server was the limit: this process was busy for ${percent(clientCpu)} of the time`,
    `${counted(instances, 'process', 'processes')} would have ${wanted ?? 0} of ${max_connections} connections, of which ${in_use} are in use: ${fits === true ? 'they fit' : 'they do NOT fit'}`,
    'for .env:',
    `  DB_POOL_SIZE=${recommended.pool_size}`,
    '  DB_MAX_OVERFLOW=0',
  ]
}
