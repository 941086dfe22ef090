import { InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import {
  parseKey,
  parseMoment,
  parsePrice,
  parseProductName,
  parseQuantity,
  parseSku,
  parseText,
  shown,
} from '../rules.ts'
import { FieldReader } from './fields.ts'

/** The columns of a file of order lines, under our names. */
export const orderFields = {
  required: ['order_ref', 'user', 'sku', 'quantity'],
  optional: ['price', 'product_name', 'ordered_at'],
} as const

export interface ImportLine {
  readonly ref: string
  readonly user: string
  readonly sku: string
  readonly quantity: number
  readonly price: string | undefined
  readonly productName: string | undefined
  readonly orderedAt: Date | undefined
}

/**
 * Whatever another system calls its users, an address too, as long as a username can be made from it that somebody can
 * read and type.
 */
function parseUser(text: string): string {
  if (/\p{Extended_Pictographic}/u.test(text)) throw new InvalidValue(`must not contain emoji, not ${shown(text)}`)
  return parseText(255)(text)
}

/** The lines of one order say the same in some columns: what the last one said is not parsed again. */
function asBefore<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, value: parse(text) }
    return last.value
  }
}

const ofOrder = { key: asBefore(parseKey), user: asBefore(parseUser), moment: asBefore(parseMoment) }

/** The record as an order line, or every fault that it has, in one sentence each. */
export function readOrderLine({ values, fault }: SourceRecord): { line: ImportLine } | { faults: string[] } {
  if (fault !== undefined) return { faults: [fault] }
  const read = new FieldReader(values)
  const ref = read.required('order_ref', ofOrder.key)
  const user = read.required('user', ofOrder.user)
  const sku = read.required('sku', parseSku)
  const quantity = read.required('quantity', parseQuantity)
  const line = {
    price: read.optional('price', parsePrice),
    productName: read.optional('product_name', parseProductName),
    orderedAt: read.optional('ordered_at', ofOrder.moment),
  }
  if (ref === undefined || user === undefined || sku === undefined || quantity === undefined || read.faults.length > 0)
    return { faults: read.faults }
  return { line: { ref, user, sku, quantity, ...line } }
}
