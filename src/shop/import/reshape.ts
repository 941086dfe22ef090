import { createHash } from 'node:crypto'
import { DbtoolError, InvalidValue } from '../../errors.ts'
import type { Reshape, SourceRecord } from '../../files/record.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { parsePrice, quoteValue } from '../rules.ts'
import { amountFields, isReported } from './amount-fields.ts'
import { currencyOf, numberReader, roundHalfUp, unitPrice } from './amounts.ts'
import { applies, type Join, type Layout, type Values } from './layout.ts'
import { oneCurrency } from './one-currency.ts'
import type { ReadReport } from './read-report.ts'
import { statusOf } from './status-words.ts'
import { OtherOrder, timeReader } from './times.ts'
import { flagFor } from './value-hints.ts'

/** How the texts of fields are written; the texts of all others are taken as they are. */
const counts = ['quantity', 'stock']
const times = ['ordered_at', 'created_at', 'last_login']

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
  return () => {
    report.restart()
    const carry = carrier(layout)
    const currencyFault = oneCurrency()
    const signFaults = layout.currencySign === true ? oneSign(layout) : (): string[] => []
    return (record) => {
      const { values } = record
      if (record.fault !== undefined && isRemark(record.raw)) {
        report.skip('line below the rows')
        return undefined
      }
      clear(values)
      carry(values, record.fault === undefined)
      complete(values)
      if (record.fault !== undefined) return record
      const reason = skip.find(({ when }) => applies(when, values))?.reason
      if (reason !== undefined) {
        report.skip(reason)
        return undefined
      }
      for (const { when, reason } of notice) if (applies(when, values)) report.notice(reason)
      const faults = [...signFaults(values), ...converted(record, convert, fileName), ...currencyFault(values)]
      return faults.length === 0 ? record : { ...record, fault: faults.join('; ') }
    }
  }
}

/** Throws BAD_INPUT for a time that shows that others of the file were misread: a reject of one row is not enough. */
function converted({ line, values }: SourceRecord, convert: (values: Values) => string[], fileName: string): string[] {
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
  const { skuFrom, foreignStatus = false } = layout
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
    if (foreignStatus && values['status'] !== undefined) values['status'] = knownStatus(values['status'], report)
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

/**
 * Returns the function that rewrites the values of a record as dbtool writes them; it returns a sentence for each value
 * that cannot be read.
 */
function converter(layout: Layout, report: ReadReport): (values: Values) => string[] {
  const { dateFormat, timeZone, round, lineTotal = false } = layout
  const number = numberReader(layout) ?? ((text: string): string => text)
  const time = dateFormat === undefined && timeZone === undefined ? undefined : timeReader(dateFormat, timeZone)
  const rounds = round === 'half-up'
  const rounded = (text: string): string => {
    const cents = rounds && hasFractionOfCent.test(text) ? roundHalfUp(text) : undefined
    if (cents !== undefined) report.round()
    return cents ?? text
  }
  const priceOf = (text: string, { quantity }: Values): string =>
    lineTotal && quantity !== undefined ? (unitPrice(text, quantity, rounds) ?? text) : rounded(text)
  const unsigned = (text: string): string => number(text).replace(/^-/, '')
  const steps: [field: string, read: (text: string, values: Values) => string | undefined][] = [
    ...counts.map((field): [string, (text: string) => string] => [field, number]),
    ['price', (text, values) => priceOf(number(text), values)],
    ...times.flatMap((field): [string, (text: string) => string][] => (time === undefined ? [] : [[field, time]])),
    ...amountFields.map((field): [string, (text: string) => string] => [
      field,
      (text) => {
        const amount = unsigned(text)
        // A stated amount is only compared or reported.
        return parsePrice(isReported(field) ? (roundHalfUp(amount) ?? amount) : rounded(amount))
      },
    ]),
  ]
  const sums = Object.entries(layout.add ?? {})
  return (values) => [
    ...faultsOf(steps, values),
    ...sums.flatMap(([field, parts]) => addedUp(values, field, parts, (text) => parsePrice(rounded(unsigned(text))))),
  ]
}

const hasFractionOfCent = /^\d+\.\d{2}0*[1-9]\d*$/

function faultsOf(
  steps: readonly [field: string, read: (text: string, values: Values) => string | undefined][],
  values: Values,
): string[] {
  const faults: string[] = []
  for (const [field, read] of steps) {
    const text = values[field]
    if (text === undefined) continue
    try {
      values[field] = read(text, values)
    } catch (error) {
      if (!(error instanceof InvalidValue) || error instanceof OtherOrder) throw error
      values[field] = undefined
      faults.push(`${field} ${error.message}${flagFor(field, text)}`)
    }
  }
  return faults
}

/** Fills a field with the sum of others, and returns a sentence for each of them that cannot be read. */
function addedUp(values: Values, field: string, parts: readonly string[], read: (text: string) => string): string[] {
  const faults = faultsOf(
    parts.map((part) => [part, read]),
    values,
  )
  const amounts = parts.flatMap((part) => values[part] ?? [])
  if (amounts.length > 0) values[field] = fromCents(amounts.reduce((sum, amount) => sum + toCents(amount), 0n))
  return faults
}

function knownStatus(text: string, report: ReadReport): string | undefined {
  const status = statusOf(text)
  if (status === undefined) report.unknownStatus(text)
  return status
}

/** Returns the function that refuses a second currency in the amounts themselves. */
function oneSign(layout: Layout): (values: Readonly<Values>) => string[] {
  const fields = ['price', ...amountFields, ...Object.values(layout.add ?? {}).flat()]
  let first: string | undefined
  return (values) =>
    fields.flatMap((field) => {
      const text = values[field]
      const sign = text === undefined ? undefined : currencyOf(text)
      first ??= sign
      if (sign === undefined || sign === first) return []
      return [`${field} is in ${quoteValue(sign)} here, but ${quoteValue(first ?? '')} above: import them apart`]
    })
}
