import { InvalidValue } from './errors.ts'
import { orNearest } from './nearest.ts'

// Parsers of durations, instants, numbers and amounts of money, shared by flags, prompts and the environment. Each of
// them throws InvalidValue. Other functions quote values for messages and for a shell.

const shownLength = 40
const longestWaitMs = 24 * 86_400_000
const longestAgeMs = 36_500 * 86_400_000
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Quotes a text for a message, and shortens it to 40 characters. The password of a URL is masked. */
export function quoteValue(text: string): string {
  const masked = maskedUrl(text)
  // A body of megabytes would become as many characters, of which 40 are shown.
  const characters = Array.from(masked.slice(0, 2 * shownLength + 1))
  return `'${characters.length > shownLength ? `${characters.slice(0, shownLength).join('')}…` : masked}'`
}

export const stars = '********'

/** Masks the password of a URL: `mariadb://user:********@host:port/database`. */
export function maskedUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):.*@/i, `$1:${stars}@`)
}

/** Parses `250ms`, `5s`, `1m`, `2h` or `30d` to milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined)
    throw new InvalidValue(
      `must be a duration such as 250ms, 5s, 1m or 30d, not ${quoteValue(text)}` +
        (/^\d+$/.test(text) ? ': the unit is missing' : ''),
    )
  return Number(amount) * unitMs[unit as keyof typeof unitMs]
}

/** Parses a waiting time of at most 24 days, because a timer of more than 2^31 ms would fire at once. */
export const parseWait = durationUpTo(longestWaitMs)

/** Parses the duration of a run, which must be longer than zero. */
export function parseRunTime(text: string): number {
  const ms = parseWait(text)
  if (ms === 0) throw new InvalidValue('must be longer than 0s')
  return ms
}

/** Parses an age of at most a hundred years, which stays within the calendar. */
export const parseAge = durationUpTo(longestAgeMs)

function durationUpTo(longestMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text)
    if (ms > longestMs) throw new InvalidValue(`must be at most ${durationText(longestMs)}, not ${quoteValue(text)}`)
    return ms
  }
}

/** Parses a waiting time of the chapter's variables, in which a bare number means seconds. */
export function parseSecondsOrWait(text: string): number {
  return parseWait(/^\d{1,9}$/.test(text) ? `${text}s` : text)
}

/** Formats a duration as a user would type it: `5s`, `250ms`. */
export function durationText(ms: number): string {
  const [unit, size] = (['d', 'h', 'm', 's'] as const)
    .map((name) => [name, unitMs[name]] as const)
    .find(([, length]) => ms >= length && ms % length === 0) ?? ['ms', 1]
  return ms === 0 ? '0s' : `${ms / size}${unit}`
}

const day = /^(\d{4})-(\d{2})-(\d{2})(.*)$/s
const clock =
  /^(?:[T ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?|(Z|[+-]\d{2}:\d{2}))?$/
const offset = /^([+-]\d{2}):?(\d{2})?$/

/**
 * Parses ISO 8601 with a space or a T, in UTC unless the text has another zone: `+01:00`, ` +0100` or `+01`.
 * Microseconds are cut off.
 */
export const parseInstant = (text: string): Date => readInstant(text).at

/** The same, and whether the text has a zone. */
export function readInstant(text: string): { readonly at: Date; readonly hasZone: boolean } {
  const [, year, month, dayOfMonth, rest] = day.exec(text) ?? []
  const [isClock, hour = '00', minute = '00', second = '00', ofTime, ofDay] = clock.exec(rest ?? '') ?? []
  const named = ofTime ?? ofDay
  const [, hours, minutes = '00'] = offset.exec(named ?? '') ?? []
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`
  const at = new Date(isClock === undefined ? NaN : `${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}${zone}`)
  const sameDay = zone === 'Z' ? at : new Date(`${year}-${month}-${dayOfMonth}T00:00:00Z`)
  // 30 February would roll over into March.
  const real = !Number.isNaN(at.getTime()) && sameDay.getUTCDate() === Number(dayOfMonth)
  if (!real)
    throw new InvalidValue(`must be a time such as 2026-11-22 or 2026-11-22T10:30:00Z, not ${quoteValue(text)}`)
  return { at, hasZone: named !== undefined }
}

/** Makes a parser of whole numbers from `from` to `to`. */
export function parseWhole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
    if (!(value >= from && value <= to))
      throw new InvalidValue(`must be a whole number from ${from} to ${to}, not ${quoteValue(text)}`)
    return value
  }
}

/** A parser with a list of all valid texts, which completion offers. */
export type ChoiceParser<C> = ((text: string) => C) & { readonly choices: readonly string[] }

/** Makes a parser that accepts only `choices`. */
export function parseChoice<C extends string>(choices: readonly C[]): ChoiceParser<C> {
  const parse = (text: string): C => {
    const choice = choices.find((candidate) => candidate === text)
    const allowed = choices.length === 1 ? choices.join() : `one of ${choices.join(', ')}`
    if (choice === undefined)
      throw new InvalidValue(`must be ${allowed}, not ${quoteValue(text)}${orNearest(text, choices)}`)
    return choice
  }
  return Object.assign(parse, { choices })
}

/** The largest INT, which ids, quantities and stock are. */
export const largestInt = 2_147_483_647
/** The largest DECIMAL(10, 2), which prices and totals are. */
export const largestAmount = '99999999.99'

/** Parses a DECIMAL(10,2): up to eight digits before the point. Never rounds: 4.5000 is 4.50, and 4.505 is refused. */
export function parsePrice(text: string): string {
  if (/^(?:0|[1-9]\d{0,7})\.\d\d$/.test(text)) return text
  if (/^\d+\.\d{2}0*[1-9]\d*$/.test(text))
    throw new InvalidValue(`must have at most two decimals, not ${quoteValue(text)}: money is never rounded`)
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,2})0*)?$/.exec(text) ?? []
  if (whole === undefined) throw new InvalidValue(`must be an amount such as 19.90, not ${quoteValue(text)}`)
  const digits = whole.replace(/^0+(?=\d)/, '')
  if (digits.length > 8) throw new InvalidValue(`must be at most ${largestAmount}, not ${quoteValue(text)}`)
  return `${digits}.${fraction.padEnd(2, '0')}`
}

/** Quotes a text for a shell. */
export const quotedForShell = (text: string): string =>
  /^[\w.:@%+/-][\w.:@%+=/-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** Quotes a path for a shell. A leading `~/`, as messages show the home folder, stays without quotes. */
export const quotedPath = (path: string): string =>
  path.startsWith('~/') ? `~/${quotedForShell(path.slice(2))}` : quotedForShell(path)
