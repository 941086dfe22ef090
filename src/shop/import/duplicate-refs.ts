/** 16 MiB: of ten million references one in five hundred is looked at twice. */
const mostBits = 2 ** 27
const leastBits = 2 ** 13
const probes = 7

/**
 * Finds the references that a file uses for more than one order, in memory that does not grow with the file: a first
 * pass through it,
 * `meet`, puts them into a Bloom filter (Bloom 1970), which suspects every one that comes back and few others; a later
 * pass looks
 * at the suspects alone, and is exact.
 */
export class DuplicateDetector {
  readonly #bits: Uint32Array
  readonly #suspects = new Set<string>()

  /** An order takes some bytes of the file; a bit for each of them is enough. */
  constructor(bytesOfFile: number) {
    const bits = 2 ** Math.ceil(Math.log2(Math.min(mostBits, Math.max(leastBits, bytesOfFile))))
    this.#bits = new Uint32Array(bits / 32)
  }

  /** Once for each order of the file, in the first pass; tells nothing yet. */
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
    if (known) this.#suspects.add(ref)
    return false
  }

  /** How many are looked at again. */
  get candidates(): number {
    return this.#suspects.size
  }

  /** For one later pass: whether a reference has been there before in that pass. */
  secondPass(): (ref: string) => boolean {
    const seen = new Set<string>()
    return (ref) => {
      if (!this.#suspects.has(ref)) return false
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
