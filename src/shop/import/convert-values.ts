import { InvalidValue } from '../../errors.ts'
import type { ValueFault } from '../../files/record.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { parsePrice, parseQuantity, parseStock } from '../rules.ts'
import { amountFields, isReported } from './amount-fields.ts'
import { difference, numberReader, ofCents, roundHalfUp, unitPrice } from './amounts.ts'
import { applies, type Layout, type Values } from './layout.ts'
import type { ReadReport } from './read-report.ts'
import { OtherOrder, timeFields, timeReader } from './times.ts'
import { flagFor, type GivenFlags } from './value-hints.ts'

/**
 * Returns the function that rewrites the values of a record as dbtool writes them; it returns a fault for each value
 * that cannot be read.
 */
export function converter(layout: Layout, report: ReadReport): (values: Values) => ValueFault[] {
  const readers = readersFor(layout, report)
  const { unsigned, unsignedMoney, amount } = readers
  const steps = stepsFor(layout, readers)
  const read = (parts: readonly Step[], values: Values): ValueFault[] => readValues(parts, values, layout)
  const sums = Object.entries(layout.add ?? {})
  const differences = Object.entries(layout.subtract ?? {})
  const conditions = Object.entries(layout.only ?? {})
  return (values) => {
    const faults = read(steps, values)
    for (const [field, parts] of sums) {
      faults.push(...read(partsOf(parts, amount), values))
      addUp(values, field, parts)
    }
    // A cancelled order has all its units.
    if (values['status'] !== 'cancelled')
      for (const [field, parts] of differences)
        faults.push(
          ...read(
            [[field, (text) => less(text, values, parts, field === 'quantity' ? unsigned : unsignedMoney)]],
            values,
          ),
        )
    for (const [field, condition] of conditions) if (!applies(condition, values)) values[field] = undefined
    return faults
  }
}

type Read = (text: string) => string

const partsOf = (parts: readonly string[], read: Read): Step[] => parts.map((part) => [part, read])

interface Readers {
  readonly number: Read
  readonly unsigned: Read
  /** The same for amounts, which may be cents. */
  readonly money: Read
  readonly unsignedMoney: Read
  /** A number with a fraction of a cent, rounded if the layout says so. */
  readonly rounded: Read
  /** The price of one unit. */
  readonly price: (text: string, quantity: string | undefined) => string
  readonly amount: Read
}

const withoutSign =
  (read: Read): Read =>
  (text) =>
    read(text).replace(/^-/, '')

function readersFor(layout: Layout, report: ReadReport): Readers {
  const number = numberReader(layout) ?? ((text: string): string => text)
  const rounded = (text: string): string => {
    const cents = layout.round === 'half-up' && hasFractionOfCent.test(text) ? roundHalfUp(text) : undefined
    if (cents !== undefined) report.round()
    return cents ?? text
  }
  const money = layout.cents === true ? (text: string): string => ofCents(number(text)) : number
  const [unsigned, unsignedMoney] = [withoutSign(number), withoutSign(money)]
  const { lineTotal = false, round } = layout
  const price = (text: string, quantity: string | undefined): string =>
    lineTotal && quantity !== undefined
      ? (unitPrice(text, quantity, round === 'half-up', () => report.round()) ?? text)
      : rounded(text)
  const amount = (text: string): string => parsePrice(rounded(unsignedMoney(text)))
  return { number, unsigned, money, unsignedMoney, rounded, price, amount }
}

function stepsFor({ dateFormat, timeZone }: Layout, { number, money, unsignedMoney, price, amount }: Readers): Step[] {
  const time = dateFormat === undefined && timeZone === undefined ? undefined : timeReader(dateFormat, timeZone)
  // A stated amount is only compared or reported.
  const reported = (text: string): string => parsePrice(roundHalfUp(unsignedMoney(text)) ?? unsignedMoney(text))
  return [
    ['quantity', checked(number, parseQuantity)],
    ['stock', checked(number, parseStock)],
    ['price', (text, { quantity }) => checked((one) => price(money(one), quantity), parsePrice)(text)],
    ...(time === undefined ? [] : partsOf(timeFields, time)),
    ...amountFields.map((field): Step => [field, isReported(field) ? reported : amount]),
  ]
}

/** A text is refused here rather than by the rules of the shop, because the flags that are given are known here. */
const checked =
  (read: Read, parse: (text: string) => unknown): Read =>
  (text) => {
    const value = read(text)
    parse(value)
    return value
  }

const hasFractionOfCent = /^\d+\.\d{2}0*[1-9]\d*$/

type Step = readonly [field: string, read: (text: string, values: Values) => string | undefined]

/** Replaces the text of each field by the one that its step reads; undefined if it cannot be read. */
function readValues(steps: readonly Step[], values: Values, given: GivenFlags): ValueFault[] {
  const faults: ValueFault[] = []
  for (const [field, read] of steps) {
    const text = values[field]
    if (text === undefined) continue
    try {
      values[field] = read(text, values)
    } catch (error) {
      if (!(error instanceof InvalidValue) || error instanceof OtherOrder) throw error
      values[field] = undefined
      faults.push({ field, sentence: `${field} ${error.message}${flagFor(field, text, given)}` })
    }
  }
  return faults
}

/** Fills a field with the sum of others. */
function addUp(values: Values, field: string, parts: readonly string[]): void {
  const amounts = parts.flatMap((part) => values[part] ?? [])
  if (amounts.length > 0) values[field] = fromCents(amounts.reduce((sum, amount) => sum + toCents(amount), 0n))
}

/** The text of a field less those of others. Throws InvalidValue if the result is negative. */
function less(text: string, values: Values, parts: readonly string[], read: (text: string) => string): string {
  const others = parts.flatMap((part) => values[part] ?? []).map(read)
  return others.length === 0 ? text : (difference(text, others) ?? text)
}
