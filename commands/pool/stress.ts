import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { type PoolMode, poolModes, shapeOf } from '../../src/db/pool/modes.ts'
import { DbtoolError, InvalidValue, messageOf } from '../../src/errors.ts'
import type { Output } from '../../src/output/output.ts'
import type { Baseline } from '../../src/stress/baseline.ts'
import { singleShard } from '../../src/stress/shard.ts'
import { chapterPool, chapterWorkers, type Load, mostInFlight, type StressPlan } from '../../src/stress/plan.ts'
import type { ConnectionHeadroom } from '../../src/stress/prepare.ts'
import type { StressResult } from '../../src/stress/result.ts'
import { mostThreads } from '../../src/stress/run.ts'
import type { StressRun } from '../../src/stress/stress.ts'
import { parseThreshold, type Threshold } from '../../src/stress/threshold.ts'
import {
  counted,
  durationText,
  parseChoice,
  parseRunTime,
  parseWait,
  parseWhole,
  quoteValue,
} from '../../src/values.ts'
import { withView } from '../kit/command.ts'
import { value, values, withDefault } from '../kit/flags.ts'
import { examples } from '../kit/help.ts'
import { hint } from '../kit/hint.ts'
import {
  aboutOf,
  asJson,
  type ReportFile,
  reportFileFlag,
  withReportFiles,
  type Texts,
  workersText,
} from './report-files.ts'
import { liveView, stressView } from './stress-view.ts'
import { askedOf, poolFlags, type PoolFlags, underLoad, workloadFlags, type WorkloadOptions } from './load-flags.ts'

export interface StressOptions extends WorkloadOptions, PoolFlags {
  readonly workers?: number
  readonly rate?: number
  readonly ramp?: number
  readonly iterations?: number
  readonly duration?: number
  readonly warmup: number
  readonly threads: number
  readonly mode: PoolMode
  readonly threshold?: readonly Threshold[]
  readonly out?: readonly ReportFile[]
  readonly baseline?: string
  readonly maxRegression: number
}

export function poolStress(pool: Command, ctx: Context, run = stressPool): void {
  const stress = withView(pool.command('stress'), stressView).description(
    'Put load on a pool; without flags 50 workers on 5 + 10 connections',
  )
  reportFileFlag(poolFlags(workloadFlags(stress), chapterPool.maxOverflow), 'the run with how it went over time')
    .addOption(
      new Option('--workers <n>', 'how many ask at once, each again when its last iteration has ended (a closed loop)')
        .argParser(value(parseWhole(1, 100_000)))
        .default(undefined, String(chapterWorkers)),
    )
    .addOption(
      new Option('--rate <n>', 'iterations that begin in a second, whatever has become of those before (an open loop)')
        .argParser(value(parseWhole(1, 1_000_000)))
        .conflicts('workers'),
    )
    .option(
      '--iterations <n>',
      'iterations of each worker, or with --rate in all (default: 1)',
      value(parseWhole(1, 1_000_000_000)),
    )
    .option('--duration <duration>', 'how long it goes on, instead of iterations', value(parseRunTime))
    .addOption(withDefault('--warmup <duration>', 'load before anything is counted', parseWait, '0s'))
    .option('--ramp <duration>', 'how long the load takes to become whole', value(parseWait))
    .option(
      '--threshold <metric>',
      "what the result must keep to, as in 'acquire.p95<50ms' or 'failed_share<1%'; otherwise exit 99",
      values(parseThreshold),
    )
    .option('--baseline <file>', 'an earlier result as JSON: what became worse is exit 99, too')
    .addOption(withDefault('--max-regression <share>', 'by how much it may be worse', parseShare, '10%'))
    .option(
      '--threads <n>',
      'put the load from so many threads, each with its share of workers, rate and pool',
      value(parseWhole(1, mostThreads)),
      1,
    )
    .option(
      '--mode <mode>',
      "fair (ours), driver (the connector's), static (one connection), none (no pool)",
      value(parseChoice(poolModes)),
      'fair',
    )
    .addHelpText(
      'after',
      examples(
        'dbtool pool stress',
        'dbtool pool stress --pool-timeout 250ms',
        'dbtool pool stress --sql "SELECT 1" --duration 2s --pool-size 5 --max-overflow 0',
        'dbtool pool stress --rate 200 --duration 5s --sql "SELECT {{random 1 1000}}" --threshold "total.p99<100ms"',
      ),
    )
    .action((options: StressOptions) => run(ctx, options))
}

