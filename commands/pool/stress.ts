import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { poolModes, shapeOf } from '../../src/db/pool/modes.ts'
import { reasonOf } from '../../src/config/reason.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Output } from '../../src/output/output.ts'
import type { Baseline } from '../../src/stress/baseline.ts'
import { chapterPool, type StressPlan } from '../../src/stress/plan.ts'
import type { StressResult } from '../../src/stress/result.ts'
import { mostThreads } from '../../src/stress/run.ts'
import type { JudgedRun } from '../../src/stress/report.ts'
import type { StressRun } from '../../src/stress/stress-run.ts'
import { parseThreshold, type Threshold } from '../../src/stress/threshold.ts'
import { parseChoice, parseWhole, quoteValue } from '../../src/values.ts'
import { anyServer } from '../kit/any-server.ts'
import { withView } from '../kit/command.ts'
import { value, values, withDefault } from '../kit/flags.ts'
import { footer, type Note } from '../kit/help.ts'
import { hint } from '../kit/hint.ts'
import { aboutOf, asJson, type ReportFile, reportFileFlag, withReportFiles, type Texts } from './report-files.ts'
import { liveView, stressView } from './stress-view.ts'
import { type CheckedLoad, poolFlags, underLoad, workloadFlags, workloadNotes } from './load-flags.ts'
import { assertShardable, loadFlags, loadNote, type LoadOptions, planOf, settingsOf } from './stress-plan.ts'

export interface StressOptions extends LoadOptions {
  readonly threshold?: readonly Threshold[]
  readonly out?: readonly ReportFile[]
  readonly baseline?: string
  readonly maxRegression: number
}

export function poolStress(pool: Command, ctx: Context, run = stressPool): void {
  const stress = withView(pool.command('stress'), stressView).description(
    'Run a load test on a connection pool; by default 50 workers on 5 + 10 connections',
  )
  loadFlags(poolFlags(workloadFlags(stress), chapterPool.maxOverflow))
  resultFlags(stress)
    .option('--threads <n>', 'number of threads that share the load', value(parseWhole(1, mostThreads)), 1)
    .option('--mode <mode>', 'kind of pool: fair, driver, static or none', value(parseChoice(poolModes)), 'fair')
    .addHelpText(
      'after',
      footer(
        [...stressNotes, ...workloadNotes],
        'dbtool pool stress',
        'dbtool pool stress --pool-timeout 250ms',
        'dbtool pool stress --sql "SELECT 1" --duration 2s --pool-size 5 --max-overflow 0',
        'dbtool pool stress --rate 200 --duration 5s --sql "SELECT {{random 1 1000}}" --threshold "total.p99<100ms"',
      ),
    )
    .action((options: StressOptions) => run(ctx, options))
}

/** Adds the flags that judge and save the result. */
function resultFlags(command: Command): Command {
  return reportFileFlag(command)
    .option('--threshold <metric>', 'limit for a metric; a result beyond it exits with 99', values(parseThreshold))
    .option('--baseline <file>', 'earlier result as JSON; a regression exits with 99')
    .addOption(withDefault('--max-regression <share>', 'tolerated regression from --baseline', parseShare, '10%'))
}

const stressNotes: readonly Note[] = [
  loadNote,
  [
    'Modes:',
    [
      ['fair', "dbtool's pool"],
      ['driver', "the connector's pool"],
      ['static', 'one connection'],
      ['none', 'no pool: a new connection for each iteration'],
    ],
  ],
  [
    'Results:',
    "A threshold is a condition such as 'acquire.p95<50ms' or 'failed_share<1%'. " +
      'A report (--out) has the result and its course over time; HTML has charts.',
  ],
]

/**
 * Runs the load test, prints the result and writes the report files. Rejects with QUERY_FAILED if no iteration
 * succeeded, and with THRESHOLD_MISSED.
 */
