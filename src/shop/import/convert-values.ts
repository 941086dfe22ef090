import { InvalidValue } from '../../errors.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { parsePrice } from '../rules.ts'
import { amountFields, isReported } from './amount-fields.ts'
import { difference, numberReader, roundHalfUp, unitPrice } from './amounts.ts'
import { applies, type Layout, type Values } from './layout.ts'
import type { ReadReport } from './read-report.ts'
import { OtherOrder, timeReader } from './times.ts'
import { flagFor } from './value-hints.ts'

/** How the texts of fields are written; the texts of all others are taken as they are. */
const counts = ['quantity', 'stock']
const times = ['ordered_at', 'created_at', 'last_login']

/**
 * Returns the function that rewrites the values of a record as dbtool writes them; it returns a sentence for each value
 * that cannot be read.
 */
export function converter(layout: Layout, report: ReadReport): (values: Values) => string[] {
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
  const differences = Object.entries(layout.subtract ?? {})
  const conditions = Object.entries(layout.only ?? {})
  return (values) => {
    const faults = [
      ...faultsOf(steps, values),
      ...sums.flatMap(([field, parts]) => addedUp(values, field, parts, (text) => parsePrice(rounded(unsigned(text))))),
      // A cancelled order has all its units.
      ...(values['status'] === 'cancelled'
        ? []
        : differences.flatMap(([field, parts]) => subtracted(values, field, parts, unsigned))),
    ]
    for (const [field, condition] of conditions) if (!applies(condition, values)) values[field] = undefined
    return faults
  }
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

/** Takes others out of a field, and returns a sentence if the result is negative. */
function subtracted(values: Values, field: string, parts: readonly string[], read: (text: string) => string): string[] {
  const less = parts.flatMap((part) => values[part] ?? []).map(read)
  return less.length === 0 ? [] : faultsOf([[field, (text) => difference(text, less) ?? text]], values)
}
