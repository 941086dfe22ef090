/** Chance that comes out the same for the same seed (mulberry32). */
export class Chance {
  #state: number

  constructor(readonly seed: number) {
    this.#state = seed
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.between(0, from.length - 1)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }

  shuffled<T>(some: readonly T[]): T[] {
    return some
      .map((one) => [this.next(), one] as const)
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one)
  }
}

/** A seed from the environment, to repeat a run; otherwise any. */
export const seedOf = (env: NodeJS.ProcessEnv): number =>
  Number(env['DBTOOL_TORTURE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** How long the long form is to go on; undefined in `npm test`. */
export const secondsOf = (env: NodeJS.ProcessEnv): number | undefined =>
  env['DBTOOL_TORTURE_SECONDS'] === undefined ? undefined : Number(env['DBTOOL_TORTURE_SECONDS'])
