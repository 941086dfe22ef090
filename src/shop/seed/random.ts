import { createHash } from 'node:crypto'

const words = 2 ** 32

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/**
 * Random numbers that are the same on every machine: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (public
 * domain,
 * https://prng.di.unimi.it/xoshiro128starstar.c). Integers of 32 bits, and of floating point only what IEEE 754 defines
 * to the
 * last bit: no logarithm, no power, no sine.
 */
export class Random {
  constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
  ) {}

  /** Each purpose has numbers of its own, so that more of one thing does not make another one different. */
  static for(seed: number, purpose: string): Random {
    const digest = createHash('sha256').update(`${seed} ${purpose}`).digest()
    return new Random(digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12))
  }

  /** A whole number from 0 to 2^32 - 1. */
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

  /** From 0 to less than 1. */
  share(): number {
    return this.next() / words
  }

  /** A whole number from 0 to less than `limit`, which is at most 2^32. */
  below(limit: number): number {
    return Math.floor(this.share() * limit)
  }

  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}
