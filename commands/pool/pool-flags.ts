import type { Command } from 'commander'
import { chapterPool } from '../../src/stress/plan.ts'
import { durationText, parseWait, parseWhole } from '../../src/values.ts'
import { value, withDefault } from '../kit/flags.ts'

export interface PoolFlags {
  readonly poolSize: number
  readonly maxOverflow: number
  readonly poolTimeout: number
}

/** The pool that is put under load: the chapter's, with so much overflow. */
export function poolFlags(command: Command, maxOverflow: number): Command {
  return command
    .option('--pool-size <n>', 'connections kept', value(parseWhole(1, 10_000)), chapterPool.size)
    .option('--max-overflow <n>', 'connections added on demand', value(parseWhole(0, 10_000)), maxOverflow)
    .addOption(
      withDefault(
        '--pool-timeout <duration>',
        'how long a worker waits for a connection',
        parseWait,
        durationText(chapterPool.timeoutMs),
      ),
    )
}
