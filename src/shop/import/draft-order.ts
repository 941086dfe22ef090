import { InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import {
  type OrderStatus,
  parseKey,
  parseMoment,
  parsePrice,
  parseProductName,
  parseQuantity,
  parseSku,
  parseText,
  quoteValue,
} from '../rules.ts'
import { type Adjustment, adjustmentsOf } from './adjustments.ts'
import { FieldReader } from './draft-row.ts'

/** Adjacent records with the same reference. */
export interface Group {
  readonly ref: string
  readonly records: readonly SourceRecord[]
}

/** One order of the file. */
export interface DraftOrder extends Group {
  /** Its position among the orders of the file, from 0. */
  readonly index: number
  /** The faults by line number; any fault rejects the complete order. */
  readonly faults: ReadonlyMap<number, string>
  /** The order lines, with lines of the same SKU merged. Empty when there are faults. */
  readonly lines: readonly ImportLine[]
  /** Amounts besides the lines, such as shipping; the import does not place them yet. */
  readonly adjustments: readonly Adjustment[]
  /** The status in the file; undefined if it names none. */
  readonly status: OrderStatus | undefined
}

/** The customer's name in the file; all lines of an order without faults agree on it. */
export const userOf = ({ lines: [first] }: DraftOrder): string => first?.user ?? ''

/** The idempotency key of an order of a file: a second run finds the order that the first run placed. */
export const keyOf = (ref: string): string => `${importKeyPrefix}${ref}`
export const importKeyPrefix = 'import:'

const largestQuantity = 2_147_483_647

/** Groups adjacent records with the same reference. */
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

/**
 * Yields the orders of a file. `isDuplicate` tells whether an earlier order already used a reference, which is a fault.
 */
export async function* groupOrders(
  records: AsyncIterable<SourceRecord>,
  isDuplicate: (ref: string) => boolean,
): AsyncGenerator<DraftOrder, void, undefined> {
  let index = 0
  for await (const { ref, records: group } of adjacent(records)) {
    yield { index, ...draft(ref, group, ref !== '' && isDuplicate(ref)) }
    index += 1
  }
}

function draft(ref: string, records: readonly SourceRecord[], duplicate: boolean): Omit<DraftOrder, 'index'> {
  const faults = new Map<number, string>()
  const lines = new Map<string, { line: ImportLine; at: number }>()
  if (duplicate)
    faults.set(records[0]?.line ?? 0, `duplicate order_ref '${ref}': the lines of one order must be adjacent`)
  let first: ImportLine | undefined
  for (const record of records) {
    const read = readOrderLine(record, first)
    if ('faults' in read) faults.set(record.line, read.faults.join('; '))
    else {
      first ??= read.line
      const fault =
        first.user === read.line.user
          ? merge(lines, read.line, record.line)
          : `user is '${read.line.user}' here, but '${first.user}' on an earlier line of the same order`
      if (fault !== undefined) faults.set(record.line, fault)
    }
  }
  const adjustments = adjustmentsOf(records, (line, fault) => faults.set(line, fault))
  const status = records.find(({ values }) => values['status'] !== undefined)?.values['status'] as
    OrderStatus | undefined
  const isSound = faults.size === 0
  return {
    ref,
    records,
    faults,
    lines: isSound ? [...lines.values()].map(({ line }) => line) : [],
    adjustments,
    status,
  }
}

/** Merges lines with the same SKU and price into one order line; a different price is a fault. */
function merge(lines: Map<string, { line: ImportLine; at: number }>, line: ImportLine, at: number): string | undefined {
  const before = lines.get(line.sku)
  if (before === undefined) {
    lines.set(line.sku, { line, at })
    return undefined
  }
  if (before.line.price !== line.price)
    return (
      `sku '${line.sku}' has price ${line.price ?? 'none'} here, ` +
      `but ${before.line.price ?? 'none'} on line ${before.at} of the same order`
    )
  const quantity = before.line.quantity + line.quantity
  if (quantity > largestQuantity)
    return `sku '${line.sku}' adds up to ${quantity} units in this order, more than ${largestQuantity}`
  lines.set(line.sku, { line: { ...before.line, quantity }, at: before.at })
  return undefined
}

/** The reason why a line is rejected: its own fault, or that of another line of its order. */
export function reasonOf({ faults }: DraftOrder, line: number): string {
  const own = faults.get(line)
  if (own !== undefined) return own
  const [[where, what] = [0, '']] = [...faults]
  return `order rejected because of line ${where}: ${what}`
}

/** The fields of a file of order lines. */
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
 * Accepts any customer name of another system, including an email address, if a readable and typeable username can be
 * made from it.
 */
function parseUser(text: string): string {
  if (/\p{Extended_Pictographic}/u.test(text)) throw new InvalidValue(`must not contain emoji, not ${quoteValue(text)}`)
  return parseText(255)(text)
}

/** Caches the last parsed value, because the lines of one order repeat some columns. */
function cachingLast<T>(parse: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, value: parse(text) }
    return last.value
  }
}

const ofOrder = { key: cachingLast(parseKey), user: cachingLast(parseUser), moment: cachingLast(parseMoment) }

/**
 * Reads a record as an order line, or as one sentence for each of its faults. A line that leaves the user empty has the
 * user of the `first` line of its order.
 */
function readOrderLine(
  { values, fault }: SourceRecord,
  first: ImportLine | undefined,
): { line: ImportLine } | { faults: string[] } {
  if (fault !== undefined) return { faults: [fault] }
  const read = new FieldReader(values)
  const ref = read.required('order_ref', ofOrder.key)
  const user = values['user'] === undefined && first ? first.user : read.required('user', ofOrder.user)
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
