import { type Command, Option } from 'commander'
import type { PoolMode } from '../../src/db/pool/modes.ts'
import { DbtoolError } from '../../src/errors.ts'
import { chapterWorkers, type Load, mostInFlight, type StressPlan } from '../../src/stress/plan.ts'
import { singleShard } from '../../src/stress/shard.ts'
import { counted } from '../../src/in-words.ts'
import { durationText, parseRunTime, parseWait, parseWhole } from '../../src/values.ts'
import { value, withDefault } from '../kit/flags.ts'
import type { Note } from '../kit/help.ts'
import { type PoolFlags, type WorkloadOptions, workloadText } from './load-flags.ts'
import { workersText } from './report-files.ts'

/** The flags of the load: its model, its schedule and its threads. */
export interface LoadOptions extends WorkloadOptions, PoolFlags {
  readonly workers?: number
  readonly rate?: number
  readonly ramp?: number
  readonly iterations?: number
  readonly duration?: number
  readonly warmup: number
  readonly threads: number
  readonly mode: PoolMode
}

/** Adds the flags of the load model and its schedule. */
export function loadFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--workers <n>', 'number of workers, in a closed loop')
        .argParser(value(parseWhole(1, 100_000)))
        .default(undefined, String(chapterWorkers)),
    )
    .addOption(
      new Option('--rate <n>', 'iterations to start per second, in an open loop')
        .argParser(value(parseWhole(1, 1_000_000)))
        .conflicts('workers'),
    )
    .option(
      '--iterations <n>',
      'iterations per worker, or in total with --rate (default: 1)',
      value(parseWhole(1, 1_000_000_000)),
    )
    .option('--duration <duration>', 'duration of the load, instead of --iterations', value(parseRunTime))
    .addOption(withDefault('--warmup <duration>', 'duration of the load before the measurement', parseWait, '0s'))
    .option('--ramp <duration>', 'ramp up to full load over this time', value(parseWait))
}

/** The part of the help that explains these flags. */
export const loadNote: Note = [
  'Load:',
  'With --workers, the load is a closed loop: each worker starts again when its last iteration has ended. ' +
    'With --rate, it is an open loop: iterations start on schedule, regardless of the earlier ones. ' +
    'Each thread of --threads has its share of workers, rate and pool.',
]

/** The plan that the flags describe. Throws USAGE if they exclude each other. */
export function planOf({
  workers = chapterWorkers,
  rate,
  iterations,
  duration,
  warmup: warmupMs,
  ramp: rampMs = 0,
}: LoadOptions): StressPlan {
  if (iterations !== undefined && duration !== undefined)
    throw new DbtoolError('USAGE', '--iterations and --duration exclude each other')
  const load: Load =
    rate === undefined
      ? { loop: 'closed', workers }
      : { loop: 'open', perSecond: rate, mostInFlight, shard: singleShard }
  const until = duration === undefined ? { iterations: iterations ?? 1 } : { durationMs: duration }
  return { load, until, warmupMs, rampMs }
}

/** Each thread has its own pool and needs at least one connection and one worker. Throws USAGE. */
export function assertShardable({ threads, mode }: LoadOptions, { load }: StressPlan, size: number): void {
  if (threads === 1) return
  if (mode === 'static')
    throw new DbtoolError('USAGE', '--mode static allows only one thread: threads cannot share a connection')
  if (mode !== 'none' && size < threads)
    throw new DbtoolError(
      'USAGE',
      `${threads} threads need a pool of at least ${threads} connections, but --pool-size is ${size}`,
    )
  if (load.loop === 'closed' && load.workers < threads)
    throw new DbtoolError(
      'USAGE',
      `${threads} threads need at least ${threads} workers, but --workers is ${load.workers}`,
    )
}

/** The settings of the run, for readers of the report. */
export function settingsOf(options: LoadOptions): Record<string, string> {
  const { workers = chapterWorkers, rate, iterations = 1, duration, warmup, ramp = 0, poolTimeout, threads } = options
  return {
    'an iteration': workloadText(options),
    load:
      rate === undefined ? workersText(workers) : `${rate} iterations start per second, regardless of the earlier ones`,
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
