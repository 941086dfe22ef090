const bitsPerBlock = 4_096

/** The ids that a file has met: a bit for each, so that a million of them are nothing. */
export class SeenIds {
  readonly #blocks = new Map<number, Uint32Array>()

  add(id: number): void {
    const block = Math.floor(id / bitsPerBlock)
    const words = this.#blocks.get(block) ?? new Uint32Array(bitsPerBlock / 32)
    this.#blocks.set(block, words)
    const bit = id % bitsPerBlock
    words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31))
  }

  has(id: number): boolean {
    const bit = id % bitsPerBlock
    const word = this.#blocks.get(Math.floor(id / bitsPerBlock))?.[bit >> 5] ?? 0
    return (word & (1 << (bit & 31))) !== 0
  }
}