export async function stressPool(ctx: Context, options: StressOptions): Promise<void> {
  const plan = planOf(options)
  const shape = shapeOf(options.mode, { size: options.poolSize, maxOverflow: options.maxOverflow })
  mustBeShareable(options, plan, shape.size)
  const baseline = await baselineFor(options, plan, shape)
  await withReportFiles(ctx, options.out, async (save) => {
    const { run, headroom } = await runStress(ctx, options, { plan, shape })
    if (ctx.io.signal.aborted && run.result.ok === 0) return
    ctx.out.item(stressView, run.result)
    await save(() => textsOf(ctx, options, run, headroom))
    sayHowItWent(ctx.out, run.result)
    await judge(run.result, options, baseline)
    hint(ctx, 'pool stress')
  })
}

/** Rejects with QUERY_FAILED where nothing succeeded, with THRESHOLD_MISSED where it is not as it was asked to be. */
async function judge(
  result: StressResult,
  { threshold = [], maxRegression }: StressOptions,
  baseline: Baseline | undefined,
): Promise<void> {
  if (result.ok === 0)
    throw new DbtoolError('QUERY_FAILED', 'no iteration succeeded', { hint: result.errors[0]?.message })
  const missed = threshold
    .filter(({ kept }) => !kept(result))
    .map(({ text, measured }) => `${text} was not kept: ${measured(result)} was measured`)
  const worse =
    baseline === undefined
      ? []
      : (await import('../../src/stress/baseline.ts')).regressions(baseline, result, maxRegression)
  if (missed.length + worse.length > 0) throw new DbtoolError('THRESHOLD_MISSED', [...missed, ...worse].join('; '))
}

function planOf({
  workers = chapterWorkers,
  rate,
  iterations,
  duration,
  warmup: warmupMs,
  ramp: rampMs = 0,
}: StressOptions): StressPlan {
  if (iterations !== undefined && duration !== undefined)
    throw new DbtoolError('USAGE', '--iterations and --duration exclude each other')
  const load: Load =
    rate === undefined
      ? { loop: 'closed', workers }
      : { loop: 'open', perSecond: rate, mostInFlight, part: singleShard }
  const until = duration === undefined ? { iterations: iterations ?? 1 } : { durationMs: duration }
  return { load, until, warmupMs, rampMs }
}

/** Every thread has a pool of its own: a connection at least, and a worker. */
function mustBeShareable({ threads, mode }: StressOptions, { load }: StressPlan, size: number): void {
  if (threads === 1) return
  if (mode === 'static')
    throw new DbtoolError('USAGE', '--threads is not for --mode static: threads cannot share a connection')
  if (mode !== 'none' && size < threads)
    throw new DbtoolError(
      'USAGE',
      `${threads} threads need a pool of ${threads} connections at least, and --pool-size is ${size}`,
    )
  if (load.loop === 'closed' && load.workers < threads)
    throw new DbtoolError(
      'USAGE',
      `${threads} threads need ${threads} workers at least, and --workers is ${load.workers}`,
    )
}

