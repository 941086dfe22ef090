import { InvalidValue } from '../../errors.ts'

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
