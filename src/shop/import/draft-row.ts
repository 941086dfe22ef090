import { DbtoolError, type ErrorCode, InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import type { FieldRule, ImportRow, ImportTable, OnConflict, Stored } from './tables.ts'
import { isTotal, totalFault } from './totals.ts'
import { flagFor, type GivenFlags } from './value-hints.ts'

/** A record whose single values are all valid. */
export interface DraftRow {
  readonly record: SourceRecord
  readonly row: ImportRow
  /** The fields that a new row needs and that this one lacks. */
  readonly missing: readonly string[]
}

/** A rejected record and the reason: a sentence that begins with the name of the field. */
export interface Refusal {
  readonly record: SourceRecord
  readonly code: ErrorCode
  readonly reason: string
}

/** Returns a function that reads a record as a row, or as a refusal with all its faults. */
export function rowReader(table: ImportTable, onConflict: OnConflict): (record: SourceRecord) => DraftRow | Refusal {
  const {
    unique: [key],
    one,
    derived,
  } = table
  const rules = Object.entries(table.rules)
  const others = Object.entries(derived)
  return (record) => {
    if (record.fault !== undefined) return { record, code: 'BAD_INPUT', reason: record.fault }
    const read = new FieldReader(record)
    const row: Record<string, Stored | undefined> = {}
    const missing: string[] = []
    for (const [name, rule] of rules) {
      const isMissing = rule.initial === undefined && isEmpty(record, name) && !isGenerated(table, name)
      if (isMissing) missing.push(name)
      if (isMissing && onConflict === 'error') read.faults.push(`${name} is empty`)
      else if (name in record.values) row[name] = valueOf(read, name, rule)
    }
    for (const [name, derive] of others) row[name] = derive(row)
    const { [table.title ?? '']: title } = record.values
    if (title !== undefined && record.values[key] === undefined && isTotal(title))
      read.faults.push(totalFault(table.title ?? '', title))
    // A row without a key could not be found again, so every run would add it once more.
    if (onConflict !== 'error' && keyColumn(table, record.values) === undefined)
      read.faults.push(`${key} is empty, but --on-conflict ${onConflict} needs it to find the ${one}`)
    return read.faults.length > 0
      ? { record, code: 'BAD_INPUT', reason: read.faults.join('; ') }
      : { record, row, missing }
  }
}

const isGenerated = ({ unique: [key], generated }: ImportTable, name: string): boolean =>
  generated !== undefined && name === key

/** The column that identifies an existing row; undefined if the row has none. */
export function keyColumn(
  { unique: [key], generated }: ImportTable,
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  return [key, ...(generated === undefined ? [] : [generated.from])].find((name) => (values[name] ?? null) !== null)
}

function valueOf(read: FieldReader, name: string, { parse, nullable }: FieldRule): Stored | undefined {
  return read.optional(name, parse) ?? (nullable ? null : undefined)
}

type ReadValues = Pick<SourceRecord, 'values' | 'unread'>

/** Whether a record has no value of a field; a value that cannot be read is one. */
export const isEmpty = ({ values, unread }: ReadValues, name: string): boolean =>
  values[name] === undefined && unread?.some(({ field }) => field === name) !== true

/** Reads the values of one record by the rules of the shop, and collects a sentence for every fault. */
export class FieldReader {
  readonly faults: string[]
  readonly #record: ReadValues

  /** `given` are the flags with which the values were not read. */
  constructor(
    record: ReadValues,
    private readonly given: GivenFlags = {},
  ) {
    this.#record = record
    this.faults = (record.unread ?? []).map(({ sentence }) => sentence)
  }

  /** Undefined for an empty or an invalid value. */
  optional<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.#record.values[name]
    if (text === undefined) return undefined
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.faults.push(`${name} ${error.message}${flagFor(name, text, this.given)}`)
      return undefined
    }
  }

  required<T>(name: string, parse: (text: string) => T): T | undefined {
    if (isEmpty(this.#record, name)) this.faults.push(`${name} is empty`)
    return this.optional(name, parse)
  }
}

const faultsShown = 20

/** Counts the faults of one file and stores the first of them. */
export class Faults {
  readonly #first: string[] = []
  readonly #codes = new Set<ErrorCode>()
  readonly #hints = new Set<string>()
  #count = 0

  /** `wayOut` completes the hint with the alternatives to fixing the file, for the codes of the faults. */
  constructor(
    private readonly fileName: string,
    private readonly wayOut: (codes: ReadonlySet<ErrorCode>) => string,
  ) {}

  /** `hint`: a way out that many faults of the file share. */
  add(code: ErrorCode, fault: string, hint?: string): void {
    this.#count += 1
    this.#codes.add(code)
    if (hint !== undefined) this.#hints.add(hint)
    if (this.#first.length < faultsShown) this.#first.push(fault)
  }

  /** Throws one error with all faults. Faults with different codes become BAD_INPUT. */
  throwIfAny(): void {
    const [first] = this.#first
    if (first === undefined) return
    const [code = 'BAD_INPUT', ...others] = this.#codes
    const more = this.#count - this.#first.length
    const message = this.#count === 1 ? first : `${this.fileName} was not imported: ${this.#count} faults`
    const hint = ['nothing was changed', ...this.#hints, `fix the file, ${this.wayOut(this.#codes)}`].join('; ')
    throw new DbtoolError(others.length > 0 ? 'BAD_INPUT' : code, message, {
      faults: more > 0 ? [...this.#first, `and ${more} more`] : this.#first,
      hint,
    })
  }
}
