import { describe, expect, it } from 'vitest'
import { adviseOn, type Goal, type Size } from '../../src/stress/advice.ts'

const most: Goal = { kind: 'throughput' }
/** Three rounds a size that differ by one per cent. */
const sizesOf = (throughputs: Readonly<Record<number, number>>, more: { p99Ms?: (size: number) => number; clientBound?: boolean; spread?: number } = {}): Size[] =>
  Object.entries(throughputs).map(([size, throughput]) => ({
    poolSize: Number(size),
    rounds: [-1, 0, 1].map((sign) => ({ throughput: throughput * (1 + (sign * (more.spread ?? 0.01)) / 2), p99Ms: more.p99Ms?.(Number(size)) ?? 10, clientBound: more.clientBound ?? false })),
  }))

describe('the advice', () => {
  it.each<[string, Size[], Goal, [verdict: string, poolSize: number | null]]>([
    ['grows to the end of the range: no knee', sizesOf({ 1: 10, 2: 20, 4: 40, 8: 80, 16: 160 }), most, ['no-knee', null]],
    ['stays where the cores are', sizesOf({ 1: 500, 2: 960, 4: 970, 8: 975, 16: 960 }), most, ['knee', 2]],
    ['the smallest within five per cent of the best', sizesOf({ 1: 500, 2: 900, 4: 951, 8: 1_000, 16: 990 }), most, ['knee', 4]],
    ['falls from the beginning', sizesOf({ 1: 500, 2: 480, 4: 400, 8: 300 }), most, ['knee', 1]],
    ['a percentile is kept only by small pools', sizesOf({ 1: 500, 2: 900, 4: 1_000, 8: 1_200 }, { p99Ms: (size) => size * 10 }), { kind: 'p99', belowMs: 50 }, ['knee', 4]],
    ['a percentile is kept by none', sizesOf({ 1: 500, 2: 900, 4: 1_000 }, { p99Ms: () => 100 }), { kind: 'p99', belowMs: 50 }, ['no-knee', null]],
    ['the client was the limit', sizesOf({ 1: 500, 2: 900, 4: 910, 8: 905 }, { clientBound: true }), most, ['client-bound', null]],
    ['the rounds contradict each other', sizesOf({ 1: 500, 2: 900, 4: 910, 8: 905 }, { spread: 0.6 }), most, ['noisy', null]],
  ])('%s', (_what, sizes, goal, [verdict, size]) => {
    const { verdict: said, recommended } = adviseOn(sizes, goal)
    expect([said, recommended]).toEqual([verdict, size === null ? null : { pool_size: size, max_overflow: 0 }])
  })

  it('tells what half and twice as many would cost, where that was measured', () => {
    const { sensitivity } = adviseOn(sizesOf({ 1: 500, 2: 800, 4: 1_000, 8: 990 }), most)
    expect([sensitivity.half?.toFixed(2), sensitivity.double?.toFixed(2)]).toEqual(['0.20', '0.01'])
    expect(adviseOn(sizesOf({ 1: 500, 2: 490, 16: 480 }), most).sensitivity).toEqual({ half: null, double: expect.closeTo(0.02, 2) as number })
  })

  it('is the same for the same measurement, with ranges around what was fitted', () => {
    const sizes = sizesOf({ 1: 500, 2: 900, 4: 1_400, 8: 1_700, 16: 1_600 }, { spread: 0.04 })
    const { usl } = adviseOn(sizes, most)
    expect(adviseOn(sizes, most).usl).toEqual(usl)
    expect(usl!.sigma_range[0]).toBeLessThanOrEqual(usl!.sigma)
    expect(usl!.sigma_range[1]).toBeGreaterThanOrEqual(usl!.sigma)
    expect(usl!.kappa_range[0]).toBeGreaterThan(0)
    expect(usl!.kappa_range[1]).toBeGreaterThan(usl!.kappa_range[0])
    expect(usl!.r2).toBeGreaterThan(0.95)
  })
})
