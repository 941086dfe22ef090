import { InvalidValue } from '../errors.ts'
import { isObject, kindOf } from '../kind-of.ts'
import { orNearest } from '../nearest.ts'
import { quoteValue } from '../values.ts'

/** Reads a value of any type. Throws InvalidValue with a sentence that follows the name of the value. */
export type Read<T> = (value: unknown) => T

/** A hostile body would otherwise become a message that is many times as long. */
export const mostFaults = 100

/**
 * Reads values whose types nobody has checked, such as JSON. It collects one sentence for each fault, and returns
 * undefined for a faulty value.
 */
export class UntypedReader {
  readonly #faults: string[] = []

  get faults(): readonly string[] {
    return this.#faults
  }

  /** True if further faults would not be listed. */
  get isFull(): boolean {
    return this.#faults.length > mostFaults
  }

  add(fault: string): void {
    if (!this.isFull) this.#faults.push(this.#faults.length === mostFaults ? 'further faults are not listed' : fault)
  }

  required<T>(name: string, value: unknown, read: Read<T>): T | undefined {
    if (value !== undefined) return this.optional(name, value, read)
    this.add(`${name} is missing`)
    return undefined
  }

  optional<T>(name: string, value: unknown, read: Read<T>): T | undefined {
    if (value === undefined) return undefined
    try {
      return read(value)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      this.add(`${name} ${error.message}`)
      return undefined
    }
  }

  /** Returns the object, which may have these properties and no others. */
  object<P extends string>(name: string, value: unknown, properties: readonly P[]): Partial<Record<P, unknown>> {
    const found = (this.required(name, value, readObject) ?? {}) as Partial<Record<string, unknown>>
    const has = name.endsWith('s') ? 'have' : 'has'
    for (const property of Object.keys(found)) {
      if ((properties as readonly string[]).includes(property) || found[property] === undefined) continue
      if (this.isFull) break
      this.add(`${name} ${has} an unknown property ${quoteValue(property)}${orNearest(property, properties)}`)
    }
    return found
  }

  list(name: string, value: unknown): readonly unknown[] {
    return this.required(name, value, readList) ?? []
  }
}

function readObject(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value
  throw new InvalidValue(`must be an object, not ${described(value)}`)
}

function readList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new InvalidValue(`must be a list, not ${described(value)}`)
}

export function readNumber(parse: (text: string) => number): Read<number> {
  return (value) => {
    if (typeof value === 'number') return parse(String(value))
    throw new InvalidValue(`must be a number, not ${described(value)}`)
  }
}

/** `example` is shown where the value is no text: money, for example, is text too. */
export function readText<T>(parse: (text: string) => T, example?: string): Read<T> {
  return (value) => {
    if (typeof value === 'string') return parse(value)
    const such = example === undefined ? '' : ` such as '${example}'`
    throw new InvalidValue(`must be a text${such}, not ${described(value)}`)
  }
}

export function readTruth(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidValue(`must be true or false, not ${described(value)}`)
}

export function readDate(value: unknown): Date {
  const year = value instanceof Date ? value.getUTCFullYear() : NaN
  if (value instanceof Date && year >= 0 && year <= 9_999) return value
  if (!Number.isNaN(year)) throw new InvalidValue('must be a Date in the years 0 to 9999')
  throw new InvalidValue(`must be a valid Date, not ${described(value)}`)
}

/** The values of an order are no secret, so its author may see them. */
function described(value: unknown): string {
  if (typeof value === 'string') return `the text ${quoteValue(value)}`
  return typeof value === 'number' || typeof value === 'bigint' ? `the ${typeof value} ${value}` : kindOf(value)
}
