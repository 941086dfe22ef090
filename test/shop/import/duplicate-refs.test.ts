import { describe, expect, it } from 'vitest'
import { DuplicateDetector } from '../../../src/shop/import/duplicate-refs.ts'
import { Chance, seedOf } from '../../faults/support/chance.ts'

const seed = seedOf(process.env)

describe('the references of a file', () => {
  // The smallest filter is full long before: it suspects nearly all, and must be no less exact.
  it.each([
    ['few, in a file of their size', 500, 10_000],
    ['many, in a filter made for a few bytes', 30_000, 1],
  ])('%s: those that come back are found, and no others', (_what, count, bytes) => {
    const chance = new Chance(seed)
    const refs = Array.from(
      { length: count },
      (_, index) => `R${chance.between(0, 9) === 0 ? chance.between(0, index) : count + index}`,
    )
    const met = new DuplicateDetector(bytes)
    for (const ref of refs) met.add(ref)
    const seen = new Set<string>()
    const expected = refs.map((ref) => seen.size === seen.add(ref).size)
    for (const pass of [1, 2]) {
      const comesBack = met.secondPass()
      expect(refs.map(comesBack), `pass ${pass}, seed ${seed}`).toEqual(expected)
    }
  })

  it('that are all different are hardly ever suspected', () => {
    const met = new DuplicateDetector(20 * 100_000)
    let suspicious = 0
    for (let order = 0; order < 100_000; order += 1) {
      const before = met.candidates
      met.add(`536${order}`)
      suspicious += met.candidates - before
    }
    expect(suspicious).toBeLessThan(100)
  })
})
