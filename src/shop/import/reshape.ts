import { createHash } from 'node:crypto'
import { DbtoolError } from '../../errors.ts'
import type { Reshape, SourceRecord, ValueFault } from '../../files/record.ts'
import { adjustmentKinds } from '../orders/adjustments.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { parsePrice, parseQuantity } from '../rules.ts'
import { quoteValue } from '../../values.ts'
import { amountFields, orderAmountFields } from './amount-fields.ts'
import { currencyOf, numberReader } from './amounts.ts'
import { converter } from './convert-values.ts'
import { applies, cancelledRule, type Join, type Layout, type SkipRule, type Values } from './layout.ts'
import { oneCurrency } from './one-currency.ts'
import type { ReadReport } from './read-report.ts'
import { foldStatus, statusOf } from './status-words.ts'
import { OtherOrder } from './times.ts'

/**
 * Returns the function that starts a reading of a file: it turns the records of another system into dbtool's, and
 * reports what it skips. Undefined if the layout leaves every record as it is.
 */
export function reshaper(layout: Layout, report: ReadReport, fileName: string): (() => Reshape) | undefined {
  if (!changesRecords(layout)) return undefined
  const { skip = [], notice = [] } = layout
  const isRemark = remarkFinder(layout)
  const clear = cleaner(layout)
  const complete = completer(layout, report)
  const convert = converter(layout, report)
  const isDiscount = discountFinder(layout)
  return () => {
    report.restart(skip)
    const carry = carrier(layout)
    const cancelledOrder = new CancelledOrder()
    const currencyFault = oneCurrency()
    const signFaults = layout.currencySign === true ? oneSign(layout) : (): ValueFault[] => []
    return (record) => {
      const { values } = record
      if (record.fault !== undefined && isRemark(record.raw)) {
        report.skip('line below the rows')
        return undefined
      }
      clear(values)
      carry(values, record.fault === undefined)
      const { status: word } = values
      complete(values)
      if (record.fault !== undefined) return record
      const rule = skip.find(({ when }) => applies(when, values))
      const reason = (rule ?? cancelledOrder.ruleOf(values, word))?.reason
      cancelledOrder.add(values, rule)
      if (reason !== undefined) {
        noteSkipped({ reason, isAsked: rule?.isAsked }, values, report)
        return skippedLine(record, converted(record, convert, fileName))
      }
      if (isDiscount(values)) {
        report.notice('line with a negative price, imported as a discount of its order')
        return discountLine(record, layout, (all) => converted({ ...record, values: all }, convert, fileName))
      }
      for (const { when, reason } of notice) if (applies(when, values)) report.notice(reason)
      const unread = [...signFaults(values), ...converted(record, convert, fileName), ...currencyFault(values)]
      if (unread.length > 0) return { ...record, unread }
      if (layout.subtract?.['quantity'] === undefined || !applies(nothingLeft, values)) return record
      report.skip('all of its units are refunded or cancelled')
      return skippedLine(record, [])
    }
  }
}

const nothingLeft = { quantity: ['0'] }

/** The last order that is skipped because it is cancelled: its other lines may leave the status empty. */
class CancelledOrder {
  #ref: string | undefined

