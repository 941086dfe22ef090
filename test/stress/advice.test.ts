import { describe, expect, it } from 'vitest'
import { adviseOn, type Doubt, isClear, type Measured } from '../../src/stress/advice.ts'
import { normal, seededRandom } from '../../src/stress/random.ts'
import type { Goal, Size } from '../../src/stress/rounds.ts'

const most: Goal = { kind: 'throughput' }
/** Three rounds per size that differ by one per cent, the same for all sizes. */
const sizesOf = (
  throughputs: Readonly<Record<number, number>>,
  more: { p99Ms?: (size: number) => number; clientBound?: boolean; spread?: number } = {},
): Size[] =>
  Object.entries(throughputs).map(([size, throughput]) => ({
    poolSize: Number(size),
    rounds: [-1, 0, 1].map((sign) => ({
      throughput: throughput * (1 + (sign * (more.spread ?? 0.01)) / 2),
      p99Ms: more.p99Ms?.(Number(size)) ?? 10,
      clientBound: more.clientBound ?? false,
      clientCpu: 0.2,
      server: null,
    })),
  }))
/** Noise that no round has in common. */
const noisy = (sizes: readonly Size[], share: number): Size[] => {
  const random = seededRandom(7)
  return sizes.map(({ poolSize, rounds }) => ({
    poolSize,
    rounds: rounds.map((round) => ({ ...round, throughput: round.throughput * Math.exp(share * normal(random)) })),
  }))
}

const measured = (sizes: readonly Size[], more: Partial<Measured> = {}): Measured => ({
  sizes,
  workers: 64,
  otherLoad: 0.01,
  incomplete: false,
  interrupted: false,
  ...more,
})

