import { describe, expect, it } from 'vitest'
import { fitLaw, peakOf, throughputAt, type Law } from '../../src/stress/usl.ts'

const sizes = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64]
const pointsOf = (law: Law, noise: (index: number) => number = () => 1): { n: number; throughput: number }[] =>
  sizes.map((n, index) => ({ n, throughput: throughputAt(law, n) * noise(index) }))

describe('the Universal Scalability Law', () => {
  it.each<[string, Law]>([
    ['all in parallel', { lambda: 10, sigma: 0, kappa: 0 }],
    ['contention alone (Amdahl)', { lambda: 900, sigma: 0.05, kappa: 0 }],
    ['contention and coherency', { lambda: 995.65, sigma: 0.0267, kappa: 0.000769 }],
    ['coherency alone', { lambda: 40, sigma: 0, kappa: 0.002 }],
    ['nothing in parallel', { lambda: 5_000, sigma: 1, kappa: 0 }],
  ])('is found again in points that follow it: %s', (_what, law) => {
    const fit = fitLaw(pointsOf(law))!
    expect(fit.lambda).toBeCloseTo(law.lambda, 4)
    expect(fit.sigma).toBeCloseTo(law.sigma, 6)
    expect(fit.kappa).toBeCloseTo(law.kappa, 8)
    expect(fit.r2).toBeCloseTo(1, 8)
  })

  it('is found in points that scatter by three per cent', () => {
    const law = { lambda: 1_000, sigma: 0.04, kappa: 0.0005 }
    const fit = fitLaw(pointsOf(law, (index) => 1 + 0.03 * (index % 2 === 0 ? 1 : -1)))!
    expect(Math.abs(peakOf(fit) - peakOf(law)) / peakOf(law)).toBeLessThan(0.25)
    expect(fit.r2).toBeGreaterThan(0.95)
  })

  it('is never of negative contention, also where throughput grows faster than the connections', () => {
    const { sigma, kappa } = fitLaw([1, 2, 4, 8].map((n) => ({ n, throughput: n ** 1.2 })))!
    expect([sigma, kappa]).toEqual([0, 0])
  })

  it('needs three different sizes', () => {
    expect(fitLaw([1, 2, 2].map((n) => ({ n, throughput: 10 * n })))).toBeUndefined()
    expect(fitLaw([])).toBeUndefined()
  })

  it.each([
    [{ lambda: 1, sigma: 0.0267, kappa: 0.000769 }, 35.6],
    [{ lambda: 1, sigma: 0.1, kappa: 0 }, Infinity],
    [{ lambda: 1, sigma: 1, kappa: 0.01 }, 0],
  ])('has its peak where it has to be: %o', (law, peak) => expect(peakOf(law)).toBeCloseTo(peak, 1))
})
