import { InvalidValue } from '../../errors.ts'
import type { Fields } from '../../files/columns.ts'
import type { SourceRecord } from '../../files/record.ts'
import { parseChoice, quoteValue } from '../../values.ts'
import { type Adjustment, adjustmentKinds, parseAdjustment } from '../orders/adjustments.ts'
import {
  type OrderStatus,
  orderStatuses,
  parseMoment,
  parseName,
  parsePrice,
  parseProductName,
  parseQuantity,
  parseSku,
} from '../rules.ts'
import { amountFields, lineAmountFields, reportedAmountFields } from './amount-fields.ts'
import { cachingLast } from './caching-last.ts'
import { FieldReader, isEmpty } from './draft-row.ts'
import { type ImportLine, type ImportLineAt, mergeLines } from './merge-lines.ts'
import { oneCurrency } from './one-currency.ts'
import type { Group, KeyRule } from './order-groups.ts'
import { type Amounts, Faulty, type HeadValues, OrderHead, type ReadAmounts } from './order-head.ts'
import { type AmountNotImported, orderTotal, type TotalDifference } from './order-total.ts'
import { faultsOfTotals } from './totals.ts'
import { flagFor } from './value-hints.ts'

const withoutUser = ['order_ref', 'sku', 'quantity']
const optional = ['price', 'product_name', 'ordered_at', 'status', 'currency', ...adjustmentKinds]

/** The fields of a file of order lines. */
export const orderFields: Fields = {
  required: ['order_ref', 'user', 'sku', 'quantity'],
  optional,
  sufficient: { fields: withoutUser, hint: 'Without users in the file, --guest USER is the customer of its orders.' },
}

/** The fields of a file whose orders belong to a guest where it names no user. */
export const guestOrderFields: Fields = { required: withoutUser, optional: ['user', ...optional] }

/** One order of the file. */
export interface DraftOrder extends Pick<Group, 'ref'> {
  /** Its records as they came, for the rejects file. */
  readonly records: readonly Pick<SourceRecord, 'line' | 'raw' | 'isSkipped'>[]
  /** The first of its lines that is not skipped, and the number of such lines. */
  readonly line: number
  readonly linesRead: number
  /** Its position among the orders of the file, from 0. */
  readonly index: number
  /** The idempotency key: a second run finds the order that the first run placed. */
  readonly key: string
  /** The faults by line number; any fault rejects the complete order. */
  readonly faults: ReadonlyMap<number, string>
  /** One sentence for each decision that the file leaves open. */
  readonly notes: readonly string[]
  /** The customer's name in the file, or the guest. */
  readonly user: string
  readonly orderedAt: Date | undefined
  readonly status: OrderStatus | undefined
  readonly adjustments: readonly Adjustment[]
  /** The amounts of the file that are no part of the order. */
  readonly notImported: readonly AmountNotImported[]
  /** The total in the file, if it is another one. */
  readonly difference: TotalDifference | undefined
  /** The order lines, with lines of the same SKU merged. Empty when there are faults. */
  readonly lines: readonly ImportLine[]
}

/** The rules by which records become draft orders. */
export interface DraftRules {
  readonly key: KeyRule
  /** The user of orders for which the file names none. */
  readonly guest: string | undefined
  /** Whether each line is known to repeat the amounts of its order; otherwise they may be those of the line. */
  readonly repeatsAmounts?: boolean
}

export const importKeyPrefix = 'import:'

/** The column has 255 characters, and the prefix takes some of them. */
const mostKeyCharacters = 255 - importKeyPrefix.length

/** Whether a line is a discount of its order. */
const isDiscount = ({ values }: SourceRecord): boolean => values['line_discount'] !== undefined

const isRead = ({ isSkipped = false }: Pick<SourceRecord, 'isSkipped'>): boolean => !isSkipped

/** Yields the draft orders of a file, without those whose lines are all skipped. */
export async function* draftOrders(
  groups: AsyncIterable<Group>,
  rules: DraftRules,
): AsyncGenerator<DraftOrder, void, undefined> {
  let index = 0
  const currencyFault = oneCurrency()
  for await (const group of groups) {
    if (!group.records.some((record) => isRead(record) || isDiscount(record))) continue
    yield draftOf(group, index, rules, currencyFault)
    index += 1
  }
}

