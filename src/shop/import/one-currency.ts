import { quoteValue } from '../rules.ts'
import type { Values } from './layout.ts'

/** Returns the function that refuses a second currency: the shop has one, and an amount of another would be wrong. */
export function oneCurrency(): (values: Readonly<Values>) => string[] {
  let first: string | undefined
  return ({ currency }) => {
    if (currency === undefined) return []
    first ??= currency
    return currency === first
      ? []
      : [`currency is ${quoteValue(currency)} here, but ${quoteValue(first)} on an earlier line: import them apart`]
  }
}
