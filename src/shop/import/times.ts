import { InvalidValue } from '../../errors.ts'
import { instantsOf, zoneNamed } from '../../time-zone.ts'
import { quoteValue } from '../rules.ts'

/** Reads a time as a file writes it, and returns it in ISO 8601 and UTC. Throws InvalidValue. */
export type ReadTime = (text: string) => string

type Part = 'year' | 'year2' | 'month' | 'monthName' | 'day' | 'hour' | 'minute' | 'second' | 'half' | 'zone'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const anyMonth = `(?:${months.join('|')})[a-z]*\\.?`

/** The tokens of a format, which has other spellings such as strptime's. */
const tokens: Readonly<Record<string, readonly [part: Part, pattern: string]>> = {
  YYYY: ['year', '\\d{4}'],
  YY: ['year2', '\\d{2}'],
  MMM: ['monthName', anyMonth],
  MM: ['month', '\\d{1,2}'],
  M: ['month', '\\d{1,2}'],
  DD: ['day', '\\d{1,2}'],
  D: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{1,2}'],
  H: ['hour', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  ss: ['second', '\\d{2}(?:\\.\\d{1,6})?'],
  A: ['half', '[ap]\\.?m\\.?'],
  Z: ['zone', 'z|[+-]\\d{2}:?\\d{2}'],
}
const otherSpellings: Readonly<Record<string, string>> = {
  yyyy: 'YYYY',
  yy: 'YY',
  dd: 'DD',
  d: 'D',
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
const anyToken = new RegExp([...Object.keys(otherSpellings), ...Object.keys(tokens)].join('|'), 'g')

/** The time of day that may follow a format without one. */
const timeOfDay = '(?:[T ]+(HH):(mm)(?::(ss))?(?: ?(A))?(?: ?(Z))?)?'

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
    return between.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/\s+/g, '\\s+')
  }
  let source = ''
  let from = 0
  // In dd.mm.yyyy, mm can only be the month.
  const text = /M|%[mb]/.test(format) ? format : format.replace('mm', 'MM')
  for (const { 0: token, index } of text.matchAll(anyToken)) {
    source += literal(text.slice(from, index)) + group(token)
    from = index + token.length
  }
  source += literal(text.slice(from))
  const has = (...names: readonly Part[]): boolean => names.some((name) => parts.includes(name))
  if (!has('year', 'year2') || !has('month', 'monthName') || !has('day'))
    throw new InvalidValue(`must have a year, a month and a day, not ${quoteValue(format)}; ${usage}`)
  if (!has('hour')) source += timeOfDay.replace(/\((HH|mm|ss|A|Z)\)/g, (_all, token: string) => group(token))
  return { pattern: new RegExp(`^${source}$`, 'i'), parts }
}

const usage = 'write it with YYYY, YY, MM, MMM, DD, HH, mm, ss, A and Z, such as DD.MM.YYYY HH:mm'

type Parts = Partial<Record<Part, string>>

/** The reading of a clock on a wall, as milliseconds of a day in UTC. Undefined: there is no such day or time. */
function wallTime(parts: Parts): number | undefined {
  const { year, year2 = '', month, monthName = '', day, hour = '0', minute = '0', second = '0', half } = parts
  const fullYear = year === undefined ? Number(year2) + (Number(year2) < 69 ? 2000 : 1900) : Number(year)
  const monthIndex = month === undefined ? months.indexOf(monthName.slice(0, 3).toLowerCase()) : Number(month) - 1
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0)
  const isHalf = half === undefined || (Number(hour) >= 1 && Number(hour) <= 12)
  const at = new Date(0)
  at.setUTCFullYear(fullYear, monthIndex, Number(day))
  const sameDay = at.getUTCMonth() === monthIndex && at.getUTCDate() === Number(day)
  if (!sameDay || !isHalf || hours > 23 || Number(minute) > 59 || Number(second) >= 60) return undefined
  return at.getTime() + ((hours * 60 + Number(minute)) * 60 + Math.floor(Number(second))) * 1_000
}

/** ISO 8601 as dbtool reads it everywhere. */
const iso = compile('YYYY-MM-DD')

/**
 * Reads times of the format, or in ISO 8601. A time without an offset is of the time zone, or of UTC.
 *
 * Throws InvalidValue for a format or a zone that does not exist.
 */
export function timeReader(format: string | undefined, zone: string | undefined): ReadTime {
  const formats = format === undefined ? [iso] : [compile(format), iso]
  const toUtc = zone === undefined || zone === 'UTC' ? (wall: number): number => wall : zoneReader(zone)
  return (text) => {
    for (const { pattern, parts } of formats) {
      const [, ...texts] = pattern.exec(text) ?? []
      if (texts.length === 0) continue
      const found: Parts = Object.fromEntries(parts.flatMap((part, at) => (texts[at] ? [[part, texts[at]]] : [])))
      const wall = wallTime(found)
      if (wall === undefined) continue
      const utc = found.zone === undefined ? toUtc(wall, text) : wall - offsetOf(found.zone)
      return new Date(utc).toISOString().replace('.000Z', 'Z')
    }
    throw new InvalidValue(`must be a time such as ${format ?? '2026-11-22T10:30:00Z'}, not ${quoteValue(text)}`)
  }
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
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
