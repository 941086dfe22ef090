import { InvalidValue } from './errors.ts'
import { type Clock, firstInstant, readingAt, startOfDay } from './time-zone.ts'
import { parseDuration, quoteValue, readInstant } from './values.ts'

/** A time as a user has typed it. Its instant depends on the clock: on the zone, and for an age on the present. */
export type PastTime = (clock: Clock) => Date

const weekdays: readonly string[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const isAge = /^\d+(?:ms|s|m|h|d)$/
const isDate = /^\d{4}-\d{2}-\d{2}$/
const hasMicroseconds = /\.\d{3}0*[1-9]/

/**
 * Parses an instant, or an age: `30d` is thirty days ago. The beginning of a day is `today`, `yesterday`, or `monday`
 * for the latest Monday. Throws InvalidValue.
 */
export function parsePastTime(text: string): PastTime {
  const day = namedDay(text)
  if (day !== undefined) return day
  try {
    return isAge.test(text) ? ageBefore(parseDuration(text)) : typedTime(text)
  } catch {
    throw new InvalidValue(
      'must be a time such as 2026-11-22 or 2026-11-22T10:30:00Z, an age such as 30d, or a day such as today ' +
        `or monday, not ${quoteValue(text)}`,
    )
  }
}

/** Parses the end of a period: a day, which is included, or an instant. Throws InvalidValue. */
export function parseEndTime(text: string): PastTime {
  const parse = parsePastTime(text)
  if (!isDate.test(text) && namedDay(text) === undefined) return parse
  return (clock) => startOfDay(clock.zone, parse(clock), 1)
}

/** The beginning of a named day. Undefined for another text. */
function namedDay(text: string): PastTime | undefined {
  const name = text.toLowerCase()
  if (name === 'today') return ({ zone, now }) => startOfDay(zone, now)
  if (name === 'yesterday') return ({ zone, now }) => startOfDay(zone, now, -1)
  const weekday = weekdays.indexOf(name)
  if (weekday < 0) return undefined
  return ({ zone, now }) => {
    const today = new Date(readingAt(zone, now)).getUTCDay()
    return startOfDay(zone, now, -((today - weekday + 7) % 7))
  }
}

/**
 * ISO 8601. A time without a zone is one of the clock's zone. Stored times are whole seconds: the next millisecond
 * selects the same rows as the microseconds before it.
 */
function typedTime(text: string): PastTime {
  const { at, hasZone } = readInstant(text)
  if (hasMicroseconds.test(text)) at.setTime(at.getTime() + 1)
  return hasZone ? () => at : ({ zone }) => firstInstant(zone, at.getTime())
}

/** The oldest instant that ISO 8601 writes with four digits. */
const oldest = new Date('0001-01-01T00:00:00Z').getTime()

function ageBefore(ms: number): PastTime {
  if (Date.now() - ms < oldest) throw new InvalidValue('is before the year 1')
  return ({ now }) => new Date(now.getTime() - ms)
}
