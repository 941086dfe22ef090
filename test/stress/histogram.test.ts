import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/stress/histogram.ts'
import { fairnessOf } from '../../src/stress/result.ts'

describe('the histogram', () => {
  it('has nothing to say of nothing', () => {
    expect(new Histogram().percentiles()).toEqual({
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
      mean: null,
    })
  })

  it('agrees with a sorted list to one part in a thousand, from microseconds to hours', () => {
    const histogram = new Histogram()
    let state = 42
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const values = Array.from({ length: 20_000 }, () => 10 ** (random() * 9 - 3))
    for (const value of values) histogram.record(value)
    values.sort((a, b) => a - b)
    for (const fraction of [0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
      const exact = values[Math.ceil(fraction * values.length) - 1]!
      expect(Math.abs(histogram.percentile(fraction)! - exact)).toBeLessThanOrEqual(Math.max(0.001, exact * 0.001))
    }
    expect(histogram.percentiles().max).toBeCloseTo(values.at(-1)!, 2)
    expect(histogram.percentiles().mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 2)
  })
})

describe('fairness', () => {
  it.each([
    ['all the same', [5, 5, 5, 5], { min_ops: 5, max_ops: 5, jain: 1 }],
    ['one has all', [8, 0, 0, 0], { min_ops: 0, max_ops: 8, jain: 0.25 }],
    ['nothing happened', [0, 0], { min_ops: 0, max_ops: 0, jain: 1 }],
  ])('%s', (_what, operations, expected) => expect(fairnessOf(operations)).toEqual(expected))
})