/** Before anything runs: a file that is none, or of another test, should not cost a load test. */
async function baselineFor(
  { baseline: path, mode }: StressOptions,
  { load }: StressPlan,
  { size, maxOverflow }: PoolShape,
): Promise<Baseline | undefined> {
  if (path === undefined) return undefined
  const [{ readFile }, { mustBeSameTest, readBaseline }] = await Promise.all([
    import('node:fs/promises'),
    import('../../src/stress/baseline.ts'),
  ])
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DbtoolError('USAGE', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  })
  const baseline = readBaseline(path, text)
  mustBeSameTest(baseline, {
    mode,
    pool_size: size,
    max_overflow: maxOverflow,
    workers: load.loop === 'closed' ? load.workers : 0,
    loop: load.loop,
  })
  return baseline
}

/** `10%`. */
function parseShare(typed: string): number {
  const [, percent] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(typed) ?? []
  if (percent === undefined) throw new InvalidValue(`must be a share such as 10%, not ${quoteValue(typed)}`)
  return Number(percent) / 100
}

type PoolShape = ReturnType<typeof shapeOf>

async function runStress(
  ctx: Context,
  options: StressOptions,
  { plan, shape }: { plan: StressPlan; shape: PoolShape },
): Promise<{ run: StressRun; headroom: ConnectionHeadroom }> {
  const { putLoad } = await import('../../src/stress/run.ts')
  const { mode, threads, poolTimeout: timeoutMs } = options
  const most = mode === 'none' ? (options.workers ?? 1) : shape.size + shape.maxOverflow
  return underLoad(ctx, options, most, async (work, headroom) => {
    const { target, limits, pool: configured } = await ctx.config()
    const live = liveView(ctx.out, ctx.io.stderr.isTTY === true)
    try {
      const job = { target, limits, mode, pool: { ...configured, ...shape, timeoutMs }, work, plan }
      return { run: await putLoad(job, { signal: ctx.io.signal, threads, onLive: live.show }), headroom }
    } finally {
      live.clear()
    }
  })
}

async function textsOf(
  ctx: Context,
  options: StressOptions,
  run: StressRun,
  headroom: ConnectionHeadroom,
): Promise<Texts> {
  const { csvOf, htmlOf } = await import('../../src/stress/report.ts')
  const report = { ...run, about: await aboutOf(ctx, headroom, settingsOf(options)) }
  return { json: () => asJson(report), csv: () => csvOf(report), html: () => htmlOf(report) }
}

/** What was asked, for whoever reads the result later. */
function settingsOf(options: StressOptions): Record<string, string> {
  const { workers = chapterWorkers, rate, iterations = 1, duration, warmup, ramp = 0, poolTimeout, threads } = options
  return {
    'an iteration': askedOf(options),
    load:
      rate === undefined
        ? workersText(workers)
        : `${rate} iterations begin in a second, whatever has become of those before`,
    'goes on':
      duration === undefined
        ? `for ${counted(iterations, 'iteration')}${rate === undefined ? ' of each worker' : ''}`
        : `for ${durationText(duration)}`,
    'warm-up': durationText(warmup),
    'ramp-up': durationText(ramp),
    'time-out of the pool': durationText(poolTimeout),
    threads: String(threads),
  }
}

function sayHowItWent(out: Output, result: StressResult): void {
  const summary = `${result.ok} ok, ${result.timeouts} time-outs, ${result.failed - result.timeouts} other failures in ${result.seconds} s`
  if (result.failed === 0) out.success(summary)
  else out.note(summary)
  if (result.partial) out.note('partial: interrupted, this is what there was until then')
  else for (const doubt of doubtsAbout(result)) out.note(doubt)
}

/** What keeps a result from being relied on, and what a closed loop does not show. */
function doubtsAbout({ loop, validity: { verdict, checks } }: StressResult): string[] {
  if (verdict === 'too-short') return ['too short for a measurement to rely on: use --duration 10s']
  const failed = checks.filter(({ ok }) => ok === false).map(({ finding }) => finding)
  const doubts = verdict === 'valid' ? [] : [`${verdict}: do not rely on it: ${failed.join('; ')}`]
  return loop === 'open'
    ? doubts
    : [...doubts, 'a closed loop understates stalls: who waits does not ask; --rate asks regardless']
}
