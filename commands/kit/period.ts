import { Option, type Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Format } from '../../src/output/choices.ts'
import { parseEndTime, type PastTime } from '../../src/past-time.ts'
import type { Clock } from '../../src/time-zone.ts'
import { past, value } from './flags.ts'

export interface PeriodFlags {
  readonly since?: PastTime
  readonly until?: PastTime
  readonly from?: PastTime
  readonly to?: PastTime
}

/** Adds the flags of a period. `what` begins the help of each, such as "placed". */
export function withPeriod(command: Command, what: string): Command {
  return command
    .addOption(
      new Option('--since <time>', `${what} since a time, 30d, today or monday`).argParser(past).conflicts('from'),
    )
    .addOption(
      new Option('--until <time>', `${what} before a time, or an age such as 30d`).argParser(past).conflicts('to'),
    )
    .addOption(new Option('--from <day>', `${what} on or after a day`).argParser(past))
    .addOption(new Option('--to <day>', `${what} on or before a day`).argParser(value(parseEndTime)))
}

/**
 * The clock by which a command reads the times of its flags: that of the times in its output. `unlessGiven` is the
 * format without `--format`.
 */
export function clockOf({ out, io }: Context, unlessGiven?: Format): Clock {
  return { zone: out.units.zone(unlessGiven), now: io.now() }
}

export interface Period {
  readonly since: Date | undefined
  /** Exclusive. */
  readonly until: Date | undefined
}

/**
 * The period, whichever pair of flags gives it.
 * @throws DbtoolError USAGE if it ends before it begins, which would look like a period without rows.
 */
export function periodOf({ since, until, from, to }: PeriodFlags, clock: Clock): Period {
  const period = { since: (since ?? from)?.(clock), until: (until ?? to)?.(clock) }
  if (period.since !== undefined && period.until !== undefined && period.until < period.since) {
    const [end, start] = [until === undefined ? '--to' : '--until', since === undefined ? '--from' : '--since']
    throw new DbtoolError('USAGE', `the period ends before it begins: ${end} is earlier than ${start}`)
  }
  return period
}
