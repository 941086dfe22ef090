import { iso31661 } from 'iso-3166'
import { InvalidValue } from '../errors.ts'
import { quoteValue } from '../values.ts'

/** The common English names: South Korea where the standard says Korea, Republic of. */
const english = new Intl.DisplayNames(['en'], { type: 'region' })

/** Parses two letters of ISO 3166-1, in either case. For the name of a country, the error suggests its letters. */
export function parseCountry(text: string): string {
  const [code = ''] = /^[A-Z]{2}$/i.exec(text.trim()) ?? []
  const found = iso31661.find(({ alpha2 }) => alpha2 === code.toUpperCase())
  if (found !== undefined) return found.alpha2
  // UK is not an assigned code, but `Intl` knows a name for it.
  const meant = named(text) ?? (code === '' ? undefined : named(english.of(code) ?? ''))
  const suggestion = meant === undefined ? '' : `; did you mean ${meant}?`
  throw new InvalidValue(`must be two letters of ISO 3166-1 such as DE, not ${quoteValue(text)}${suggestion}`)
}

/**
 * The two letters of a country by its name, the beginning of its name, or its three letters; undefined if several
 * match.
 */
function named(text: string): string | undefined {
  const wanted = letters(text)
  const called = (is: (name: string) => boolean): string[] =>
    iso31661
      .filter(({ alpha2, alpha3, name }) => [alpha3, name, english.of(alpha2) ?? ''].map(letters).some(is))
      .map(({ alpha2 }) => alpha2)
  const [whole] = called((name) => name === wanted)
  const [begun, another] = wanted.length < 4 ? [] : called((name) => name.startsWith(wanted))
  return whole ?? (another === undefined ? begun : undefined)
}

/** Drops accents, case and punctuation: Türkiye and turkiye are one name. */
function letters(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase()
}
