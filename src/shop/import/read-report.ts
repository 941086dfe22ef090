import type { SkipRule } from './layout.ts'

export interface Skipped {
  readonly reason: string
  readonly records: number
}

/** The changes and omissions of one reading of a file, to be reported at its end. */
export class ReadReport {
  readonly #skipped = new Map<string, number>()
  readonly #noticed = new Map<string, number>()
  readonly #unknownStatuses = new Map<string, number>()
  #asked: readonly string[] = []
  #rounded = 0

  /** Forgets everything, to read a file from its beginning. Reasons of a flag are reported even without records. */
  restart(skip: readonly SkipRule[]): void {
    this.#skipped.clear()
    this.#asked = skip.flatMap(({ reason, isAsked }) => (isAsked === true ? [reason] : []))
    this.#noticed.clear()
    this.#unknownStatuses.clear()
    this.#rounded = 0
  }

  skip(reason: string): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1)
  }

  /** Counts a record that is imported, but not quite as the file has it. */
  notice(reason: string): void {
    this.#noticed.set(reason, (this.#noticed.get(reason) ?? 0) + 1)
  }

  round(): void {
    this.#rounded += 1
  }

  unknownStatus(text: string): void {
    this.#unknownStatuses.set(text, (this.#unknownStatuses.get(text) ?? 0) + 1)
  }

  get skipped(): Skipped[] {
    const none = this.#asked.flatMap((reason) => (this.#skipped.has(reason) ? [] : [[reason, 0] as const]))
    return [...this.#skipped, ...none].map(([reason, records]) => ({ reason, records }))
  }

  get noticed(): Skipped[] {
    return [...this.#noticed].map(([reason, records]) => ({ reason, records }))
  }

  get rounded(): number {
    return this.#rounded
  }

  get unknownStatuses(): string[] {
    return [...this.#unknownStatuses.keys()]
  }
}
