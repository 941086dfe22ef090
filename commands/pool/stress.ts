import { Option, type Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { poolModes, shapeOf, type PoolMode } from '../../src/db/pool-mode.ts'
import { DbtoolError, InvalidValue, messageOf } from '../../src/errors.ts'
import type { Baseline } from '../../src/stress/baseline.ts'
import { chapterPool, chapterWorkers, mostInFlight, type Load, type StressPlan } from '../../src/stress/plan.ts'
import type { StressResult } from '../../src/stress/result.ts'
import type { StressRun } from '../../src/stress/stress.ts'
import { parseThreshold, type Threshold } from '../../src/stress/threshold.ts'
import { parseChoice, parseWait, parseWhole, shown } from '../../src/values.ts'
import { value, values, withDefault } from '../flags.ts'
import { examples } from '../help.ts'
import { keepRun, parseKeep, type Keep } from './keep.ts'
import { liveView } from './live-view.ts'
import { stressView } from './stress-view.ts'
import { poolFlags, type PoolFlags } from './pool-flags.ts'
import { underLoad, workloadFlags, type WorkloadOptions } from './workload-flags.ts'

export interface StressOptions extends WorkloadOptions, PoolFlags {
  readonly workers?: number
  readonly rate?: number
  readonly ramp?: number
  readonly iterations?: number
  readonly duration?: number
  readonly warmup: number
  readonly mode: PoolMode
  readonly threshold?: readonly Threshold[]
  readonly out?: readonly Keep[]
  readonly baseline?: string
  readonly maxRegression: number
}

const interruptGraceMs = 1_000

export function poolStress(pool: Command, ctx: Context, run = stressPool): void {
  const stress = pool.command('stress').description("Put load on a pool: without flags the chapter's test, 50 workers on 5 + 10 connections")
  poolFlags(workloadFlags(stress), chapterPool.maxOverflow)
    .addOption(new Option('--workers <n>', 'how many ask at once, each again when its last iteration has ended (a closed loop)').argParser(value(parseWhole(1, 100_000))).default(undefined, String(chapterWorkers)))
    .addOption(new Option('--rate <n>', 'iterations that begin in a second, whatever has become of those before (an open loop)').argParser(value(parseWhole(1, 1_000_000))).conflicts('workers'))
    .option('--iterations <n>', 'iterations of each worker, or with --rate in all (default: 1)', value(parseWhole(1, 1_000_000_000)))
    .option('--duration <duration>', 'how long it goes on, instead of iterations', value(parseWait))
    .addOption(withDefault('--warmup <duration>', 'load before anything is counted', parseWait, '0s'))
    .option('--ramp <duration>', 'how long the load takes to become whole', value(parseWait))
    .option('--threshold <metric>', "what the result must keep to, as in 'acquire.p95<50ms' or 'failed_share<1%'; otherwise exit 99", values(parseThreshold))
    .option('--baseline <file>', 'an earlier result as JSON: what became worse is exit 99, too')
    .addOption(withDefault('--max-regression <share>', 'by how much it may be worse', parseShare, '10%'))
    .option('--out <kind=file>', 'keep the run with how it went over time: json=FILE, csv=FILE, or html=FILE with pictures', values(parseKeep))
    .option('--mode <mode>', "fair (ours), driver (the connector's), static (one connection), none (no pool)", value(parseChoice(poolModes)), 'fair')
    .addHelpText('after', examples('dbtool pool stress', 'dbtool pool stress --pool-timeout 250ms', 'dbtool pool stress --sql "SELECT 1" --duration 2s --pool-size 5 --max-overflow 0', 'dbtool pool stress --rate 200 --duration 5s --sql "SELECT {{random 1 1000}}" --threshold "total.p99<100ms"'))
    .action((options: StressOptions) => run(ctx, options))
}

export async function stressPool(ctx: Context, options: StressOptions): Promise<void> {
  const baseline = await baselineOf(options.baseline)
  const run = await runStress(ctx, options)
  const { result } = run
  if (ctx.io.signal.aborted && result.ok === 0) return
  ctx.out.item(stressView, result)
  if (!ctx.io.signal.aborted) await keepRun(ctx, run, options.out ?? [])
  const summary = `${result.ok} ok, ${result.timeouts} time-outs, ${result.failed - result.timeouts} other failures in ${result.seconds} s`
  if (result.failed === 0) ctx.out.success(summary)
  else ctx.out.note(summary)
  if (result.partial) ctx.out.note('partial: interrupted, this is what there was until then')
  else for (const doubt of doubtsAbout(result)) ctx.out.note(doubt)
  if (result.ok === 0) throw new DbtoolError('QUERY_FAILED', 'no iteration succeeded', { hint: result.errors[0]?.message })
  const missed = (options.threshold ?? []).filter(({ kept }) => !kept(result)).map(({ text, measured }) => `${text} was not kept: ${measured(result) ?? 'nothing'} was measured`)
  const worse = baseline === undefined ? [] : (await import('../../src/stress/baseline.ts')).regressions(baseline, result, options.maxRegression)
  if (missed.length + worse.length > 0) throw new DbtoolError('THRESHOLD_MISSED', [...missed, ...worse].join('; '))
}

/** Before anything runs: a file that is none should not cost a load test. */
async function baselineOf(path: string | undefined): Promise<Baseline | undefined> {
  if (path === undefined) return undefined
  const [{ readFile }, { readBaseline }] = await Promise.all([import('node:fs/promises'), import('../../src/stress/baseline.ts')])
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DbtoolError('USAGE', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  })
  return readBaseline(path, text)
}

