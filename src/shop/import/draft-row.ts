import { DbtoolError, type ErrorCode, InvalidValue } from '../../errors.ts'
import type { SourceRecord } from '../../files/record.ts'
import type { FieldRule, ImportRow, ImportTable, Stored } from './tables.ts'

/** What becomes of a row whose key is there already. */
export type OnConflict = 'error' | 'skip' | 'update'

/** A record of the file that keeps every rule of its single values. */
export interface DraftRow {
  readonly record: SourceRecord
  readonly row: ImportRow
}

/** A record that is not taken, and why: a sentence that begins with the name of the field. */
export interface Refusal {
  readonly record: SourceRecord
  readonly code: ErrorCode
  readonly reason: string
}

/** Reads a record as a row, or as everything that is wrong with it. */
export function rowReader(
  { rules, unique: [key], one }: ImportTable,
  onConflict: OnConflict,
): (record: SourceRecord) => DraftRow | Refusal {
  const entries = Object.entries(rules)
  // Without a key a row could not be found again, and would be there once more after every run.
  const keyless = onConflict !== 'error' && rules[key]?.initial !== undefined
  return (record) => {
    if (record.fault !== undefined) return { record, code: 'BAD_INPUT', reason: record.fault }
    const read = new FieldReader(record.values)
    const row: Record<string, Stored | undefined> = {}
    for (const [name, rule] of entries)
      if (rule.initial === undefined || name in record.values) row[name] = valueOf(read, name, rule)
    if (keyless && record.values[key] === undefined)
      read.faults.push(`${key} is empty, and --on-conflict ${onConflict} finds a ${one} by it`)
    return read.faults.length > 0 ? { record, code: 'BAD_INPUT', reason: read.faults.join('; ') } : { record, row }
  }
}

function valueOf(read: FieldReader, name: string, { parse, initial, nullable }: FieldRule): Stored | undefined {
  const value = initial === undefined ? read.required(name, parse) : read.optional(name, parse)
  return value ?? (nullable ? null : undefined)
}

/** Reads the values of one record by the rules of the shop, and keeps a sentence for every fault. */
export class FieldReader {
  readonly faults: string[] = []

  constructor(private readonly values: Readonly<Record<string, string | undefined>>) {}

  /** Undefined where there is nothing, or nothing right. */
  optional<T>(name: string, parse: (text: string) => T): T | undefined {
    const text = this.values[name]
    if (text === undefined) return undefined
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.faults.push(`${name} ${error.message}`)
      return undefined
    }
  }

  required<T>(name: string, parse: (text: string) => T): T | undefined {
    if (this.values[name] === undefined) this.faults.push(`${name} is empty`)
    return this.optional(name, parse)
  }
}

const faultsShown = 20

/** The faults of one file, counted, the first of them kept. */
export class Faults {
  readonly #first: string[] = []
  readonly #codes = new Set<ErrorCode>()
  #count = 0

  /** `wayOut` is what can be done besides mending the file. */
  constructor(
    private readonly fileName: string,
    private readonly wayOut: string,
  ) {}

  add(code: ErrorCode, fault: string): void {
    this.#count += 1
    this.#codes.add(code)
    if (this.#first.length < faultsShown) this.#first.push(fault)
  }

  /** Rejects with all of them together; faults of several kinds are BAD_INPUT. */
  throwIfAny(): void {
    const [first] = this.#first
    if (first === undefined) return
    const [code = 'BAD_INPUT', ...others] = this.#codes
    const more = this.#count - this.#first.length
    const message = this.#count === 1 ? first : `${this.fileName} was not imported: ${this.#count} faults`
    const hint = `nothing was changed; mend the file, ${this.wayOut}`
    throw new DbtoolError(others.length > 0 ? 'BAD_INPUT' : code, message, {
      faults: more > 0 ? [...this.#first, `and ${more} more`] : this.#first,
      hint,
    })
  }
}
