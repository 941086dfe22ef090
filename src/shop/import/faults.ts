import { DbtoolError, type ErrorCode } from '../../errors.ts'

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
