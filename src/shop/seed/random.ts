import { createHash } from 'node:crypto'

const words = 2 ** 32

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/**
 * Random numbers that are the same on every machine: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (public
 * domain, https://prng.di.unimi.it/xoshiro128starstar.c). It uses 32-bit integers, and of floating point only the
 * operations that IEEE 754 defines to the last bit: no logarithm, power or sine.
 */
export class Random {
  constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
  ) {}

  /** Creates the numbers for one purpose, so that more rows of one kind do not change another kind. */
  static for(seed: number, purpose: string): Random {
    const digest = createHash('sha256').update(`${seed} ${purpose}`).digest()
    return new Random(digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12))
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    const result = Math.imul(rotated(Math.imul(this.b, 5), 7), 9)
    const shifted = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= shifted
    this.d = rotated(this.d, 11)
    return result >>> 0
  }

  /** A number from 0 to less than 1. */
  share(): number {
    return this.next() / words
  }

  /** An integer from 0 to less than `limit`, which is at most 2^32. */
  below(limit: number): number {
    return Math.floor(this.share() * limit)
  }

  /** An element of a non-empty list. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}
