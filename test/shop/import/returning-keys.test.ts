import { describe, expect, it } from 'vitest'
import { ReturningKeys } from '../../../src/shop/import/returning-keys.ts'
import { Chance, seedOf } from '../../faults/support/chance.ts'

const seed = seedOf(process.env)

describe('the keys of a file', () => {
  // The smallest filter is full long before. Nearly all keys seem to return; those that do are among them.
  it.each([
    ['few, in a file of their size', 500, 10_000],
    ['many, in a filter made for a few bytes', 30_000, 1],
  ])('%s: every key that returns is found', (_what, count, bytes) => {
    const chance = new Chance(seed)
    const keys = Array.from(
      { length: count },
      (_, index) => `R${chance.between(0, 9) === 0 ? chance.between(0, index) : index}`,
    )
    const returning = new ReturningKeys(bytes)
    for (const key of keys) returning.add(key)
    const met = new Set<string>()
    const expected = keys.filter((key) => met.size === met.add(key).size)
    expect(expected.length).toBeGreaterThan(0)
    expect(expected.filter((key) => !returning.has(key))).toEqual([])
  })

  it('hardly ever seem to return when all differ', () => {
    const returning = new ReturningKeys(20 * 100_000)
    for (let order = 0; order < 100_000; order += 1) returning.add(`536${order}`)
    expect(returning.count).toBeLessThan(100)
  })
})
