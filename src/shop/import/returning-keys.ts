/** 16 MiB: with ten million keys, one in five hundred returns by mistake. */
const mostBits = 2 ** 27
const leastBits = 2 ** 13
const probes = 7

/** A set that never misses a key that was added, but may claim others (Bloom 1970). Its memory is fixed. */
class BloomFilter {
  readonly #bits: Uint32Array

  constructor(bits: number) {
    this.#bits = new Uint32Array(bits / 32)
  }

  /** Adds a key and returns whether it seemed to have been added before. */
  add(key: string): boolean {
    let known = true
    for (const bit of this.#bitsOf(key)) {
      const word = this.#bits[bit >>> 5] ?? 0
      known &&= (word & (1 << (bit & 31))) !== 0
      this.#bits[bit >>> 5] = word | (1 << (bit & 31))
    }
    return known
  }

  has(key: string): boolean {
    return this.#bitsOf(key).every((bit) => ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0)
  }

  #bitsOf(key: string): number[] {
    const mask = this.#bits.length * 32 - 1
    const first = hash(key, 0x811c9dc5)
    const step = hash(key, 0x9747b28c) | 1
    return Array.from({ length: probes }, (_, probe) => (first + Math.imul(step, probe)) & mask)
  }
}

/**
 * Finds the keys that return in a file after another key, in memory that does not grow with the file. `has` is true for
 * all of them, and for few others.
 */
export class ReturningKeys {
  readonly #met: BloomFilter
  readonly #returning: BloomFilter
  #count = 0

  /**
   * `bytesOfFile` sets the size of the filters: an order takes several bytes of the file, and one bit for each byte is
   * enough.
   */
  constructor(bytesOfFile: number) {
    const bits = 2 ** Math.ceil(Math.log2(Math.min(mostBits, Math.max(leastBits, bytesOfFile))))
    this.#met = new BloomFilter(bits)
    this.#returning = new BloomFilter(bits)
  }

  /** Adds the key of the next group of lines. */
  add(key: string): void {
    if (!this.#met.add(key)) return
    this.#returning.add(key)
    this.#count += 1
  }

  /** The number of groups whose key returned, at most. */
  get count(): number {
    return this.#count
  }

  has(key: string): boolean {
    return this.#count > 0 && this.#returning.has(key)
  }
}

/** FNV-1a with the finish of MurmurHash3, 32 bits. */
export function hash(text: string, seed: number): number {
  let state = seed
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
