export interface Skipped {
  readonly reason: string
  readonly records: number
}

/** The changes and omissions of one reading of a file, to be reported at its end. */
export class ReadReport {
  readonly #skipped = new Map<string, number>()
  readonly #noticed = new Map<string, number>()
  readonly #unknownStatuses = new Map<string, number>()
  #rounded = 0

  /** Forgets everything: a file is read from its beginning again. */
  restart(): void {
    this.#skipped.clear()
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
    return [...this.#skipped].map(([reason, records]) => ({ reason, records }))
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
