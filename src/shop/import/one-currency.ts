import { quoteValue } from '../../values.ts'
import type { ValueFault } from '../../files/record.ts'
import type { Values } from './layout.ts'

/** Returns the function that refuses a second currency: the shop has one, and an amount of another would be wrong. */
export function oneCurrency(): (values: Readonly<Values>) => ValueFault[] {
  let first: string | undefined
  return ({ currency }) => {
    if (currency === undefined) return []
    first ??= currency
    if (currency === first) return []
    const other = `but ${quoteValue(first)} on an earlier line: import them apart`
    const sentence = `currency is ${quoteValue(currency)} here, ${other}`
    return [{ field: 'currency', sentence }]
  }
}
