import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { data, number, type Row, text, type View } from '../../src/output/view.ts'
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
import { anyServer } from '../kit/any-server.ts'
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
import { underLoad, workloadFlags, workloadHelp, type WorkloadOptions, workloadText } from './load-flags.ts'

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

/** Parses `throughput` or `p99<50ms`. */
function parseGoal(typed: string): Goal {
  if (typed === 'throughput') return { kind: 'throughput' }
  const [, bound] = /^p99\s*<\s*(\d\w*)$/.exec(typed) ?? []
  if (bound === undefined)
    throw new InvalidValue(`must be throughput, or a limit such as p99<50ms, not ${quoteValue(typed)}`)
  return { kind: 'p99', belowMs: parseDuration(bound) }
}

const goalText = (goal: Goal): string => (goal.kind === 'throughput' ? 'throughput' : `p99 < ${goal.belowMs} ms`)

export function poolTune(pool: Command, ctx: Context, run = tunePool): void {
  const tune = withView(pool.command('tune'), adviceView).description(
    'Recommend a pool size: measure your SQL at several sizes, and choose the smallest within 5 % of the best',
  )
  reportFileFlag(workloadFlags(tune))
    .option('--min <n>', 'smallest pool size', value(parseWhole(1, 10_000)), 1)
    .option('--max <n>', 'largest pool size', value(parseWhole(1, 10_000)), 64)
    .addOption(withDefault('--goal <goal>', 'throughput, or a limit such as p99<50ms', parseGoal, 'throughput'))
    .option('--instances <n>', 'number of processes with such a pool', value(parseWhole(1, 10_000)), 1)
    .option('--workers <n>', 'number of workers (default: the value of --max)', value(parseWhole(1, 100_000)))
    .option('--rounds <n>', 'number of measurements per size', value(parseWhole(3, 100)), 3)
    .addOption(withDefault('--duration <duration>', 'duration of each measurement', parseRunTime, '2s'))
    .addOption(withDefault('--warmup <duration>', 'duration of the load before each measurement', parseWait, '200ms'))
    .option('--threads <n>', 'number of threads that share the load', value(parseWhole(1, mostThreads)), 1)
    .addHelpText(
      'after',
      tuneHelp +
        workloadHelp +
        examples(
          'dbtool pool tune --sql "SELECT COUNT(*) FROM information_schema.COLUMNS"',
          'dbtool pool tune --sql "SELECT {{random 1 1000}}" --max 16 --goal "p99<50ms" --instances 4',
        ),
    )
    .action((options: TuneOptions) => run(ctx, options))
}

const tuneHelp = `
Measurement:
  Each size runs several times, interleaved with the others. By default, there
  are as many workers as the largest pool has connections. With
  --goal 'p99<50ms', only sizes that meet this limit count. With --instances,
  the output states whether the pools of all processes fit the server. Use
  --threads if one thread cannot generate enough load. A report (--out) has
  all sizes; HTML has charts.
`

/** Measures all sizes, prints the advice and writes the report files. */
export async function tunePool(ctx: Context, options: TuneOptions): Promise<void> {
  const { min, max, goal, instances } = options
  if (min > max) throw new DbtoolError('USAGE', `--min ${min} exceeds --max ${max}`)
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
    const words = sentencesFor(advice, options, connections)
    for (const sentence of words) ctx.out.note(sentence)
    await save(() => textsOf(ctx, options, { advice, words, headroom }))
  })
}

