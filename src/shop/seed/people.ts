import { Numbered } from './numbered.ts'
import { countries, type Country } from './people-names.ts'
import type { Random } from './random.ts'

export interface Person {
  readonly id: number
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly active: boolean
  /** When the user signed up, as a fraction of the possible period, from 0 to less than 1. */
  readonly moment: number
  readonly addresses: readonly Address[]
}

export interface Address {
  readonly type: 'shipping' | 'billing'
  readonly street: string
  readonly city: string
  readonly postalCode: string
  readonly country: string
}

/**
 * Percentages of users who may no longer log in, who have a shipping address, and, of these, who have a separate
 * billing address.
 */
const inactive = 4
const shippedTo = 70
const billedElsewhere = 25

export function* people(count: number, random: Random): Generator<Person> {
  const usernames = new Numbered((name, nth) => `${name}${nth}`)
  for (let id = 1; id <= count; id += 1) {
    const country = random.of(countries)
    const [firstName, lastName] = [random.of(country.first), random.of(country.last)]
    const username = usernames.next(`${plainLetters(firstName)}_${plainLetters(lastName)}`)
    const active = random.below(100) >= inactive
    const moment = random.share()
    yield {
      id,
      username,
      email: `${username}@example.com`,
      firstName,
      lastName,
      active,
      moment,
      addresses: addressesIn(country, random),
    }
  }
}

/** Reduces a name to the letters of a username: without accents, apostrophes and spaces. */
function plainLetters(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

function addressesIn(country: Country, random: Random): Address[] {
  if (random.below(100) >= shippedTo) return []
  const shipping = addressIn('shipping', country, random)
  return random.below(100) < billedElsewhere ? [shipping, addressIn('billing', country, random)] : [shipping]
}

function addressIn(type: Address['type'], { code, cities, streets, postcode }: Country, random: Random): Address {
  const street = random.of(streets).replace('%', () => String(1 + random.below(120)))
  return { type, street, city: random.of(cities), postalCode: withDigits(postcode, random), country: code }
}

function withDigits(pattern: string, random: Random): string {
  return pattern.replace(/#/g, () => String(random.below(10)))
}