/** `10%`. */
function parseShare(typed: string): number {
  const [, percent] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(typed) ?? []
  if (percent === undefined) throw new InvalidValue(`must be a share such as 10%, not ${shown(typed)}`)
  return Number(percent) / 100
}

async function runStress(ctx: Context, options: StressOptions): Promise<StressRun> {
  const [{ openPool }, { closing }, { stressRun }] = await Promise.all([import('../../src/db/open-pool.ts'), import('../../src/db/pool.ts'), import('../../src/stress/stress.ts')])
  const { signal } = ctx.io
  const shape = shapeOf(options.mode, { size: options.poolSize, maxOverflow: options.maxOverflow })
  const most = options.mode === 'none' ? (options.workers ?? 1) : shape.size + shape.maxOverflow
  const load = loadOf(options)
  return underLoad(ctx, options, most, async (workload) => {
    const { target, limits, pool: configured } = await ctx.config()
    const pool = openPool(options.mode, { target, limits, options: { ...configured, ...shape, timeoutMs: options.poolTimeout } })
    // After Ctrl-C every worker ends what it does; a statement that would run on for long is cut.
    const cut = (): void => void setTimeout(() => void pool.close(0), interruptGraceMs).unref()
    signal.addEventListener('abort', cut, { once: true })
    const live = liveView(ctx.out, ctx.io.stderr.isTTY === true)
    try {
      return await closing(pool, signal, () => stressRun({ mode: options.mode, pool, options: shape }, { workload, ...load }, signal, live.show))
    } finally {
      live.clear()
      signal.removeEventListener('abort', cut)
    }
  })
}

function loadOf({ workers = chapterWorkers, rate, iterations, duration, warmup: warmupMs, ramp: rampMs = 0 }: StressOptions): Omit<StressPlan, 'workload'> {
  if (iterations !== undefined && duration !== undefined) throw new DbtoolError('USAGE', '--iterations and --duration exclude each other')
  const load: Load = rate === undefined ? { loop: 'closed', workers } : { loop: 'open', perSecond: rate, mostInFlight }
  const until = duration === undefined ? { iterations: iterations ?? 1 } : { durationMs: duration }
  return { load, until, warmupMs, rampMs }
}

/** What keeps a result from being relied on, and what a closed loop does not show. */
function doubtsAbout({ loop, validity: { verdict, checks } }: StressResult): string[] {
  const failed = checks.filter(({ ok }) => ok === false).map(({ finding }) => finding)
  const doubts = verdict === 'valid' ? [] : [`${verdict}: do not rely on it: ${failed.join('; ')}`]
  return verdict === 'too-short' || loop === 'open' ? doubts : [...doubts, 'a closed loop understates stalls: who waits does not ask; --rate asks regardless']
}