function draftOf(
  group: Group,
  index: number,
  rules: DraftRules,
  currencyFault: ReturnType<typeof oneCurrency>,
): DraftOrder {
  const { ref } = group
  const records = group.records.filter(isRead)
  const faults = new Faulty()
  const head = new OrderHead(faults)
  faults.add(records[0]?.line ?? 0, ...faultsOfOrder(group, rules))
  const lines = readLines(records, head, faults, currencyFault)
  if (records.length < group.records.length) readSkipped(group.records, head, faults)
  if (records.length === 0) faults.add(group.records[0]?.line ?? 0, 'the order has only discounts')
  faults.add(records.at(-1)?.line ?? 0, ...faultsOfTotals(records))
  const merged = mergeLines(lines, (line, fault) => faults.add(line, fault))
  const { user = rules.guest ?? '', orderedAt, status, stated } = head
  const { difference, ...amounts } = orderTotal(merged.lines, [...head.adjustments, ...merged.discounts], {
    ...stated,
    // All of a cancelled order is given back.
    refund: status === 'cancelled' ? 0n : stated.refund,
  })
  return {
    ref,
    line: (records[0] ?? group.records[0])?.line ?? 0,
    linesRead: records.length,
    index,
    key: `${importKeyPrefix}${group.key}`,
    // The values of the records are free at once, while the order waits for its batch.
    records: group.records.map(({ line, raw, isSkipped }) =>
      isSkipped === true ? { line, raw, isSkipped } : { line, raw },
    ),
    faults: faults.byLine,
    notes: [
      ...head.notes,
      ...merged.notes,
      ...(rules.repeatsAmounts === true || isProven(stated, difference) ? [] : head.repeatNotes),
    ],
    user,
    orderedAt,
    status,
    ...amounts,
    difference,
    lines: faults.size > 0 ? [] : merged.lines,
  }
}

/** Whether the total in the file shows that the amounts of an order are right. */
const isProven = ({ total }: OrderHead['stated'], difference: TotalDifference | undefined): boolean =>
  total !== undefined && difference === undefined

/** Returns the sound lines, and adds the other values of the records to the head of their order. */
function readLines(
  records: readonly SourceRecord[],
  head: OrderHead,
  faults: Faulty,
  currencyFault: ReturnType<typeof oneCurrency>,
): ImportLineAt[] {
  const lines: ImportLineAt[] = []
  for (const record of records) {
    const { line: at, values } = record
    const read = readRecord(record, head)
    if ('faults' in read) {
      faults.add(at, ...read.faults)
      continue
    }
    const { line, values: ofHead, amounts } = read
    if (values['currency'] !== undefined) faults.add(at, ...currencyFault(values).map(({ sentence }) => sentence))
    if (ofHead !== undefined) head.add(ofHead, values, at)
    if (amounts !== undefined) head.addAmounts(amounts, at)
    lines.push({ at, line })
  }
  return lines
}

/** Adds the values of skipped lines that no other line states. */
function readSkipped(records: readonly SourceRecord[], head: OrderHead, faults: Faulty): void {
  for (const record of records) {
    if (isRead(record)) continue
    const { values, unread = [], line } = record
    const read = new FieldReader({
      values: Object.fromEntries(Object.entries(values).filter(([field]) => !head.knows(field))),
      unread: unread.filter(({ field }) => !head.knows(field)),
    })
    head.fill(readHead(read))
    head.addAmounts(readAmounts(read), line)
    faults.add(line, ...read.faults)
  }
}

