import { describe, expect, it } from 'vitest'
import { InvalidValue } from '../../../src/errors.ts'
import { parseMoment } from '../../../src/shop/rules.ts'
import { OtherOrder, timeReader } from '../../../src/shop/import/times.ts'

describe('a time as a file writes it', () => {
  it.each([
    [undefined, '2025-03-01T10:00:00Z', '2025-03-01T10:00:00Z'],
    [undefined, '2025-03-01 10:00', '2025-03-01T10:00:00Z'],
    [undefined, '2025-03-01T10:00:00.0000000Z', '2025-03-01T10:00:00Z'],
    [undefined, '2025-03-01 10:00:00+01', '2025-03-01T09:00:00Z'],
    [undefined, '2025-03-01', '2025-03-01T00:00:00Z'],
    [undefined, '2025-04-10T09:15:00+00:00', '2025-04-10T09:15:00Z'],
    [undefined, '2025-04-10T09:15:00.123-0230', '2025-04-10T11:45:00Z'],
    ['YYYY-MM-DD HH:mm:ss Z', '2025-03-01 09:59:58 +0100', '2025-03-01T08:59:58Z'],
    ['DD.MM.YYYY', '31.01.2025', '2025-01-31T00:00:00Z'],
    ['DD.MM.YYYY', '31.01.2025 14:30', '2025-01-31T14:30:00Z'],
    ['DD.MM.YYYY', '1.2.2025 9:05:07', '2025-02-01T09:05:07Z'],
    ['DD.MM.YYYY', '2025-01-31T14:30:00Z', '2025-01-31T14:30:00Z'],
    ['DD.MM.YYYY HH:mm', '31.01.2025 14:30', '2025-01-31T14:30:00Z'],
    ['dd.mm.yyyy HH:mm', '31.01.2025 14:30', '2025-01-31T14:30:00Z'],
    ['%d.%m.%Y %H:%M', '31.01.2025 14:30', '2025-01-31T14:30:00Z'],
    ['MM/DD/YY', '08/14/25', '2025-08-14T00:00:00Z'],
    ['MM/DD/YY', '12/31/69', '1969-12-31T00:00:00Z'],
    ['M/D/YYYY', '8/4/2025 1:05 PM', '2025-08-04T13:05:00Z'],
    ['M/D/YYYY', '8/4/2025 12:05 AM', '2025-08-04T00:05:00Z'],
    ['MMM-DD-YY', 'Sep-27-26', '2026-09-27T00:00:00Z'],
    ['D MMM YYYY', '3 September 2026', '2026-09-03T00:00:00Z'],
    ['YYYYMMDD', '20250131', '2025-01-31T00:00:00Z'],
    ['MM/DD/YY', '12/31/2025', '2025-12-31T00:00:00Z'],
    ['MMM D, YYYY h:mm:ss A Z', 'Dec 1, 2025 12:38:23 AM PST', '2025-12-01T08:38:23Z'],
    ['MMM D, YYYY h:mm:ss A Z', 'Jul 1, 2025 1:38:23 PM PDT', '2025-07-01T20:38:23Z'],
    ['DD.MM.YYYY HH:mm:ss Z', '01.07.2025 13:38:23 CEST', '2025-07-01T11:38:23Z'],
    ['DD.MM.YYYY, HH:mm [Uhr]', '31.01.2025, 14:30 Uhr', '2025-01-31T14:30:00Z'],
    ['DD.MM.YYYY', '31.01.2025, 14:30:05', '2025-01-31T14:30:05Z'],
    ['MM/DD/YYYY', '1/31/2025, 2:30:05 PM', '2025-01-31T14:30:05Z'],
    ['ddd, D MMM YYYY HH:mm:ss Z', 'Mon, 23 Sep 2024 14:21:24 +0000', '2024-09-23T14:21:24Z'],
    ['ddd D MMM YYYY', 'lun. 23 sept. 2024', '2024-09-23T00:00:00Z'],
    ['D MMM YYYY [à] HH:mm', '01 déc. 2025 à 10:05', '2025-12-01T10:05:00Z'],
    ['D MMM YYYY', '15 juil. 2025', '2025-07-15T00:00:00Z'],
    ['D MMM YYYY', '15 juin 2025', '2025-06-15T00:00:00Z'],
    ['D. MMM YYYY', '3. März 2025', '2025-03-03T00:00:00Z'],
    ['D. MMM YYYY', '3. Dez. 2025', '2025-12-03T00:00:00Z'],
    ['D MMM YYYY', '31 dic. 2025', '2025-12-31T00:00:00Z'],
    ['D MMM YYYY', '1 gen 2025', '2025-01-01T00:00:00Z'],
    ['D MMM YYYY', '1 mrt 2025', '2025-03-01T00:00:00Z'],
    ['X', '1764583200', '2025-12-01T10:00:00Z'],
    ['X', '1764583200.25', '2025-12-01T10:00:00.250Z'],
    ['x', '1764583200000', '2025-12-01T10:00:00Z'],
  ])('%s reads %s', (format, text, time) => {
    expect(timeReader(format, undefined)(text)).toBe(time)
  })

  it.each([
    [undefined, '31.01.2025'],
    ['DD.MM.YYYY', '31.02.2025'],
    ['DD.MM.YYYY', '01/02/2025'],
    ['DD.MM.YYYY', '31.01.2025 24:00'],
    ['DD.MM.YYYY', '31.01.2025 14:60'],
    ['DD.MM.YYYY', '31.01.2025x'],
    ['MM/DD/YY', '14/08/25'],
    ['M/D/YYYY', '8/4/2025 13:05 PM'],
    ['MMM-DD-YY', 'Xxx-27-26'],
    ['YYYY-MM-DD', ''],
    ['DD.MM.YYYY HH:mm Z', '31.01.2025 14:30 BST'],
    ['DD.MM.YYYY', '31.01.2025 14:30 Uhr'],
    // The beginning of two months.
    ['D MMM YYYY', '15 jui 2025'],
    ['D MMM YYYY', '15 ma 2025'],
    ['X', '1764583200000'],
    ['X', '2025-12-01'],
    ['x', '1764583200'],
  ])('%s does not read %j', (format, text) => {
    expect(() => timeReader(format, undefined)(text)).toThrow(InvalidValue)
  })

  it.each([
    ['MM/DD/YY', '14/08/25', 'DD/MM/YY'],
    ['D.M.YYYY', '8.14.2025', 'M.D.YYYY'],
    ['%m/%d/%Y', '14/08/2025 10:00', '%d/%m/%Y'],
  ])('%s does not read %s, but %s does', (format, text, right) => {
    const error = ((): unknown => {
      try {
        return timeReader(format, undefined)(text)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(OtherOrder)
    expect(error).toMatchObject({ right })
    expect(timeReader(right, undefined)(text)).toMatch(/^2025-08-14/)
  })

  it.each(['', 'YYYY', 'DD.MM', 'HH:mm', 'DD of MM YYYY', 'YYYY-MM-DD QQ'])('%j is no format', (format) => {
    expect(() => timeReader(format, undefined)).toThrow(InvalidValue)
  })
})

describe('a time without a format', () => {
  it.each([
    ['2026-02-03', '2026-02-03T00:00:00.000Z'],
    ['2026-02-03T10:00Z', '2026-02-03T10:00:00.000Z'],
    ['2026-02-03 10:00:00 +0000', '2026-02-03T10:00:00.000Z'],
    ['2026-02-03 10:00:00 -05:00', '2026-02-03T15:00:00.000Z'],
    ['2026-02-03 10:00:00.123456+01', '2026-02-03T09:00:00.000Z'],
    ['2026-02-03T10:00:00.1234567Z', '2026-02-03T10:00:00.000Z'],
    ['2026-02-03 10:00:00 UTC', '2026-02-03T10:00:00.000Z'],
    ['2026-02-03+01:00', '2026-02-02T23:00:00.000Z'],
  ])('%s', (text, time) => {
    expect(parseMoment(text).toISOString()).toBe(time)
  })

  it.each(['2026-02-30', '2026-02-03-05', '2026-02-03 25:00', '2026-02-03 10:00 CET', '2026-02-03x', ' 2026-02-03'])(
    '%j is none',
    (text) => {
      expect(() => parseMoment(text)).toThrow('must be a time such as')
    },
  )
})

describe('a time zone', () => {
  it.each([
    ['Europe/Berlin', '2025-01-31 14:30', '2025-01-31T13:30:00Z'],
    ['Europe/Berlin', '2025-07-31 14:30', '2025-07-31T12:30:00Z'],
    ['Europe/Berlin', '2025-07-31 14:30Z', '2025-07-31T14:30:00Z'],
    ['Europe/Berlin', '2025-07-31 14:30 +0900', '2025-07-31T05:30:00Z'],
    ['America/New_York', '2025-12-31 23:59', '2026-01-01T04:59:00Z'],
    ['Asia/Kathmandu', '2025-01-31 14:30', '2025-01-31T08:45:00Z'],
    ['Pacific/Apia', '2011-12-31 00:30', '2011-12-30T10:30:00Z'],
    ['UTC', '2025-07-31 14:30', '2025-07-31T14:30:00Z'],
    // Clocks show 02:30 twice on this day; the first one counts.
    ['Europe/Berlin', '2025-10-26 02:30', '2025-10-26T00:30:00Z'],
    ['Europe/Berlin', '2025-10-26 03:00', '2025-10-26T02:00:00Z'],
    ['Europe/Berlin', '2025-03-30 01:59', '2025-03-30T00:59:00Z'],
    ['Europe/Berlin', '2025-03-30 03:00', '2025-03-30T01:00:00Z'],
    ['Australia/Lord_Howe', '2025-04-06 01:45', '2025-04-05T14:45:00Z'],
  ])('%s: %s', (zone, text, time) => {
    expect(timeReader(undefined, zone)(text)).toBe(time)
  })

  it.each([
    ['Europe/Berlin', '2025-03-30 02:30'],
    ['Pacific/Apia', '2011-12-30 12:00'],
  ])('%s never showed %s', (zone, text) => {
    expect(() => timeReader(undefined, zone)(text)).toThrow(`does not exist in ${zone}`)
  })

  it('agrees with the platform at every hour of a year', () => {
    const zone = 'Europe/Lisbon'
    const read = timeReader(undefined, zone)
    const clocks = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2026, 0, 1); at += 3_600_000) {
      const wall = clocks.format(at)
      const again = Date.parse(read(wall))
      expect(clocks.format(again)).toBe(wall)
      expect(at - again === 0 || at - again === 3_600_000).toBe(true)
    }
  })

  it.each(['Berlin', 'Europe/Nowhere', ''])('%j is no zone', (zone) => {
    expect(() => timeReader(undefined, zone)).toThrow(InvalidValue)
  })
})
