import { describe, expect, it } from 'vitest'
import { parseCountry } from '../../src/shop/countries.ts'

const rule = (text: string): string => `must be two letters of ISO 3166-1 such as DE, not '${text}'`

describe('a country', () => {
  it.each([
    ['DE', 'DE'],
    ['de', 'DE'],
    [' gB ', 'GB'],
    ['ax', 'AX'],
  ])("'%s' is %s", (text, code) => expect(parseCountry(text)).toBe(code))

  it.each([
    ['Germany', 'DE'],
    ['germany ', 'DE'],
    ['DEU', 'DE'],
    ['United Kingdom', 'GB'],
    ['UK', 'GB'],
    ['South Korea', 'KR'],
    ['Korea, Republic of', 'KR'],
    ['Turkiye', 'TR'],
    ["Cote d'Ivoire", 'CI'],
    ['United States', 'US'],
    ['Niger', 'NE'],
    ['Russian', 'RU'],
  ])("'%s' is asked whether it means %s", (text, code) => {
    expect(() => parseCountry(text)).toThrow(`${rule(text)}; did you mean ${code}?`)
  })

  it.each(['', 'XX', 'EU', 'D1', 'D', 'Korea', 'United', 'Ger', 'Atlantis', '  ', '🇩🇪', 'ß', 'ıs'])(
    "'%s' is none",
    (text) => {
      expect(() => parseCountry(text)).toThrow(new RegExp(`not '${text}'$`))
    },
  )
})
