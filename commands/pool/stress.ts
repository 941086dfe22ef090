import type { Command } from 'commander'
import type { Context } from '../../src/context.ts'
import { poolModes, shapeOf, type PoolMode } from '../../src/db/pool-mode.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import { chapterPlan, chapterPool, type StressPlan } from '../../src/stress/plan.ts'
import type { StressResult } from '../../src/stress/result.ts'
import { durationText, parseChoice, parseWait, parseWhole } from '../../src/values.ts'
import { value, withDefault } from '../flags.ts'
import { examples } from '../help.ts'
import { stressView } from './stress-view.ts'

export interface StressOptions {
  readonly poolSize: number
  readonly maxOverflow: number
  readonly poolTimeout: number
  readonly workers: number
  readonly sql: string
  readonly iterations?: number
  readonly duration?: number
  readonly warmup: number
  readonly mode: PoolMode
}

function parseStatement(text: string): string {
  if (text.trim() === '') throw new InvalidValue('must not be empty')
  return text
}

const interruptGraceMs = 1_000

export function poolStress(pool: Command, ctx: Context, run = stressPool): void {
  pool
    .command('stress')
    .description("Put load on a pool: without flags the chapter's test, 50 workers on 5 + 10 connections")
    .option('--pool-size <n>', 'connections kept', value(parseWhole(1, 10_000)), chapterPool.size)
    .option('--max-overflow <n>', 'connections added on demand', value(parseWhole(0, 10_000)), chapterPool.maxOverflow)
    .addOption(withDefault('--pool-timeout <duration>', 'how long a worker waits for a connection', parseWait, durationText(chapterPool.timeoutMs)))
    .option('--workers <n>', 'how many ask at once', value(parseWhole(1, 100_000)), chapterPlan.workers)
    .option('--sql <statement>', 'what each iteration runs', value(parseStatement), chapterPlan.sql)
    .option('--iterations <n>', 'iterations of each worker (default: 1)', value(parseWhole(1, 1_000_000_000)))
    .option('--duration <duration>', 'how long it goes on, instead of iterations', value(parseWait))
    .addOption(withDefault('--warmup <duration>', 'load before anything is counted', parseWait, durationText(chapterPlan.warmupMs)))
    .option('--mode <mode>', "fair (ours), driver (the connector's), static (one connection), none (no pool)", value(parseChoice(poolModes)), 'fair')
    .addHelpText('after', examples('dbtool pool stress', 'dbtool pool stress --pool-timeout 250ms', 'dbtool pool stress --sql "SELECT 1" --duration 2s --pool-size 5 --max-overflow 0'))
    .action((options: StressOptions) => run(ctx, options))
}

export async function stressPool(ctx: Context, options: StressOptions): Promise<void> {
  const result = await runStress(ctx, options)
  if (ctx.io.signal.aborted && result.ok === 0) return
  ctx.out.item(stressView, result)
  const summary = `${result.ok} ok, ${result.timeouts} time-outs, ${result.failed - result.timeouts} other failures in ${result.seconds} s`
  if (result.failed === 0) ctx.out.success(summary)
  else ctx.out.note(summary)
  if (result.ok === 0) throw new DbtoolError('QUERY_FAILED', 'no iteration succeeded', { hint: result.errors[0]?.message })
}

export async function runStress(ctx: Context, options: StressOptions): Promise<StressResult> {
  const [{ openPool }, { stress }] = await Promise.all([import('../../src/db/open-pool.ts'), import('../../src/stress/stress.ts')])
  const plan = planOf(options)
  const { target, limits, pool: configured } = await ctx.config()
  // A wrong password or host is said at once, not counted fifty times.
  await ctx.connection((connection) => connection.rows('DO 0'), limits)
  const shape = shapeOf(options.mode, { size: options.poolSize, maxOverflow: options.maxOverflow })
  const pool = openPool(options.mode, { target, limits, options: { ...configured, ...shape, timeoutMs: options.poolTimeout } })
  // After Ctrl-C every worker ends what it does; a statement that would run on for long is cut.
  const cut = (): void => void setTimeout(() => void pool.close(0), interruptGraceMs).unref()
  ctx.io.signal.addEventListener('abort', cut, { once: true })
  try {
    return await stress({ mode: options.mode, pool, options: shape }, plan, ctx.io.signal)
  } finally {
    ctx.io.signal.removeEventListener('abort', cut)
    await pool.close(ctx.io.signal.aborted ? 0 : undefined)
  }
}

function planOf({ sql, workers, iterations, duration, warmup }: StressOptions): StressPlan {
  if (iterations !== undefined && duration !== undefined) throw new DbtoolError('USAGE', '--iterations and --duration exclude each other')
  const until = duration === undefined ? { iterations: iterations ?? 1 } : { durationMs: duration }
  return { sql, workers, until, warmupMs: warmup }
}
