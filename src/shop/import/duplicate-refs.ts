/** 16 MiB: with ten million references, one in five hundred is checked twice. */
const mostBits = 2 ** 27
const leastBits = 2 ** 13
const probes = 7

/**
 * Finds references that a file uses for more than one order, in memory that does not grow with the file. In a first
 * pass, `add` puts each reference into a Bloom filter (Bloom 1970), which yields candidates: all duplicates and few
 * others. A second pass checks only the candidates and is exact.
 */
export class DuplicateDetector {
  readonly #bits: Uint32Array
  readonly #candidates = new Set<string>()

  /**
   * `bytesOfFile` sets the size of the filter: an order takes several bytes of the file, and one bit for each byte is
   * enough.
   */
  constructor(bytesOfFile: number) {
    const bits = 2 ** Math.ceil(Math.log2(Math.min(mostBits, Math.max(leastBits, bytesOfFile))))
    this.#bits = new Uint32Array(bits / 32)
  }

  /**
   * Adds the reference of an order during the first pass. Always false: duplicates are known only in the second pass.
   */
  add(ref: string): false {
    const mask = this.#bits.length * 32 - 1
    const first = hash(ref, 0x811c9dc5)
    const step = hash(ref, 0x9747b28c) | 1
    let known = true
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = (first + Math.imul(step, probe)) & mask
      const word = this.#bits[bit >>> 5] ?? 0
      known &&= (word & (1 << (bit & 31))) !== 0
      this.#bits[bit >>> 5] = word | (1 << (bit & 31))
    }
    if (known) this.#candidates.add(ref)
    return false
  }

  /** The number of references to check in the second pass. */
  get candidates(): number {
    return this.#candidates.size
  }

  /** Starts a second pass: the function returns whether a reference already occurred in that pass. */
  secondPass(): (ref: string) => boolean {
    const seen = new Set<string>()
    return (ref) => {
      if (!this.#candidates.has(ref)) return false
      if (seen.has(ref)) return true
      seen.add(ref)
      return false
    }
  }
}

/** FNV-1a with the finish of MurmurHash3, 32 bits. */
function hash(text: string, seed: number): number {
  let state = seed
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
