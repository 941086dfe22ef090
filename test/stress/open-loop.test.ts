import { describe, expect, it } from 'vitest'
import { schedule } from '../../src/stress/loops.ts'

describe('when iterations of an open loop are due', () => {
  it('evenly', () => {
    const due = schedule(500, 0)
    expect([0, 1, 2, 1_000].map(due)).toEqual([0, 2, 4, 2_000])
  })

  it('while it ramps up, ever closer to each other, with no jump at the end of the ramp', () => {
    const due = schedule(100, 2_000)
    // Half as many as at the full rate.
    expect(due(100)).toBeCloseTo(2_000, 6)
    expect(due(101) - due(100)).toBeCloseTo(10, 6)
    expect(due(25)).toBeCloseTo(1_000, 6)
    const gaps = Array.from({ length: 99 }, (_, n) => due(n + 1) - due(n))
    expect(gaps.every((gap, index) => index === 0 || gap < gaps[index - 1]!)).toBe(true)
  })
})
