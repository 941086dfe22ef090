import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { foreignPools, type PoolMode, shapeOf } from '../../src/db/pool/modes.ts'
import { data, number, text, type View } from '../../src/output/view.ts'
import { chapterWorkers, type StressPlan } from '../../src/stress/plan.ts'
import type { StressResult } from '../../src/stress/result.ts'
import type { StressRun } from '../../src/stress/stress-run.ts'
import type { Work } from '../../src/stress/workload.ts'
import { counted, inWords } from '../../src/in-words.ts'
import { durationText, parseRunTime, parseWait, parseWhole } from '../../src/values.ts'
import { anyServer } from '../kit/any-server.ts'
import { withView } from '../kit/command.ts'
import { value, withDefault } from '../kit/flags.ts'
import { footer } from '../kit/help.ts'
import {
  type CheckedLoad,
  poolFlags,
  type PoolFlags,
  underLoad,
  workloadFlags,
  workloadNotes,
  type WorkloadOptions,
  workloadText,
} from './load-flags.ts'
import {
  aboutOf,
  asJson,
  type ReportFile,
  reportFileFlag,
  type Texts,
  withReportFiles,
  workersText,
} from './report-files.ts'

export interface CompareOptions extends WorkloadOptions, PoolFlags {
  readonly workers?: number
  readonly duration: number
  readonly warmup: number
  readonly out?: readonly ReportFile[]
}

/** One row per mode; waits are acquire waits. */
const comparisonView: View = {
  columns: [
    text('mode'),
    number('throughput'),
    data('wait_p50_ms'),
    number('wait_p99_ms'),
    number('wait_max_ms'),
    number('timeouts'),
    data('failed'),
    number('jain'),
    number('min_ops'),
    number('max_ops'),
    number('opened'),
    data('pool_size'),
    data('max_overflow'),
    data('seconds'),
  ],
  spare: ['jain', 'wait_max_ms', 'opened', 'min_ops'],
  id: 'mode',
  omitsNull: true,
}

export function poolCompare(pool: Command, ctx: Context, run = comparePools): void {
  const compare = withView(pool.command('compare'), comparisonView).description(
    "Run the same load over dbtool's pool, the connector's, those of mysql2 and Knex, one connection, and no pool",
  )
  reportFileFlag(poolFlags(workloadFlags(compare), 0))
    .addOption(
      new Option('--workers <n>', 'number of workers in a closed loop')
        .argParser(value(parseWhole(1, 100_000)))
        .default(undefined, String(chapterWorkers)),
    )
    .addOption(withDefault('--duration <duration>', 'duration of each measurement', parseRunTime, '5s'))
    .addOption(withDefault('--warmup <duration>', 'duration of the load before each measurement', parseWait, '200ms'))
    .addHelpText(
      'after',
      footer(
        workloadNotes,
        'dbtool pool compare --sql "SELECT 1"',
        'dbtool pool compare --sql "SELECT 1" --pool-timeout 1s --duration 2s',
        'dbtool pool compare --sql "SELECT 1" --out html=pools.html',
      ),
    )
    .action((options: CompareOptions) => run(ctx, options))
}

/** Runs the load over each mode, prints one row per mode and writes the report files. */
export async function comparePools(ctx: Context, options: CompareOptions): Promise<void> {
  const { poolSize, maxOverflow, workers = chapterWorkers, duration: durationMs, warmup: warmupMs } = options
  const plan: StressPlan = { load: { loop: 'closed', workers }, until: { durationMs }, warmupMs, rampMs: 0 }
  await withReportFiles(ctx, options.out, async (save) => {
    const { runs, load } = await underLoad(
      ctx,
      options,
      Math.max(workers, poolSize + maxOverflow),
      async (checked) => ({
        runs: await eachMode(ctx, options, checked, plan),
        load: checked,
      }),
    )
    const rows = runs.map(({ result }) => rowOf(result))
    ctx.out.outcomes(comparisonView, rows)
    if (ctx.io.signal.aborted) ctx.out.note(`partial: interrupted after ${counted(runs.length, 'pool')}`)
    if (runs.length > 0) await save(() => textsOf(ctx, options, runs, load))
  })
}

async function eachMode(
  ctx: Context,
  { poolSize, maxOverflow, poolTimeout: timeoutMs }: CompareOptions,
  { work, observer }: CheckedLoad,
  plan: StressPlan,
): Promise<StressRun[]> {
  const { runLoad } = await import('../../src/stress/run.ts')
  const { target, limits, pool: configured } = await anyServer(ctx)
  const progress = ctx.out.progress()
  const runs: StressRun[] = []
  const { signal } = ctx.io
  for (const mode of await modesFor(ctx, work)) {
    if (signal.aborted) break
    progress.show(() => mode)
    const shape = shapeOf(mode, { size: poolSize, maxOverflow })
    const job = { target, limits, mode, pool: { ...configured, ...shape, timeoutMs }, work, plan }
    const onMove = (text: string): void => ctx.out.note(text)
    const run = await runLoad(job, { signal, observer, onMove })
    // A part of a measurement cannot be compared with whole ones.
    if (run.result.partial) break
    runs.push(run)
  }
  progress.clear()
  return runs
}

async function textsOf(
  ctx: Context,
  options: CompareOptions,
  runs: readonly StressRun[],
  load: CheckedLoad,
): Promise<Texts> {
  const { compareCsvOf, compareHtmlOf, compareMarkdownOf, compareSvgOf } =
    await import('../../src/stress/compare-report.ts')
  const { workers = chapterWorkers, poolSize, maxOverflow, duration, warmup, poolTimeout } = options
  const settings = {
    'an iteration': workloadText(options),
    load: workersText(workers),
    pool: `${poolSize} + ${maxOverflow} connections`,
    'each pool': `for ${durationText(duration)}`,
    'warm-up': durationText(warmup),
    'time-out of the pool': durationText(poolTimeout),
  }
  const report = { runs, about: await aboutOf(ctx, load, settings) }
  return {
    json: () => asJson(report),
    csv: () => compareCsvOf(report),
    html: () => compareHtmlOf(report),
    md: () => compareMarkdownOf(report),
    svg: () => compareSvgOf(report),
  }
}

const compared = ['fair', 'driver', ...foreignPools, 'static', 'none'] as const

/** All pools whose packages are installed; a note names the others. */
async function modesFor({ out }: Context, work: Work): Promise<readonly PoolMode[]> {
  const { missingPools } = await import('../../src/db/pool/foreign.ts')
  const missing: readonly PoolMode[] = missingPools()
  if (missing.length > 0) {
    const [names, are] = [inWords(missing), missing.length === 1 ? 'is' : 'are']
    out.notice(`${names} ${are} not installed; to compare: npm install ${missing.join(' ')}`)
  }
  const unable: PoolMode[] = work.kind === 'orders' ? ['mysql2'] : []
  if (unable.length > 0) out.note('the pool of mysql2 is not compared: orders need the connections of dbtool')
  return compared.filter((mode) => !missing.includes(mode) && !unable.includes(mode))
}

function rowOf({
  mode,
  pool_size,
  max_overflow,
  throughput,
  acquire_ms,
  timeouts,
  failed,
  fairness,
  connections,
  seconds,
}: StressResult): object {
  const { p50, p99, max } = acquire_ms
  return {
    mode,
    throughput,
    wait_p50_ms: p50,
    wait_p99_ms: p99,
    wait_max_ms: max,
    timeouts,
    failed,
    ...fairness,
    opened: connections.opened,
    pool_size,
    max_overflow,
    seconds,
  }
}
