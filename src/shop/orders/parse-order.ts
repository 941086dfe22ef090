import { randomUUID } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import { isObject } from '../../kind-of.ts'
import { parseChoice, quoteValue } from '../../values.ts'
import { type OrderStatus, orderStatuses, parseId, parseKey, parsePrice, parseQuantity, parseText } from '../rules.ts'
import { mostFaults, readNumber, readText, readTruth, UntypedReader } from '../untyped.ts'
import { type Adjustment, adjustment, adjustmentKinds, parseAdjustment } from './adjustments.ts'
import type { OrderLine } from './place-order.ts'

/** The rules in which orders of different origin differ. */
export interface OrderRules<S extends OrderStatus> {
  readonly statuses: readonly S[]
  readonly key: (text: string) => string
}

const newOrders: OrderRules<'confirmed' | 'pending'> = { statuses: ['confirmed', 'pending'], key: parseKey }
/** An imported order may be old, and its key has a prefix. The column of keys has 255 characters. */
export const importedOrders: OrderRules<OrderStatus> = { statuses: orderStatuses, key: parseText(255) }

/** An order that observes all rules that can be checked without the database. */
export interface ParsedOrder<S extends OrderStatus = 'confirmed' | 'pending'> {
  readonly userId: number
  readonly lines: readonly OrderLine[]
  readonly adjustments: readonly Adjustment[]
  readonly key: string
  /** The key was generated here. */
  readonly isNewKey: boolean
  readonly status: S
  readonly dryRun: boolean
}

const orderProperties = ['userId', 'lines', 'adjustments', 'key', 'status', 'dryRun'] as const
const lineProperties = ['productId', 'quantity', 'price'] as const
const adjustmentProperties = ['kind', 'label', 'amount'] as const

const hintForTwice = 'give each product once, with the total quantity'

/**
 * Checks an order of any type, such as a parsed JSON body, and normalizes its amounts to two decimals. The library, the
 * command line and the import all use it. Throws BAD_INPUT with all faults together.
 */
export function parseOrder(given: unknown): ParsedOrder
export function parseOrder<S extends OrderStatus>(given: unknown, rules: OrderRules<S>): ParsedOrder<S>
export function parseOrder(given: unknown, rules: OrderRules<OrderStatus> = newOrders): ParsedOrder<OrderStatus> {
  const reader = new UntypedReader()
  const order = reader.object('the order', given, orderProperties)
  if (reader.faults.length > 0 && Object.keys(order).length === 0) throw faulty(reader)
  const userId = reader.required('userId', order.userId, readId)
  const lines = readLines(reader, order.lines)
  const adjustments = readAdjustments(reader, order.adjustments)
  const key = reader.optional('key', order.key, readText(rules.key))
  const status = reader.optional('status', order.status, readText(parseChoice(rules.statuses)))
  const dryRun = reader.optional('dryRun', order.dryRun, readTruth)
  if (userId === undefined || reader.faults.length > 0) throw faulty(reader)
  return {
    userId,
    lines,
    adjustments,
    key: key ?? randomUUID(),
    isNewKey: key === undefined,
    status: status ?? 'confirmed',
    dryRun: dryRun ?? false,
  }
}

const readId = readNumber(parseId)
const readQuantity = readNumber(parseQuantity)
const readPrice = readText(parsePrice, '19.90')

function readLines(reader: UntypedReader, given: unknown): OrderLine[] {
  const lines = reader.list('lines', given)
  if (Array.isArray(given) && lines.length === 0) reader.add('lines must not be empty')
  if (!isWithin(reader, 'lines', lines, mostLines)) return []
  const first = new Map<number, number>()
  const sound: OrderLine[] = []
  for (let index = 0; index < lines.length && !reader.isFull; index += 1) {
    const line = lines[index]
    const given = reader.object(`lines[${index}]`, line, lineProperties)
    if (!isObject(line)) continue
    const values = new UntypedReader()
    const productId = values.required('productId', given.productId, readId)
    const quantity = values.required('quantity', given.quantity, readQuantity)
    const price = values.optional('price', given.price, readPrice)
    for (const fault of values.faults) reader.add(`lines[${index}].${fault}`)
    if (productId === undefined) continue
    const before = first.get(productId)
    if (before === undefined) first.set(productId, index)
    else reader.add(`${twice(productId)}, in lines[${before}] and lines[${index}]`)
    if (quantity !== undefined) sound.push({ productId, quantity, price })
  }
  return sound
}

function readAdjustments(reader: UntypedReader, given: unknown): Adjustment[] {
  if (given === undefined) return []
  const adjustments = reader.list('adjustments', given)
  if (!isWithin(reader, 'adjustments', adjustments, mostAdjustments)) return []
  return adjustments.flatMap((each, index) => {
    if (reader.isFull) return []
    const name = `adjustments[${index}]`
    const { kind, label, amount } = reader.object(name, each, adjustmentProperties)
    if (!isObject(each)) return []
    const readKind = reader.required(`${name}.kind`, kind, readText(parseChoice(adjustmentKinds)))
    const readAmount = reader.required(
      `${name}.amount`,
      amount,
      readText(parseAdjustment(readKind ?? 'discount'), '4.90'),
    )
    const readLabel = reader.optional(`${name}.label`, label ?? undefined, readText(parseLabel))
    if (readKind === undefined || readAmount === undefined) return []
    return adjustment(readKind, readAmount, readLabel ?? null) ?? []
  })
}

/** The server takes them as one document. */
const mostLines = 10_000
const mostAdjustments = 1_000

function isWithin(reader: UntypedReader, name: string, list: readonly unknown[], most: number): boolean {
  if (list.length > most) reader.add(`${name} must have at most ${most} entries, not ${list.length}`)
  return list.length <= most
}

const checkLabel = parseText(100)
/** A label stays as it is given: the digest of an order contains it. */
function parseLabel(text: string): string {
  checkLabel(text)
  return text
}

const twice = (product: number | string): string =>
  `product ${typeof product === 'string' ? quoteValue(product) : product} is given twice`

/** The error for a product with two lines, by the name that the user gave it. */
export function productTwice(product: string): DbtoolError {
  return new DbtoolError('USAGE', twice(product), { hint: hintForTwice })
}

function faulty({ faults, isFull }: UntypedReader): DbtoolError {
  const [first = '', ...more] = faults
  const count = isFull ? `more than ${mostFaults}` : String(faults.length)
  const message = more.length === 0 ? first : `the order has ${count} faults: ${faults.join('; ')}`
  const isTwice = more.length === 0 && /^product \S+ is given twice,/.test(first)
  return new DbtoolError('BAD_INPUT', message, {
    faults,
    hint: isTwice ? hintForTwice : 'nothing was sent to the server; correct the order and place it again',
  })
}