async function measure(ctx: Context, options: TuneOptions): Promise<{ sizes: Size[]; headroom: ConnectionHeadroom }> {
  const [{ runLoad }, { sizesBetween, sweep }] = await Promise.all([
    import('../../src/stress/run.ts'),
    import('../../src/stress/sweep.ts'),
  ])
  const { min, max, rounds, duration: trialMs, warmup: warmupMs, workers = max, threads } = options
  const { target, limits, pool } = await anyServer(ctx)
  const { signal } = ctx.io
  return underLoad(ctx, options, max, async (work, headroom) => {
    const sizes = sizesBetween(min, max)
    const progress = ctx.out.progress()
    const seconds = Math.ceil((sizes.length * rounds * (trialMs + warmupMs)) / 1_000)
    ctx.out.note(`${sizes.length} sizes, ${rounds} rounds: about ${seconds} s`)
    try {
      const measured = await sweep(
        { sizes, rounds, trialMs, warmupMs, workers },
        {
          trial: async (size, plan) =>
            (
              await runLoad(
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
    'an iteration': workloadText(options),
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

/** For people, the curve and the fitted law follow as tables. */
function viewFor(advice: Advice): View {
  return {
    ...adviceView,
    sections: () => [
      { view: curveView, rows: curveRows(advice) },
      { view: lawView, rows: lawRows(advice) },
    ],
  }
}

const curveView: View = {
  columns: [number('pool_size'), number('throughput'), number('p99_ms'), number('spread'), number('client_cpu')],
  id: 'pool_size',
  empty: '',
  chart: { column: 'throughput', kind: 'bars' },
}

function curveRows({ points }: Advice): Row[] {
  return points.map(({ pool_size, throughput, p99_ms, spread, client_cpu }) => ({
    pool_size,
    throughput: throughput.toFixed(1),
    p99_ms: p99_ms?.toFixed(1) ?? null,
    spread: percent(spread),
    client_cpu: percent(client_cpu),
  }))
}

const lawView: View = {
  columns: [text('law'), number('value'), text('range'), text('meaning')],
  id: 'law',
  empty: '',
}

function lawRows({ usl }: Advice): Row[] {
  if (usl === null) return []
  const range = ([from, to]: readonly [number, number]): string => `${from.toPrecision(2)} to ${to.toPrecision(2)}`
  const peakMeaning = usl.peak === null ? 'the maximum is outside of the measured sizes' : 'connections at the maximum'
  return [
    { law: 'lambda', value: usl.lambda.toFixed(1), range: '', meaning: 'per second, with one connection' },
    {
      law: 'sigma',
      value: usl.sigma.toPrecision(2),
      range: range(usl.sigma_range),
      meaning: 'share of work that runs one at a time',
    },
    {
      law: 'kappa',
      value: usl.kappa.toPrecision(2),
      range: range(usl.kappa_range),
      meaning: 'cost of each connection to every other',
    },
    {
      law: 'r2',
      value: usl.r2.toFixed(3),
      range: '',
      meaning: 'goodness of fit; it says nothing beyond the sizes above',
    },
    { law: 'peak', value: usl.peak?.toFixed(1) ?? null, range: '', meaning: peakMeaning },
  ]
}

interface Connections extends Record<'max_connections' | 'in_use' | 'instances', number> {
  readonly wanted: number | null
  readonly fits: boolean | null
}

/** The conclusions in sentences; the first one is the verdict. */
function sentencesFor(
  { verdict, recommended, sensitivity, limit, points }: Advice,
  { min, max, goal }: TuneOptions,
  { max_connections, in_use, instances, wanted, fits }: Connections,
): string[] {
  if (verdict === 'client-bound')
    return [
      'this process was the limit, not the pool or the server: no size can be recommended; ' +
        'use --threads, or generate the load from more machines',
    ]
  if (limit === null && verdict === 'no-knee') {
    const lowest = Math.min(...points.flatMap(({ p99_ms }) => p99_ms ?? []))
    return [`no size from ${min} to ${max} meets ${goalText(goal)}; the lowest p99 was ${lowest.toFixed(1)} ms`]
  }
  if (verdict === 'no-knee')
    return [
      `no knee up to ${max} connections: throughput still grows; ` +
        'use a larger --max, or size the pool by the connections that the server can spare',
    ]
  if (verdict === 'noisy' || recommended === null)
    return ['results are too noisy to recommend a size; stop other programs, or use a longer --duration']
  const { pool_size } = recommended
  const clientCpu = points.find((point) => point.pool_size === pool_size)?.client_cpu ?? 0
  const costs = [...costOf(sensitivity.half, 'half'), ...costOf(sensitivity.double, 'twice')]
  const processes = counted(instances, 'process', 'processes')
  return [
    [
      `a pool of ${counted(pool_size, 'connection')} reaches at least 95 % of the best throughput`,
      ...(costs.length === 0 ? [] : [costs.join(', ')]),
    ].join('; '),
    `the server was the limit: this process was busy for ${percent(clientCpu)} of the time`,
    `${processes} would need ${wanted ?? 0} of ${max_connections} connections, of which ${in_use} are in use: ` +
      (fits === true ? 'they fit' : 'they do NOT fit'),
    'for .env:',
    `  DB_POOL_SIZE=${pool_size}`,
    '  DB_MAX_OVERFLOW=0',
  ]
}

function costOf(share: number | null, factor: 'half' | 'twice'): string[] {
  if (share === null) return []
  return [`${factor} as many would ${share > 0.005 ? `cost ${Math.round(share * 100)} %` : 'cost nothing'}`]
}
