import { describe, expect, it } from 'vitest'
import {
  firstInstant,
  instantsOf,
  localZone,
  offsetsBetween,
  readingAt,
  startOfDay,
  utc,
  zoneNamed,
} from '../src/time-zone.ts'

const iso = (instant: number | Date): string => new Date(instant).toISOString().replace('.000Z', 'Z')
/** What a clock reads, as the same time in UTC. */
const reading = (text: string): number => new Date(`${text}Z`).getTime()

describe('a reading of clocks', () => {
  it.each<[zone: string, reading: string, instants: string[]]>([
    ['UTC', '2026-03-29T02:30:00', ['2026-03-29T02:30:00Z']],
    ['Europe/Paris', '2026-01-15T12:00:00', ['2026-01-15T11:00:00Z']],
    ['Europe/Paris', '2026-07-15T12:00:00', ['2026-07-15T10:00:00Z']],
    // Clocks are set forward from 2 to 3, and back from 3 to 2.
    ['Europe/Paris', '2026-03-29T01:59:59', ['2026-03-29T00:59:59Z']],
    ['Europe/Paris', '2026-03-29T02:30:00', []],
    ['Europe/Paris', '2026-03-29T03:00:00', ['2026-03-29T01:00:00Z']],
    ['Europe/Paris', '2026-10-25T01:59:59', ['2026-10-24T23:59:59Z']],
    ['Europe/Paris', '2026-10-25T02:30:00', ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']],
    ['Europe/Paris', '2026-10-25T03:00:00', ['2026-10-25T02:00:00Z']],
    ['America/New_York', '2026-11-01T01:30:00', ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']],
    // Half an hour, and quarters of an hour.
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', ['2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z']],
    ['America/St_Johns', '2026-01-15T12:00:00', ['2026-01-15T15:30:00Z']],
    ['Asia/Kathmandu', '2026-01-15T12:00:00', ['2026-01-15T06:15:00Z']],
    // Samoa went over the date line, and had no 30 December.
    ['Pacific/Apia', '2011-12-30T12:00:00', []],
  ])('%s at %s', (zone, text, instants) =>
    expect(instantsOf(zoneNamed(zone), reading(text)).map(iso)).toEqual(instants),
  )

  it('that clocks skip begins when they are set forward', () => {
    expect(iso(firstInstant(zoneNamed('Europe/Paris'), reading('2026-03-29T02:30:00')))).toBe('2026-03-29T01:00:00Z')
  })

  it('is that of the instant, all year round', () => {
    const zone = zoneNamed('America/St_Johns')
    for (let hour = 0; hour < 365 * 24; hour += 5) {
      const at = new Date(Date.UTC(2026, 0, 1, hour, 30))
      expect(instantsOf(zone, readingAt(zone, at))).toContain(at.getTime())
    }
  })
})

describe('a day', () => {
  it.each<[zone: string, at: string, start: string, next: string]>([
    ['UTC', '2026-11-28T13:30:00Z', '2026-11-28T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['Asia/Tokyo', '2026-11-28T15:30:00Z', '2026-11-28T15:00:00Z', '2026-11-29T15:00:00Z'],
    // Of 23 hours, and of 25.
    ['Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    // Clocks skip midnight.
    ['Asia/Beirut', '2025-03-30T12:00:00Z', '2025-03-29T22:00:00Z', '2025-03-30T21:00:00Z'],
    ['Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z'],
  ])('of %s at %s', (name, at, start, next) => {
    const zone = zoneNamed(name)
    expect([iso(startOfDay(zone, new Date(at))), iso(startOfDay(zone, new Date(at), 1))]).toEqual([start, next])
  })
})

describe('the offsets of a period', () => {
  it('are exact to the second', () => {
    const [from, to] = [reading('2025-12-01T00:00:00'), reading('2026-12-01T00:00:00')]
    const offsets = offsetsBetween(zoneNamed('Europe/Paris'), from, to)
    expect(offsets.map(({ from: at, offset }) => [iso(at), offset / 3_600_000])).toEqual([
      ['2025-12-01T00:00:00Z', 1],
      ['2026-03-29T01:00:00Z', 2],
      ['2026-10-25T01:00:00Z', 1],
    ])
  })

  it('of a country that changes its clocks for a month are all there', () => {
    const offsets = offsetsBetween(
      zoneNamed('Africa/Casablanca'),
      reading('2025-01-01T00:00:00'),
      reading('2026-01-01T00:00:00'),
    )
    expect(offsets.map(({ offset }) => offset / 3_600_000)).toEqual([1, 0, 1])
  })
})

describe('the zone of the user', () => {
  it.each([
    ['Europe/Paris', 'Europe/Paris'],
    ['UTC', 'UTC'],
    ['Etc/UTC', 'UTC'],
  ])('TZ=%s is %s', (TZ, name) => expect(localZone({ TZ }).name).toBe(name))

  it.each([{}, { TZ: '' }, { TZ: 'CET-1CEST' }, { TZ: 'nowhere' }])('of %j is that of the machine', (env) =>
    expect(localZone(env).offsetAt(0)).toBe(0 - new Date(0).getTimezoneOffset() * 60_000),
  )

  it('UTC is one object, which others can compare with', () => expect(zoneNamed('UTC')).toBe(utc))
})
