import { describe, expect, it } from 'vitest'
import { parsePast, parseTo } from '../src/values.ts'

/** A Saturday. */
const now = (): Date => new Date('2026-11-28T13:30:00Z')

describe('a time in the past', () => {
  it.each([
    ['today', '2026-11-28T00:00:00.000Z'],
    ['yesterday', '2026-11-27T00:00:00.000Z'],
    ['saturday', '2026-11-28T00:00:00.000Z'],
    ['Monday', '2026-11-23T00:00:00.000Z'],
    ['sunday', '2026-11-22T00:00:00.000Z'],
    ['1d', '2026-11-27T13:30:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
  ])('%s is %s', (text, at) => expect(parsePast(now)(text).toISOString()).toBe(at))

  it.each(['tomorrow', 'mon', '', '2026-02-30'])('%j is none', (text) => expect(() => parsePast(now)(text)).toThrow())
})

describe('the end of a period', () => {
  it.each([
    ['2026-11-30', '2026-12-01T00:00:00.000Z'],
    ['yesterday', '2026-11-28T00:00:00.000Z'],
    ['monday', '2026-11-24T00:00:00.000Z'],
    ['2026-11-30T10:00:00Z', '2026-11-30T10:00:00.000Z'],
    ['30d', '2026-10-29T13:30:00.000Z'],
  ])('%s ends before %s', (text, at) => expect(parseTo(now)(text).toISOString()).toBe(at))
})
