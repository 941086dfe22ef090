import { InvalidValue } from '../../errors.ts'
import { instantsOf, zoneNamed } from '../../time-zone.ts'
import { quoteValue } from '../../values.ts'
import { monthNamed } from './month-names.ts'

/** Reads a time as a file writes it, and returns it in ISO 8601 and UTC. Throws InvalidValue. */
/** The fields of times. */
export const timeFields: readonly string[] = ['ordered_at', 'created_at', 'last_login']

export type ReadTime = (text: string) => string

/**
 * A time whose day and month are in the other order than in the format. Other times of its file fit both orders, and
 * were misread.
 */
export class OtherOrder extends InvalidValue {
  constructor(
    text: string,
    format: string,
    /** The format that reads it. */
    readonly right: string,
  ) {
    super(`${quoteValue(text)} is no ${format}: day and month are in the other order`)
  }
}

type Part =
  | 'year'
  | 'year2'
  | 'month'
  | 'monthName'
  | 'day'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'second'
  | 'half'
  | 'zone'

/** The tokens of a format, which has other spellings such as strptime's. */
const tokens: Readonly<Record<string, readonly [part: Part, pattern: string]>> = {
  YYYY: ['year', '\\d{4}'],
  YY: ['year2', '\\d{4}|\\d{2}'],
  MMM: ['monthName', '\\p{L}{3,}\\.?'],
  MM: ['month', '\\d{1,2}'],
  M: ['month', '\\d{1,2}'],
  DD: ['day', '\\d{1,2}'],
  D: ['day', '\\d{1,2}'],
  ddd: ['weekday', '\\p{L}{2,}\\.?'],
  HH: ['hour', '\\d{1,2}'],
  H: ['hour', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  ss: ['second', '\\d{2}(?:\\.\\d{1,9})?'],
  A: ['half', '[ap]\\.?m\\.?'],
  Z: ['zone', 'z|[+-]\\d{2}(?::?\\d{2})?|[a-z]{2,4}'],
}

/** Names of zones with one meaning, those of RFC 5322 and of Europe, and their hours from UTC. */
const zoneNames: Readonly<Record<string, number>> = {
  ...{ z: 0, utc: 0, gmt: 0, ut: 0, wet: 0, west: 1, cet: 1, cest: 2, eet: 2, eest: 3 },
  ...{ est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
}

const otherSpellings: Readonly<Record<string, string>> = {
  yyyy: 'YYYY',
  yy: 'YY',
  dd: 'DD',
  d: 'D',
  hh: 'HH',
  h: 'H',
  '%Y': 'YYYY',
  '%y': 'YY',
  '%m': 'MM',
  '%b': 'MMM',
  '%d': 'DD',
  '%H': 'HH',
  '%I': 'HH',
  '%M': 'mm',
  '%S': 'ss',
  '%p': 'A',
  '%z': 'Z',
}
/** Text in brackets stands for itself. */
const anyToken = new RegExp(
  ['\\[[^[\\]]*\\]', 'ddd', ...Object.keys(otherSpellings), ...Object.keys(tokens)].join('|'),
  'g',
)

/** The time of day that may follow a format without one. */
const timeOfDay = '(?:,?[T ]+(HH):(mm)(?::(ss))?(?: ?(A))?(?: ?(Z))?)?'

interface Format {
  readonly pattern: RegExp
  /** The part of each group of the pattern. */
  readonly parts: readonly Part[]
}

/** Throws InvalidValue for a format without year, month and day, or with letters that are no token. */
function compile(format: string): Format {
  const parts: Part[] = []
  const group = (token: string): string => {
    const [part, pattern] = tokens[otherSpellings[token] ?? token] ?? ['day', '']
    parts.push(part)
    return `(${pattern})`
  }
  const literal = (between: string): string => {
    if (/\p{L}/u.test(between.replaceAll('T', '')))
      throw new InvalidValue(`has ${quoteValue(between)}, which is no part of a time; ${usage}`)
    return escaped(between)
  }
  let source = ''
  let from = 0
  // In dd.mm.yyyy, mm can only be the month.
  const text = /M|%[mb]/.test(format) ? format : format.replace('mm', 'MM')
  for (const { 0: token, index } of text.matchAll(anyToken)) {
    source += literal(text.slice(from, index)) + (token.startsWith('[') ? escaped(token.slice(1, -1)) : group(token))
    from = index + token.length
  }
  source += literal(text.slice(from))
  const has = (...names: readonly Part[]): boolean => names.some((name) => parts.includes(name))
  if (!has('year', 'year2') || !has('month', 'monthName') || !has('day'))
    throw new InvalidValue(`must have a year, a month and a day, not ${quoteValue(format)}; ${usage}`)
  if (!has('hour')) source += timeOfDay.replace(/\((HH|mm|ss|A|Z)\)/g, (_all, token: string) => group(token))
  return { pattern: new RegExp(`^${source}$`, 'iu'), parts }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+')

const usage =
  'write it with YYYY, YY, MM, MMM, DD, ddd, HH, mm, ss, A and Z, such as DD.MM.YYYY HH:mm, or X for Unix time'

type Parts = Partial<Record<Part, string>>

/** The reading of a clock on a wall, as milliseconds of a day in UTC. Undefined: there is no such day or time. */
function wallTime(parts: Parts): number | undefined {
  const { year, year2 = '', month, monthName = '', day, hour = '0', minute = '0', second = '0', half } = parts
  const fullYear = year === undefined ? Number(year2) + centuryOf(year2) : Number(year)
  const monthIndex = month === undefined ? (monthNamed(monthName) ?? -1) : Number(month) - 1
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0)
  const isHalf = half === undefined || (Number(hour) >= 1 && Number(hour) <= 12)
  const at = new Date(0)
  at.setUTCFullYear(fullYear, monthIndex, Number(day))
  const sameDay = at.getUTCMonth() === monthIndex && at.getUTCDate() === Number(day)
  if (!sameDay || !isHalf || hours > 23 || Number(minute) > 59 || Number(second) >= 60) return undefined
  return at.getTime() + ((hours * 60 + Number(minute)) * 60 + Math.floor(Number(second))) * 1_000
}

const centuryOf = (year2: string): number => (year2.length > 2 ? 0 : Number(year2) < 69 ? 2000 : 1900)

/** ISO 8601 as dbtool reads it everywhere. */
const iso = compile('YYYY-MM-DD')

/**
 * Reads times of the format, or in ISO 8601. A time without an offset is of the time zone, or of UTC.
 *
 * Throws InvalidValue for a format or a zone that does not exist.
 */
export function timeReader(format: string | undefined, zone: string | undefined): ReadTime {
  if (format === 'X' || format === 'x') return unixReader(format)
  const formats = format === undefined ? [iso] : [compile(format), iso]
  const toUtc = zone === undefined || zone === 'UTC' ? (wall: number): number => wall : zoneReader(zone)
  return (text) => {
    for (const [index, { pattern, parts }] of formats.entries()) {
      const [, ...texts] = pattern.exec(text) ?? []
      if (texts.length === 0) continue
      const found: Parts = Object.fromEntries(parts.flatMap((part, at) => (texts[at] ? [[part, texts[at]]] : [])))
      const wall = wallTime(found)
      if (index === 0 && format !== undefined && wall === undefined && isSwapped(found))
        throw new OtherOrder(text, format, swapped(format))
      const offset = found.zone === undefined ? undefined : offsetOf(found.zone)
      if (wall === undefined || (found.zone !== undefined && offset === undefined)) continue
      const utc = offset === undefined ? toUtc(wall, text) : wall - offset
      return new Date(utc).toISOString().replace('.000Z', 'Z')
    }
    throw new InvalidValue(`must be a time such as ${format ?? '2026-11-22T10:30:00Z'}, not ${quoteValue(text)}`)
  }
}

/** Reads the seconds (`X`) or milliseconds (`x`) since 1970, which a server counts in UTC. */
const unixReader =
  (format: 'X' | 'x'): ReadTime =>
  (text) => {
    const digits = format === 'X' ? /^\d{1,11}(?:\.\d{1,6})?$/ : /^\d{12,14}$/
    if (!digits.test(text))
      throw new InvalidValue(`must be a Unix time in ${unixUnits[format]}, not ${quoteValue(text)}`)
    const at = new Date(Math.floor(Number(text) * (format === 'X' ? 1_000 : 1)))
    return at.toISOString().replace('.000Z', 'Z')
  }

const unixUnits = { X: 'seconds', x: 'milliseconds' }

/** A month of more than 12, which would be a day. */
const isSwapped = ({ month, day, ...rest }: Parts): boolean =>
  Number(month) > 12 && wallTime({ ...rest, month: day ?? '', day: month ?? '' }) !== undefined

const swapped = (format: string): string =>
  format.replace(/M+|D+|%[md]/g, (token) => token.replaceAll(/[MDmd]/g, (letter) => otherLetter[letter] ?? letter))

const otherLetter: Readonly<Record<string, string>> = { M: 'D', D: 'M', m: 'd', d: 'm' }

/** Undefined for a name that is no zone, or of several. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? []
  if (sign === undefined) {
    const named = zoneNames[zone.toLowerCase()]
    return named === undefined ? undefined : named * 3_600_000
  }
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000
}

/**
 * Converts readings of the clocks of a zone to UTC. In the hour that clocks repeat in autumn, the first one counts; the
 * hour that they skip in spring does not exist.
 */
function zoneReader(name: string): (wall: number, text: string) => number {
  const zone = zoneNamed(name)
  return (wall, text) => {
    const [first] = instantsOf(zone, wall)
    if (first === undefined) throw new InvalidValue(`does not exist in ${name}, where clocks skip ${quoteValue(text)}`)
    return first
  }
}
