import type { Command } from 'commander'
import type { AddressParts } from '../../src/shop/addresses.ts'
import { addressTypes, parseAddressType, parseCity, parsePostalCode, parseStreet } from '../../src/shop/rules.ts'
import { lazyValue, value } from '../kit/flags.ts'
import type { ColumnPrompts } from '../kit/update-prompt.ts'

/** Loads the list of countries only if `--country` is given. */
export const country = lazyValue(async () => (await import('../../src/shop/countries.ts')).parseCountry)
export const type = value(parseAddressType)
export const typeFlag = `--type <${addressTypes.join('|')}>`

/** The columns of an address, as options of a command. */
export interface ColumnFlags {
  readonly type?: (typeof addressTypes)[number]
  readonly street?: string
  readonly city?: string
  readonly postalCode?: string
  readonly country?: string
}

/** Adds a flag for each column of an address. */
export function columnFlags(command: Command): Command {
  return command
    .option(typeFlag, 'type of the address', type)
    .option('--street <text>', 'street and number, at most 255 characters', value(parseStreet))
    .option('--city <name>', 'at most 100 characters', value(parseCity))
    .option('--postal-code <code>', 'at most 20 characters', value(parsePostalCode))
    .option('--country <code>', 'two letters of ISO 3166-1, such as DE', country)
}

/** Resolves to the prompt for each column of an address. */
export async function columnPrompts(): Promise<ColumnPrompts<AddressParts>> {
  const { parseCountry } = await import('../../src/shop/countries.ts')
  return {
    address_type: { flag: '--type', message: 'Type (billing or shipping)', parse: parseAddressType },
    street: { flag: '--street', message: 'Street and number', parse: parseStreet },
    city: { flag: '--city', message: 'City', parse: parseCity },
    postal_code: { flag: '--postal-code', message: 'Postal code', parse: parsePostalCode },
    country: { flag: '--country', message: 'Country (two letters, such as DE)', parse: parseCountry },
  }
}
