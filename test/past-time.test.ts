import { describe, expect, it } from 'vitest'
import { parseEndTime, parsePastTime } from '../src/past-time.ts'
import { type Clock, zoneNamed } from '../src/time-zone.ts'

/** A Saturday; in Tokyo it is Sunday already. */
const now = new Date('2026-11-28T15:30:00Z')
const clock = (zone: string): Clock => ({ zone: zoneNamed(zone), now })

describe('a time in the past', () => {
  it.each([
    ['today', 'UTC', '2026-11-28T00:00:00Z'],
    ['yesterday', 'UTC', '2026-11-27T00:00:00Z'],
    ['saturday', 'UTC', '2026-11-28T00:00:00Z'],
    ['Monday', 'UTC', '2026-11-23T00:00:00Z'],
    ['sunday', 'UTC', '2026-11-22T00:00:00Z'],
    ['1d', 'UTC', '2026-11-27T15:30:00Z'],
    ['2026-11-22', 'UTC', '2026-11-22T00:00:00Z'],
    ['today', 'Asia/Tokyo', '2026-11-28T15:00:00Z'],
    ['yesterday', 'Asia/Tokyo', '2026-11-27T15:00:00Z'],
    ['sunday', 'Asia/Tokyo', '2026-11-28T15:00:00Z'],
    ['saturday', 'Asia/Tokyo', '2026-11-27T15:00:00Z'],
    ['1d', 'Asia/Tokyo', '2026-11-27T15:30:00Z'],
    ['2026-07-01', 'Europe/Paris', '2026-06-30T22:00:00Z'],
    ['2026-07-01 09:30', 'Europe/Paris', '2026-07-01T07:30:00Z'],
    ['2026-07-01T09:30:15', 'America/New_York', '2026-07-01T13:30:15Z'],
    ['2026-07-01 09:30:15.5', 'Europe/Paris', '2026-07-01T07:30:15.500Z'],
    ['2026-07-01T09:30:15.000Z', 'UTC', '2026-07-01T09:30:15Z'],
    ['2026-07-01T09:30:15.250000+02:00', 'UTC', '2026-07-01T07:30:15.250Z'],
    ['2026-07-01T09:30:15.000100Z', 'UTC', '2026-07-01T09:30:15.001Z'],
    // A time with a zone of its own does not depend on any other.
    ['2026-07-01T09:30:00Z', 'Europe/Paris', '2026-07-01T09:30:00Z'],
    ['2026-07-01T09:30:00-04:00', 'Europe/Paris', '2026-07-01T13:30:00Z'],
    ['2026-07-01 09:30:00 +0200', 'America/New_York', '2026-07-01T07:30:00Z'],
    ['2026-07-01 09:30:00.5+02', 'America/New_York', '2026-07-01T07:30:00.500Z'],
    ['2026-07-01 09:30 UTC', 'America/New_York', '2026-07-01T09:30:00Z'],
    ['2026-07-01-04:00', 'Europe/Paris', '2026-07-01T04:00:00Z'],
    // Clocks repeat the first, and skip the second.
    ['2026-10-25 02:30', 'Europe/Paris', '2026-10-25T00:30:00Z'],
    ['2026-03-29 02:30', 'Europe/Paris', '2026-03-29T01:00:00Z'],
  ])('%s in %s is %s', (text, zone, at) => expect(parsePastTime(text)(clock(zone))).toEqual(new Date(at)))

  it.each(['tomorrow', 'mon', '', '2026-02-30', '999999999d'])('%j is none', (text) =>
    expect(() => parsePastTime(text)).toThrow('must be a time such as'),
  )
})

describe('the end of a period', () => {
  it.each([
    ['2026-11-30', 'UTC', '2026-12-01T00:00:00Z'],
    ['yesterday', 'UTC', '2026-11-28T00:00:00Z'],
    ['monday', 'UTC', '2026-11-24T00:00:00Z'],
    ['2026-11-30T10:00:00Z', 'UTC', '2026-11-30T10:00:00Z'],
    ['30d', 'UTC', '2026-10-29T15:30:00Z'],
    ['today', 'Asia/Tokyo', '2026-11-29T15:00:00Z'],
    // Days of 25 and of 23 hours.
    ['2026-10-25', 'Europe/Paris', '2026-10-25T23:00:00Z'],
    ['2026-03-29', 'Europe/Paris', '2026-03-29T22:00:00Z'],
  ])('%s in %s ends before %s', (text, zone, at) => expect(parseEndTime(text)(clock(zone))).toEqual(new Date(at)))
})