  /** `word` is the status of a line in the file, which may be unknown. */
  ruleOf({ order_ref: ref, user, status }: Readonly<Values>, word: string | undefined): SkipRule | undefined {
    if (this.#ref === undefined || word !== undefined || status !== undefined) return undefined
    const isOfIt = ref === undefined ? user === undefined : ref === this.#ref
    return isOfIt ? cancelledRule : undefined
  }

  add({ order_ref: ref }: Readonly<Values>, rule: SkipRule | undefined): void {
    if (rule === cancelledRule) this.#ref = ref ?? this.#ref
    else if (ref !== undefined && ref !== this.#ref) this.#ref = undefined
  }
}

const ofOrder: readonly string[] = ['order_ref', 'user', 'ordered_at', ...orderAmountFields]

/**
 * A line that is skipped stays with its order. The amounts of the order on it count, wherever it is, and the rejects
 * have it beside the other lines. Undefined for a record of no order.
 */
const skippedLine = (record: SourceRecord, unread: readonly ValueFault[]): SourceRecord | undefined =>
  record.values['order_ref'] === undefined ? undefined : ofItsOrder(record, unread)

function ofItsOrder(record: SourceRecord, unread: readonly ValueFault[]): SourceRecord {
  const kept = Object.entries(record.values).filter(([field]) => ofOrder.includes(field))
  const ofAmounts = unread.filter(({ field }) => orderAmountFields.some((amount) => amount === field))
  const { line, raw, fault } = record
  return { line, raw, fault, values: Object.fromEntries(kept), unread: ofAmounts, isSkipped: true }
}

/** A line that `--skip` omits, and that names no order, loses its amounts. Its total is usually that of the file. */
function noteSkipped(
  { reason, isAsked = false }: Pick<SkipRule, 'reason' | 'isAsked'>,
  values: Readonly<Values>,
  report: ReadReport,
): void {
  report.skip(reason)
  if (!isAsked || values['order_ref'] !== undefined) return
  for (const kind of adjustmentKinds)
    if (/[1-9]/.test(values[kind] ?? ''))
      report.notice(`skipped without a reference, so that its ${kind} is not imported; --carry-down repeats references`)
}

/** Returns the function that finds the lines with a negative price, and no negative quantity, if they are discounts. */
function discountFinder(layout: Layout): (values: Readonly<Values>) => boolean {
  if (layout.discountLines !== true) return () => false
  const number = numberReader(layout) ?? ((text: string): string => text)
  const isNegative = (text: string | undefined): boolean => text !== undefined && number(text).startsWith('-')
  return ({ price, quantity }) => isNegative(price) && !isNegative(quantity)
}

/** The skipped line that adds a negative price to the discount of its order, which may be the one above. */
function discountLine(
  record: SourceRecord,
  { lineTotal = false }: Layout,
  convert: (values: Values) => ValueFault[],
): SourceRecord {
  const values: Values = { ...record.values, price: record.values['price']?.replace(/[-(]/, '') }
  // The total of the line is the discount; its price would be rounded, and then multiplied.
  if (lineTotal) values['quantity'] = '1'
  const unread = convert(values)
  const { price, quantity } = values
  if (price === undefined || quantity === undefined) return { ...record, values, unread }
  const amount = fromCents(toCents(parsePrice(price)) * BigInt(parseQuantity(quantity)))
  const skipped = ofItsOrder({ ...record, values }, unread)
  return { ...skipped, values: { ...skipped.values, line_discount: amount } }
}

/** Throws BAD_INPUT for a time that shows that others of the file were misread: a reject of one row is not enough. */
function converted(
  { line, values }: SourceRecord,
  convert: (values: Values) => ValueFault[],
  fileName: string,
): ValueFault[] {
  try {
    return convert(values)
  } catch (error) {
    if (!(error instanceof OtherOrder)) throw error
    throw new DbtoolError('BAD_INPUT', `${fileName}, line ${line}: ${error.message}`, {
      hint: `nothing was changed; --date-format '${error.right}' reads it`,
    })
  }
}

const extraFields = new Set<string>(['status', 'currency', ...amountFields])

/** The parts of a layout that say how the file is split into cells, and nothing about their values. */
const structure = new Set(['columns', 'inputFormat', 'delimiter', 'quote', 'encoding'])

function changesRecords(layout: Layout): boolean {
  const isSet = (part: unknown): boolean =>
    part !== undefined && part !== false && !(Array.isArray(part) && part.length === 0)
  const rules = Object.entries(layout).filter(([part]) => !structure.has(part))
  const isMapped = ([field, [column]]: readonly [string, readonly string[]]): boolean =>
    extraFields.has(field) && column !== field
  return rules.some(([, rule]) => isSet(rule)) || Object.entries(layout.columns ?? {}).some(isMapped)
}

/** Lines below the rows are shorter than rows, and so they are faulty. */
function remarkFinder({ remarks = [] }: Layout): (raw: string) => boolean {
  return (raw) => remarks.some((text) => raw.includes(text))
}

/** Returns the function that empties the cells whose text means no value. */
function cleaner({ nulls = [] }: Layout): (values: Values) => void {
  const empty = new Set(nulls)
  if (empty.size === 0) return () => undefined
  return (values) => {
    for (const [field, text] of Object.entries(values)) if (empty.has(text ?? '')) values[field] = undefined
  }
}

/** Returns the function that fills the empty cells of a record with the texts of the line above. */
function carrier({ carryDown = [], carryBy }: Layout): (values: Values, isSound: boolean) => void {
  if (carryDown.length === 0) return () => undefined
  let last: Values = {}
  return (values, isSound) => {
    const key = carryBy === undefined ? undefined : values[carryBy]
    const repeats = key === undefined || key === last[carryBy ?? '']
    if (repeats) for (const field of carryDown) fill(values, field, last[field])
    if (isSound) last = { ...values }
  }
}

/** A field without a column stays absent, rather than empty: an empty cell would clear the value of an existing row. */
function fill(values: Values, field: string, text: string | undefined): void {
  if (text !== undefined) values[field] ??= text
}

/** Returns the function that fills the fields which follow from other fields of the record. */
function completer(layout: Layout, report: ReadReport): (values: Values) => void {
  const joins = Object.entries(layout.join ?? {})
  const derivations = Object.entries(layout.derive ?? {})
  const defaults = Object.entries(layout.defaults ?? {})
  const { skuFrom, foreignStatus = false, statusWords } = layout
  return (values) => {
    for (const [field, rule] of joins) fill(values, field, joined(rule, values))
    for (const [field, rules] of derivations) {
      const found = rules.find(({ when }) => applies(when, values))
      if (found === undefined) continue
      values[field] = found.is
      if (found.note !== undefined) report.notice(found.note)
    }
    for (const [field, text] of defaults) fill(values, field, text)
    const name = skuFrom === undefined ? undefined : values[skuFrom]
    if (name !== undefined) values['sku'] ??= skuOf(name)
    const word = foreignStatus ? values['status'] : undefined
    if (word !== undefined) values['status'] = statusWords?.get(foldStatus(word)) ?? knownStatus(word, report)
  }
}

function joined({ of, with: separators, without = [] }: Join, values: Readonly<Values>): string | undefined {
  const texts = of.flatMap((field) => values[field] ?? []).filter((text) => !without.includes(text))
  if (texts.length === 0) return undefined
  return texts.reduce((all, text, index) => `${all}${separators[Math.min(index, separators.length) - 1] ?? ' '}${text}`)
}

const longestSku = 64

/** A text as a SKU; two long texts with the same beginning get different SKUs. */
function skuOf(text: string): string {
  const characters = Array.from(text)
  if (characters.length <= longestSku) return text
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${characters.slice(0, longestSku - digest.length - 1).join('')}~${digest}`
}

function knownStatus(text: string, report: ReadReport): string | undefined {
  const status = statusOf(text)
  if (status === undefined) report.unknownStatus(text)
  return status
}

/** Returns the function that refuses a second currency in the amounts themselves. */
function oneSign(layout: Layout): (values: Readonly<Values>) => ValueFault[] {
  const fields = ['price', ...amountFields, ...Object.values(layout.add ?? {}).flat()]
  let first: string | undefined
  return (values) =>
    fields.flatMap((field) => {
      const text = values[field]
      const sign = text === undefined ? undefined : currencyOf(text)
      first ??= sign
      if (sign === undefined || sign === first) return []
      const other = `but ${quoteValue(first ?? '')} above: import them apart`
      const sentence = `${field} is in ${quoteValue(sign)} here, ${other}`
      return [{ field, sentence }]
    })
}