describe('the advice', () => {
  it.each<[string, Size[], Goal, [verdict: string, poolSize: number | null, limit: string | null]]>([
    [
      'grows to the end of the range: no knee',
      sizesOf({ 1: 10, 2: 20, 4: 40, 8: 80, 16: 160 }),
      most,
      ['no-knee', null, 'pool'],
    ],
    ['stays where the cores are', sizesOf({ 1: 500, 2: 960, 4: 970, 8: 975, 16: 960 }), most, ['knee', 2, 'server']],
    [
      'the smallest within five per cent of the best',
      sizesOf({ 1: 500, 2: 900, 4: 951, 8: 1_000, 16: 990 }),
      most,
      ['knee', 4, 'server'],
    ],
    ['falls from the beginning', sizesOf({ 1: 500, 2: 480, 4: 400, 8: 300 }), most, ['knee', 1, 'server']],
    [
      'only small pools meet a limit for a percentile',
      sizesOf({ 1: 500, 2: 900, 4: 1_000, 8: 1_200 }, { p99Ms: (size) => size * 10 }),
      { kind: 'p99', belowMs: 50 },
      ['knee', 4, 'server'],
    ],
    [
      'no pool meets the limit',
      sizesOf({ 1: 500, 2: 900, 4: 1_000 }, { p99Ms: () => 100 }),
      { kind: 'p99', belowMs: 50 },
      ['no-knee', null, null],
    ],
    [
      'the client was the limit',
      sizesOf({ 1: 500, 2: 900, 4: 910, 8: 905 }, { clientBound: true }),
      most,
      ['client-bound', 2, 'client'],
    ],
    [
      'the rounds differ by more than half',
      sizesOf({ 1: 500, 2: 900, 4: 910, 8: 905 }, { spread: 0.6 }),
      most,
      ['knee', 2, 'server'],
    ],
  ])('%s', (_what, sizes, goal, [verdict, size, limited]) => {
    const { verdict: actual, recommended, limit } = adviseOn(measured(sizes), goal)
    expect([actual, recommended, limit]).toEqual([
      verdict,
      size === null ? null : { pool_size: size, max_overflow: 0 },
      limited,
    ])
  })

  const waits = { 1: 20, 2: 40, 4: 80, 8: 160, 16: 160 }
  it.each<[string, throughputs: Readonly<Record<number, number>>, workers: number, [verdict: string, limit: string]]>([
    ['at one connection for each worker, the load is', waits, 8, ['knee', 'load']],
    ['below that, the server is', waits, 12, ['knee', 'server']],
    [
      'if the largest pool is larger than all workers, the load is',
      { 1: 20, 2: 40, 4: 80, 8: 140 },
      7,
      ['no-knee', 'load'],
    ],
    ['at the end of the range, the pool is', { 1: 20, 2: 40, 4: 80, 8: 160 }, 8, ['no-knee', 'pool']],
  ])('names the limit: %s', (_what, throughputs, workers, [verdict, limit]) => {
    const advice = adviseOn(measured(sizesOf(throughputs), { workers }), most)
    expect([advice.verdict, advice.limit]).toEqual([verdict, limit])
  })

  const clear = sizesOf({ 1: 500, 2: 960, 4: 970, 8: 975, 16: 960 })
  it.each<[string, Measured, Doubt[]]>([
    ['nothing', measured(clear), []],
    ['other programs', measured(clear, { otherLoad: 0.6 }), ['other-load']],
    ['missing rounds', measured(clear, { incomplete: true }), ['too-little-time']],
    ['an interrupt', measured(clear, { interrupted: true }), ['interrupted']],
    ['a busy client', measured(sizesOf({ 1: 500, 2: 900, 4: 910 }, { clientBound: true })), ['client-bound']],
    [
      'noise and other programs',
      measured(noisy(sizesOf({ 1: 700, 2: 900, 4: 960, 8: 1_000, 16: 990 }), 0.3), { otherLoad: 1 }),
      ['other-load', 'wide-range'],
    ],
  ])('has less confidence because of %s', (_what, input, doubts) => {
    const advice = adviseOn(input, most)
    expect([advice.doubts, advice.confidence]).toEqual([doubts, doubts.length === 0 ? 'high' : 'low'])
    expect(advice.recommended).not.toBeNull()
  })

  it('has a range that includes the recommendation, and is open beyond the largest size', () => {
    const growing = noisy(sizesOf({ 1: 100, 2: 180, 4: 320, 8: 345, 16: 350 }), 0.2)
    const { recommended, range } = adviseOn(measured(growing), most)
    expect(recommended?.pool_size ?? 16).toBeGreaterThanOrEqual(range.from!)
    expect(range.to).toBeNull()
    expect(isClear(clear, most)).toBe(true)
    expect(adviseOn(measured(clear), most).range).toEqual({ from: 2, to: 2 })
  })

  it('has the cost of half and twice as many connections, if they were measured', () => {
    const { sensitivity } = adviseOn(measured(sizesOf({ 1: 500, 2: 800, 4: 1_000, 8: 990 })), most)
    expect([sensitivity.half?.toFixed(2), sensitivity.double?.toFixed(2)]).toEqual(['0.20', '0.01'])
    expect(adviseOn(measured(sizesOf({ 1: 500, 2: 490, 16: 480 })), most).sensitivity).toEqual({
      half: null,
      double: expect.closeTo(0.02, 2) as number,
    })
  })

  it('is the same for the same measurement, with ranges around what was fitted', () => {
    const sizes = sizesOf({ 1: 500, 2: 900, 4: 1_400, 8: 1_700, 16: 1_600 }, { spread: 0.04 })
    const { usl } = adviseOn(measured(sizes), most)
    expect(adviseOn(measured(sizes), most).usl).toEqual(usl)
    expect(usl!.sigma_range[0]).toBeLessThanOrEqual(usl!.sigma)
    expect(usl!.sigma_range[1]).toBeGreaterThanOrEqual(usl!.sigma)
    expect(usl!.kappa_range[0]).toBeGreaterThan(0)
    expect(usl!.kappa_range[1]).toBeGreaterThan(usl!.kappa_range[0])
    expect(usl!.r2).toBeGreaterThan(0.95)
    expect(usl!.peak).toBeGreaterThan(7)
    expect(usl!.peak).toBeLessThan(16)
  })

  it('says nothing of sizes that were not measured', () => {
    const growing = sizesOf({ 1: 500, 2: 990, 4: 1_950, 8: 3_700 })
    const { usl } = adviseOn(measured(growing), most)
    expect([usl!.lambda > 0, usl!.peak]).toEqual([true, null])
  })
})
