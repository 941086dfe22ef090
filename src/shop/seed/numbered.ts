/** Makes names unique: the first of each is unchanged, every later one gets its number. */
export class Numbered {
  readonly #seen = new Map<string, number>()

  constructor(private readonly written: (name: string, nth: number) => string) {}

  next(name: string): string {
    const nth = (this.#seen.get(name) ?? 0) + 1
    this.#seen.set(name, nth)
    return nth === 1 ? name : this.written(name, nth)
  }
}
