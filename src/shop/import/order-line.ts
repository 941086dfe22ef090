import { InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import { parseInstant } from '../../values.ts'
import { parseKey, parsePrice, parseProductName, parseQuantity, parseSku, parseText, shown } from '../rules.ts'

/** The columns of a file of order lines, under our names. */
export const orderFields = { required: ['order_ref', 'user', 'sku', 'quantity'], optional: ['price', 'product_name', 'ordered_at'] } as const

export interface ImportLine {
  readonly ref: string
  readonly user: string
  readonly sku: string
  readonly quantity: number
  readonly price: string | undefined
  readonly productName: string | undefined
  readonly orderedAt: Date | undefined
}

/** Whatever another system calls its users, as long as a username can be made from it that somebody can read and type. */
function parseUser(text: string): string {
  if (/\p{Extended_Pictographic}/u.test(text)) throw new InvalidValue(`must not contain emoji, not ${shown(text)}`)
  return parseText(100)(text)
}

/** The record as an order line, or every fault that it has, in one sentence each. */
export function readOrderLine({ values, fault }: SourceRecord): { line: ImportLine } | { faults: string[] } {
  if (fault !== undefined) return { faults: [fault] }
  const faults: string[] = []
  const optional = <T>(name: string, parse: (text: string) => T): T | undefined => {
    const text = values[name]
    return text === undefined ? undefined : attempt(name, () => parse(text), faults)
  }
  const required = <T>(name: string, parse: (text: string) => T): T | undefined => {
    if (values[name] === undefined) faults.push(`${name} is empty`)
    return optional(name, parse)
  }
  const ref = required('order_ref', parseKey)
  const user = required('user', parseUser)
  const sku = required('sku', parseSku)
  const quantity = required('quantity', parseQuantity)
  const line = { price: optional('price', parsePrice), productName: optional('product_name', parseProductName), orderedAt: optional('ordered_at', parseInstant) }
  if (ref === undefined || user === undefined || sku === undefined || quantity === undefined || faults.length > 0) return { faults }
  return { line: { ref, user, sku, quantity, ...line } }
}

function attempt<T>(name: string, parse: () => T, faults: string[]): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    faults.push(`${name} ${error.message}`)
    return undefined
  }
}
