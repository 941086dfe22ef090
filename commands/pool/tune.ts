import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Goal } from '../../src/stress/rounds.ts'
import { leastRounds, type Schedule } from '../../src/stress/schedule.ts'
import { type PoolLines, type PoolName, poolNames } from '../../src/stress/pool-names.ts'
import type { Sweep } from '../../src/stress/sweep.ts'
import type { TuneReport } from '../../src/stress/tune-report.ts'
import {
  durationText,
  parseChoice,
  parseDuration,
  parseRunTime,
  parseWait,
  parseWhole,
  quoteValue,
} from '../../src/values.ts'
import { anyServer } from '../kit/any-server.ts'
import { value, withDefault } from '../kit/flags.ts'
import { footer, type Note } from '../kit/help.ts'
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
import { adviceView, goalText, percent, sentencesFor, viewFor } from './tune-view.ts'
import {
  type CheckedLoad,
  underLoad,
  workloadFlags,
  workloadNotes,
  type WorkloadOptions,
  workloadText,
} from './load-flags.ts'

export interface TuneOptions extends WorkloadOptions {
  readonly min: number
  readonly max: number
  readonly goal: Goal
  readonly instances: number
  readonly rounds?: number
  readonly time?: number
  readonly duration: number
  readonly warmup: number
  readonly workers?: number
  readonly threads: number
  readonly for?: PoolName
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

export function poolTune(pool: Command, ctx: Context, run = tunePool): void {
  const tune = withView(pool.command('tune'), adviceView).description(
    'Recommend a pool size: measure your SQL at several sizes, and choose the smallest within 5 % of the best',
  )
  reportFileFlag(workloadFlags(tune))
    .option('--min <n>', 'smallest pool size', value(parseWhole(1, 10_000)), 1)
    .option('--max <n>', 'largest pool size', value(parseWhole(1, 10_000)), 64)
    .addOption(withDefault('--goal <goal>', 'throughput, or a limit such as p99<50ms', parseGoal, 'throughput'))
    .option('--instances <n>', 'number of processes with such a pool', value(parseWhole(1, 10_000)), 1)
    .addOption(
      new Option('--for <pool>', `settings to print: ${poolNames.join(', ')}`).argParser(value(parseChoice(poolNames))),
    )
    .option('--workers <n>', 'number of workers (default: the value of --max)', value(parseWhole(1, 100_000)))
    .option('--time <duration>', 'time limit of the whole run, instead of --rounds', value(parseRunTime))
    .addOption(
      new Option('--rounds <n>', 'largest number of measurements per size')
        .argParser(value(parseWhole(leastRounds, mostRounds)))
        .default(undefined, String(usualRounds)),
    )
    .addOption(withDefault('--duration <duration>', 'duration of each measurement', parseRunTime, '500ms'))
    .addOption(withDefault('--warmup <duration>', 'duration of the load before each measurement', parseWait, '200ms'))
    .option('--threads <n>', 'number of threads that share the load', value(parseWhole(1, mostThreads)), 1)
    .addHelpText(
      'after',
      footer(
        [measurementNote, ...workloadNotes],
        'dbtool pool tune --sql "SELECT COUNT(*) FROM information_schema.COLUMNS"',
        'dbtool pool tune --sql "SELECT {{random 1 1000}}" --max 16 --goal "p99<50ms" --instances 4',
        'dbtool pool tune --sql "SELECT {{random 1 1000}}" --time 30s --for hikaricp',
      ),
    )
    .action((options: TuneOptions) => run(ctx, options))
}

const usualRounds = 8
const mostRounds = 100

const measurementNote: Note = [
  'Measurement:',
  `Each size runs at least ${leastRounds} times, interleaved with the others. ` +
    'The run ends when the answer is clear, or when the announced time is up. ' +
    'The answer has a range and a confidence. ' +
    'By default, there are as many workers as the largest pool has connections. ' +
    "With --goal 'p99<50ms', only sizes that meet this limit count. " +
    'With --instances, the output states whether the pools of all processes fit the server. ' +
    'With --for, the settings are those of another pool, with its differences. ' +
    'Use --threads if one thread cannot generate enough load. ' +
    'A report (--out) has all sizes; HTML has charts.',
]

/** Measures all sizes, prints the advice and writes the report files. */
export async function tunePool(ctx: Context, options: TuneOptions): Promise<void> {
  const { min, max, goal, instances, workers = max } = options
  if (min > max) throw new DbtoolError('USAGE', `--min ${min} exceeds --max ${max}`)
  const { adviseOn } = await import('../../src/stress/advice.ts')
  await withReportFiles(ctx, options.out, async (save) => {
    const { sweep, load } = await measure(ctx, options)
    const { headroom } = load
    const { discardedRounds } = sweep
    const advice = adviseOn({ ...sweep, workers }, goal)
    const wanted = advice.recommended === null ? null : advice.recommended.pool_size * instances
    const connections = {
      max_connections: headroom.max,
      in_use: headroom.used,
      instances,
      wanted,
      fits: wanted === null ? null : wanted <= headroom.max - headroom.used,
    }
    const size = advice.recommended?.pool_size ?? null
    const settings = size === null ? null : await settingsOf(ctx, options.for, size)
    const tuned = { recommended_size: size, discarded_rounds: discardedRounds, connections, settings }
    ctx.out.item(viewFor(advice, settings), { ...advice, ...tuned })
    const words = sentencesFor({ advice, connections, settings, discardedRounds }, { ...options, workers })
    for (const sentence of words) ctx.out.note(sentence)
    await save(() => textsOf(ctx, options, { report: { advice, words, sizes: sweep.sizes }, load }))
  })
}

/** The recommendation as settings of a pool, by default dbtool's, with the time-outs of the configuration. */
async function settingsOf(ctx: Context, name: PoolName | undefined, size: number): Promise<PoolLines> {
  const [{ pool }, { settingsFor }] = await Promise.all([anyServer(ctx), import('../../src/stress/their-pools.ts')])
  return settingsFor(name, { size, timeoutMs: pool.timeoutMs, recycleMs: pool.recycleMs })
}

async function measure(ctx: Context, options: TuneOptions): Promise<{ sweep: Sweep; load: CheckedLoad }> {
  const [{ runLoad }, { sizesBetween, sweep }, { isClear }, { otherLoad }] = await Promise.all([
    import('../../src/stress/run.ts'),
    import('../../src/stress/sweep.ts'),
    import('../../src/stress/advice.ts'),
    import('../../src/stress/other-load.ts'),
  ])
  const { min, max, goal, time, duration: trialMs, warmup: warmupMs, workers = max, threads } = options
  const rounds = options.rounds ?? (time === undefined ? usualRounds : mostRounds)
  const { target, limits, pool } = await anyServer(ctx)
  return underLoad(ctx, options, max, async (load) => {
    const { work, observer } = load
    const sizes = sizesBetween(min, max)
    const progress = ctx.out.progress()
    const onMove = (text: string): void => ctx.out.note(text)
    progress.show(() => 'measuring one statement')
    try {
      const measured = await sweep(
        { sizes, rounds, trialMs, warmupMs, workers, timeMs: time },
        {
          trial: (size, plan, signal) =>
            runLoad(
              { target, limits, mode: 'fair', pool: { ...pool, size, maxOverflow: 0 }, work, plan },
              { signal, threads: Math.min(threads, size, workers), observer, onMove },
            ),
          pause: otherLoad,
          enough: (until) => isClear(until, goal),
          signal: ctx.io.signal,
          onSchedule: (schedule) => ctx.out.note(announcement(schedule)),
          onTrial: (round, trial) => progress.show(() => `round ${round}: size ${trial} of ${sizes.length}`),
        },
      )
      return { sweep: measured, load }
    } finally {
      progress.clear()
    }
  })
}

const announcement = ({ sizes, mostRounds: rounds, timeMs }: Schedule): string =>
  `${sizes} sizes, up to ${rounds} rounds, at most ${Math.ceil(timeMs / 1_000)} s: ends when the answer is clear`

async function textsOf(
  ctx: Context,
  options: TuneOptions,
  { report: measured, load }: { report: Omit<TuneReport, 'about'>; load: CheckedLoad },
): Promise<Texts> {
  const { tuneCsvOf, tuneHtmlOf, tuneMarkdownOf, tuneSvgOf } = await import('../../src/stress/tune-report.ts')
  const { max, workers = max, duration, warmup, goal, threads } = options
  const { rounds, other_load } = measured.advice
  const settings = {
    'an iteration': workloadText(options),
    load: workersText(workers),
    rounds: String(rounds),
    'other load on this machine': percent(other_load),
    'each time': durationText(duration),
    'warm-up': durationText(warmup),
    goal: goalText(goal),
    threads: String(threads),
  }
  const report = { ...measured, about: await aboutOf(ctx, load, settings) }
  return {
    json: () => asJson(report),
    csv: () => tuneCsvOf(report),
    html: () => tuneHtmlOf(report),
    md: () => tuneMarkdownOf(report),
    svg: () => tuneSvgOf(report),
  }
}