export async function stressPool(ctx: Context, options: StressOptions): Promise<void> {
  const plan = planOf(options)
  const shape = shapeOf(options.mode, { size: options.poolSize, maxOverflow: options.maxOverflow })
  assertShardable(options, plan, shape.size)
  const baseline = await baselineFor(options, plan, shape)
  await withReportFiles(ctx, options.out, async (save) => {
    const { run, load } = await runStress(ctx, options, { plan, shape })
    if (ctx.io.signal.aborted && run.result.ok === 0) return
    const { assertExpectations, judgedResult } = await import('../../src/stress/judged.ts')
    const { threshold: thresholds = [], maxRegression } = options
    const result = judgedResult(run.result, { thresholds, baseline, maxRegression })
    ctx.out.item(stressView, result)
    await save(() => textsOf(ctx, options, { ...run, result }, { ...load, baseline }))
    reportOutcome(ctx.out, result)
    assertExpectations(result)
    hint(ctx)
  })
}

/** Reads the baseline before the run: a wrong file must not cost a load test. Rejects with USAGE or BAD_INPUT. */
async function baselineFor(
  options: StressOptions,
  { load }: StressPlan,
  { size, maxOverflow }: PoolShape,
): Promise<Baseline | undefined> {
  const { baseline: path, mode } = options
  if (path === undefined) return undefined
  const [{ readFile }, { assertSameTest, readBaseline }] = await Promise.all([
    import('node:fs/promises'),
    import('../../src/stress/baseline.ts'),
  ])
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DbtoolError('USAGE', `cannot read ${path}: ${reasonOf(error)}`, { cause: error })
  })
  const baseline = readBaseline(path, text)
  const workers = load.loop === 'closed' ? load.workers : 0
  const shape = { mode, pool_size: size, max_overflow: maxOverflow, workers, loop: load.loop }
  assertSameTest(baseline, shape, settingsOf(options))
  return baseline
}

/** Parses a share such as `10%`. */
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
): Promise<{ run: StressRun; load: CheckedLoad }> {
  const { runLoad } = await import('../../src/stress/run.ts')
  const { mode, threads, poolTimeout: timeoutMs } = options
  const most = mode === 'none' ? (options.workers ?? 1) : shape.size + shape.maxOverflow
  return underLoad(ctx, options, most, async (load) => {
    const { target, limits, pool: configured } = await anyServer(ctx)
    const live = liveView(ctx.out, ctx.io.stderr.isTTY === true)
    try {
      const { work, observer } = load
      const job = { target, limits, mode, pool: { ...configured, ...shape, timeoutMs }, work, plan }
      const onMove = (text: string): void => ctx.out.note(text)
      const hooks = { signal: ctx.io.signal, threads, onLive: live.show, observer, onMove }
      return { run: await runLoad(job, hooks), load }
    } finally {
      live.clear()
    }
  })
}

async function textsOf(
  ctx: Context,
  options: StressOptions,
  run: JudgedRun,
  load: CheckedLoad & { readonly baseline: Baseline | undefined },
): Promise<Texts> {
  const { csvOf, htmlOf, markdownOf, svgOf } = await import('../../src/stress/report.ts')
  const report = {
    ...run,
    about: await aboutOf(ctx, load, settingsOf(options)),
    baseline_distribution: load.baseline?.distribution ?? null,
  }
  return {
    json: () => asJson(report),
    csv: () => csvOf(report),
    html: () => htmlOf(report),
    md: () => markdownOf(report),
    svg: () => svgOf(report),
  }
}

function reportOutcome(out: Output, result: StressResult): void {
  const { ok, timeouts, failed, seconds } = result
  const summary = `${ok} ok, ${timeouts} time-outs, ${failed - timeouts} other failures in ${seconds} s`
  if (failed === 0) out.success(summary)
  else out.note(summary)
  if (result.partial) out.note('partial: interrupted; the result covers the time until then')
  else for (const warning of warningsFor(result)) out.note(warning)
}

/** Reasons not to rely on the result, and the delay that a closed loop does not show. */
function warningsFor({ loop, validity: { verdict, checks } }: StressResult): string[] {
  if (verdict === 'too-short') return ['too short for a reliable measurement: use --duration 10s']
  const failed = checks.filter(({ ok }) => ok === false).map(({ finding }) => finding)
  const reasons = verdict === 'valid' ? [] : [`${verdict}: do not rely on this result: ${failed.join('; ')}`]
  return loop === 'open'
    ? reasons
    : [...reasons, 'a closed loop hides stalls, because waiting workers send nothing; use --rate for open-loop load']
}
