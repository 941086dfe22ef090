import type { Blank } from '../../src/prompts/ask.ts'

/** The argument of every verb that is about one product. */
export function whichProduct(given: string | undefined): Blank<string> {
  return { given, flag: '<product>', message: 'Product (id or SKU)', parse: (text) => text }
}