/** The faults that belong to no single line. A missing value may be on a line that cannot be read. */
function faultsOfOrder({ ref, key, records, suspect }: Group, rules: DraftRules): string[] {
  const lacks = (column: string): boolean =>
    records.every((record) => record.fault === undefined && isEmpty(record, column))
  const faults: string[] = []
  if (suspect !== undefined) faults.push(`line ${suspect} cannot be read and may belong to this order`)
  if (lacks('order_ref')) faults.push('order_ref is empty')
  if (ref !== '') faults.push(...faultOf('order_ref', ref, ofOrder.ref))
  if (lacks('user') && rules.guest === undefined)
    faults.push('user is empty; --guest USER is the customer of such orders')
  if (lacks('ordered_at') && rules.key.columns.includes('ordered_at'))
    faults.push('ordered_at is empty, but it is part of the key')
  if (key.length > mostKeyCharacters) faults.push(`the key of the order has more than ${mostKeyCharacters} characters`)
  return faults
}

/** The reason why a line is rejected: its own fault, or that of another line of its order. */
export function reasonOf({ faults }: Pick<DraftOrder, 'faults'>, line: number): string {
  const own = faults.get(line)
  if (own !== undefined) return own
  const [[where, what] = [0, '']] = [...faults]
  return `order rejected because of line ${where}: ${what}`
}

/**
 * Accepts any customer name of another system, including an email address, if a readable and typeable username can be
 * made from it.
 */
export function parseUser(text: string): string {
  if (/\p{Extended_Pictographic}/u.test(text)) throw new InvalidValue(`must not contain emoji, not ${quoteValue(text)}`)
  return parseCustomer(text)
}

const parseCustomer = parseName(255)

const ofOrder = {
  ref: cachingLast(parseName(mostKeyCharacters)),
  user: cachingLast(parseUser),
  moment: cachingLast(parseMoment),
  status: parseChoice(orderStatuses),
}

/** The parts of one record. Undefined: it repeats the values of the record before, or has no amounts. */
interface ReadRecord {
  readonly line: ImportLine
  readonly values: HeadValues | undefined
  readonly amounts: ReadAmounts | undefined
}

/** Reads a record as an order line, or as one sentence for each of its faults. */
function readRecord(record: SourceRecord, head: OrderHead): ReadRecord | { readonly faults: readonly string[] } {
  const { values, fault } = record
  if (fault !== undefined) return { faults: [fault] }
  const read = new FieldReader(record, { discountLines: false })
  const ofHead = head.repeats(values) ? undefined : readHead(read)
  const line = readLine(read)
  const amounts = hasAmounts(values) ? readAmounts(read) : undefined
  if (line === undefined || read.faults.length > 0) return { faults: read.faults }
  return { line, values: ofHead, amounts }
}

function readHead(read: FieldReader): HeadValues {
  return {
    user: read.optional('user', ofOrder.user),
    orderedAt: read.optional('ordered_at', ofOrder.moment),
    status: read.optional('status', ofOrder.status),
  }
}

function readLine(read: FieldReader): ImportLine | undefined {
  const sku = read.required('sku', parseSku)
  const quantity = read.required('quantity', parseQuantity)
  const price = read.optional('price', parsePrice)
  const productName = read.optional('product_name', parseProductName)
  return sku === undefined || quantity === undefined ? undefined : { sku, quantity, price, productName }
}

/** Most files have no such columns. */
function hasAmounts(values: SourceRecord['values']): boolean {
  for (const field of amountFields) if (values[field] !== undefined) return true
  return false
}

function readAmounts(read: FieldReader): ReadAmounts {
  const each = <Field extends string>(
    fields: readonly Field[],
    parserOf: (field: Field) => (text: string) => string,
  ): Amounts<Field> =>
    fields.flatMap((field) => {
      const amount = read.optional(field, parserOf(field))
      return amount === undefined ? [] : [[field, amount] as const]
    })
  return {
    amounts: each(adjustmentKinds, parseAdjustment),
    lineAmounts: each(lineAmountFields, () => parsePrice),
    reported: each(reportedAmountFields, () => parsePrice),
  }
}

function faultOf(name: string, text: string, parse: (text: string) => unknown): string[] {
  try {
    parse(text)
    return []
  } catch (error) {
    if (error instanceof InvalidValue) return [`${name} ${error.message}${flagFor(name, text)}`]
    throw error
  }
}
