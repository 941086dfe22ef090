import { InvalidValue } from './errors.ts'
import { quoteValue } from './values.ts'

/**
 * A time zone of the platform. An instant is a number of milliseconds since 1970 in UTC. A reading is the same number
 * for a clock of the zone: that of an instant is larger by the offset.
 */
export interface Zone {
  readonly name: string
  /** The offset of its clocks from UTC, in milliseconds. */
  readonly offsetAt: (instant: number) => number
}

/** The zone in which a user reads and types times, and the present instant. */
export interface Clock {
  readonly zone: Zone
  readonly now: Date
}

export const utc: Zone = { name: 'UTC', offsetAt: () => 0 }

export const dayMs = 86_400_000
/** Offsets change at whole quarters of an hour, so that one answer serves all instants within one. */
const quarterMs = 900_000
const mostKnown = 10_000

/** The zone of this name. Throws InvalidValue if there is none. */
export function zoneNamed(name: string): Zone {
  const zone = findZone(name)
  if (zone === undefined)
    throw new InvalidValue(`must be a time zone such as Europe/Berlin or UTC, not ${quoteValue(name)}`)
  return zone
}

/** The zone of the user: that of TZ, otherwise that of the machine. */
export function localZone({ TZ = '' }: NodeJS.ProcessEnv): Zone {
  return findZone(TZ) ?? findZone(new Intl.DateTimeFormat().resolvedOptions().timeZone) ?? utc
}

function findZone(name: string): Zone | undefined {
  if (name === '') return undefined
  if (name === 'UTC' || name === 'Etc/UTC') return utc
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    return { name, offsetAt: rememberedOffsets(format) }
  } catch {
    return undefined
  }
}

function rememberedOffsets(format: Intl.DateTimeFormat): Zone['offsetAt'] {
  const known = new Map<number, number>()
  return (instant) => {
    const quarter = Math.floor(instant / quarterMs)
    let offset = known.get(quarter)
    if (offset === undefined) {
      if (known.size >= mostKnown) known.clear()
      offset = offsetOf(format, quarter * quarterMs)
      known.set(quarter, offset)
    }
    return offset
  }
}

function offsetOf(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - instant
}

/** The reading of clocks of a zone at an instant. */
export function readingAt({ offsetAt }: Zone, at: Date): number {
  return at.getTime() + offsetAt(at.getTime())
}

/** The instants of a reading, in their order: two in the hour that clocks repeat, none in the hour that they skip. */
export function instantsOf({ offsetAt }: Zone, reading: number): number[] {
  const offsets = new Set([offsetAt(reading - dayMs), offsetAt(reading + dayMs)])
  return [...offsets]
    .map((offset) => reading - offset)
    .filter((instant) => instant + offsetAt(instant) === reading)
    .sort((one, other) => one - other)
}

/** The first instant at which clocks show a reading, or a later one if they skip it. */
export function firstInstant(zone: Zone, reading: number): Date {
  const [first] = instantsOf(zone, reading)
  return new Date(
    first ?? firstWhere((instant) => instant + zone.offsetAt(instant) >= reading, reading - dayMs, reading + dayMs),
  )
}

/** The beginning of the day of an instant, in a zone. */
export function startOfDay(zone: Zone, at: Date, daysLater = 0): Date {
  return firstInstant(zone, (Math.floor(readingAt(zone, at) / dayMs) + daysLater) * dayMs)
}

/** An offset, and the instant from which it holds. */
export interface OffsetFrom {
  readonly from: number
  readonly offset: number
}

/** Shorter than any time for which a country has changed its clocks. */
const stepMs = 7 * dayMs

/** All offsets of a zone between two instants, in their order. */
export function offsetsBetween({ offsetAt }: Zone, from: number, to: number): OffsetFrom[] {
  const found: OffsetFrom[] = [{ from, offset: offsetAt(from) }]
  for (let before = from; before < to; before += stepMs) {
    const [old, after] = [offsetAt(before), Math.min(before + stepMs, to)]
    const offset = offsetAt(after)
    if (offset !== old)
      found.push({ from: firstWhere((instant) => offsetAt(instant) === offset, before, after), offset })
  }
  return found
}

/** The first whole number for which a condition holds, if it holds for all later ones and for `after`. */
function firstWhere(holds: (value: number) => boolean, before: number, after: number): number {
  let [no, yes] = [before, after]
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (holds(middle)) yes = middle
    else no = middle
  }
  return yes
}
