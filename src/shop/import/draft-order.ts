import { type DbtoolError, InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import {
  parseKey,
  parseMoment,
  parsePrice,
  parseProductName,
  parseQuantity,
  parseSku,
  parseText,
  quoteValue,
} from '../rules.ts'
import { FieldReader } from './draft-row.ts'

/** Adjacent records with the same reference. */
export interface Group {
  readonly ref: string
  readonly records: readonly SourceRecord[]
}

/** One order as the file has it. */
export interface DraftOrder extends Group {
  /** Its place among the orders of the file, from 0. */
  readonly index: number
  /** What is wrong, by line number; an order with any fault is rejected whole. */
  readonly faults: ReadonlyMap<number, string>
  /** Why the shop refused it, though the file has no fault. */
  readonly refusal?: DbtoolError
  /** The lines, those of one SKU merged. Empty when there are faults. */
  readonly lines: readonly ImportLine[]
}

const largestQuantity = 2_147_483_647

export async function* adjacent(records: AsyncIterable<SourceRecord>): AsyncGenerator<Group, void, undefined> {
  let group: SourceRecord[] = []
  let ref = ''
  for await (const record of records) {
    const next = record.values['order_ref'] ?? ''
    if (group.length > 0 && next !== ref) {
      yield { ref, records: group }
      group = []
    }
    ref = next
    group.push(record)
  }
  if (group.length > 0) yield { ref, records: group }
}

/** The orders of a file; a reference that comes back later in it is a fault there. */
export async function* groupOrders(
  records: AsyncIterable<SourceRecord>,
  comesBack: (ref: string) => boolean,
): AsyncGenerator<DraftOrder, void, undefined> {
  let index = 0
  for await (const { ref, records: group } of adjacent(records)) {
    yield { index, ...draft(ref, group, ref !== '' && comesBack(ref)) }
    index += 1
  }
}

function draft(ref: string, records: readonly SourceRecord[], back: boolean): Omit<DraftOrder, 'index'> {
  const faults = new Map<number, string>()
  const lines = new Map<string, { line: ImportLine; at: number }>()
  if (back) faults.set(records[0]?.line ?? 0, `order_ref '${ref}' comes back: the lines of one order must be adjacent`)
  let first: ImportLine | undefined
  for (const record of records) {
    const read = readOrderLine(record)
    if ('faults' in read) faults.set(record.line, read.faults.join('; '))
    else {
      first ??= read.line
      const fault =
        first.user === read.line.user
          ? merge(lines, read.line, record.line)
          : `user is '${read.line.user}' here and '${first.user}' before in the same order`
      if (fault !== undefined) faults.set(record.line, fault)
    }
  }
  return { ref, records, faults, lines: faults.size > 0 ? [] : [...lines.values()].map(({ line }) => line) }
}

/** The same SKU at the same price is one line of the order; at another price it is a fault. */
function merge(lines: Map<string, { line: ImportLine; at: number }>, line: ImportLine, at: number): string | undefined {
  const before = lines.get(line.sku)
  if (before === undefined) {
    lines.set(line.sku, { line, at })
    return undefined
  }
  if (before.line.price !== line.price)
    return `sku '${line.sku}' has price ${line.price ?? 'none'} here and ${before.line.price ?? 'none'} on line ${before.at} of the same order`
  const quantity = before.line.quantity + line.quantity
  if (quantity > largestQuantity)
    return `sku '${line.sku}' adds up to ${quantity} units in this order, more than ${largestQuantity}`
  lines.set(line.sku, { line: { ...before.line, quantity }, at: before.at })
  return undefined
}

/** Why a line is rejected: its own fault, or that of another line of its order. */
export function reasonOf({ faults }: DraftOrder, line: number): string {
  const own = faults.get(line)
  if (own !== undefined) return own
  const [[where, what] = [0, '']] = [...faults]
  return `its order is rejected because of line ${where}: ${what}`
}

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
  if (/\p{Extended_Pictographic}/u.test(text)) throw new InvalidValue(`must not contain emoji, not ${quoteValue(text)}`)
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
function readOrderLine({ values, fault }: SourceRecord): { line: ImportLine } | { faults: string[] } {
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
