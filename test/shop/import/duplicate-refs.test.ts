import { describe, expect, it } from 'vitest'
import { DuplicateDetector } from '../../../src/shop/import/duplicate-refs.ts'
import { Chance, seedOf } from '../../faults/support/chance.ts'

const seed = seedOf(process.env)

describe('the references of a file', () => {
  // The smallest filter is full long before. Nearly all references are candidates; the result must still be exact.
  it.each([
    ['few, in a file of their size', 500, 10_000],
    ['many, in a filter made for a few bytes', 30_000, 1],
  ])('%s: exactly the duplicates are found', (_what, count, bytes) => {
    const chance = new Chance(seed)
    const refs = Array.from(
      { length: count },
      (_, index) => `R${chance.between(0, 9) === 0 ? chance.between(0, index) : count + index}`,
    )
    const detector = new DuplicateDetector(bytes)
    for (const ref of refs) detector.add(ref)
    const seen = new Set<string>()
    const expected = refs.map((ref) => seen.size === seen.add(ref).size)
    for (const pass of [1, 2]) {
      const isDuplicate = detector.secondPass()
      expect(refs.map(isDuplicate), `pass ${pass}, seed ${seed}`).toEqual(expected)
    }
  })

  it('are hardly ever candidates when all differ', () => {
    const detector = new DuplicateDetector(20 * 100_000)
    let candidates = 0
    for (let order = 0; order < 100_000; order += 1) {
      const before = detector.candidates
      detector.add(`536${order}`)
      candidates += detector.candidates - before
    }
    expect(candidates).toBeLessThan(100)
  })
})
