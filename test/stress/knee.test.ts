import { describe, expect, it } from 'vitest'
import { estimateKnee } from '../../src/stress/knee.ts'
import { normal, seededRandom, type Random } from '../../src/stress/random.ts'
import type { Goal, Size } from '../../src/stress/rounds.ts'

const most: Goal = { kind: 'throughput' }
const poolSizes = [1, 2, 3, 4, 6, 8, 12, 16]

/** Throughput by pool size, without noise. */
type Shape = (poolSize: number) => number
/** What multiplies the throughput of one trial. */
type Disturbance = (trial: { round: number; position: number; random: Random }) => number

const shapes = {
  waits: (n) => 20 * n,
  cores: (n) => 100 * Math.min(n, 2),
  'cores, then slower': (n) => 100 * Math.min(n, 4) * (n > 4 ? 1 - 0.012 * (n - 4) : 1),
  serial: () => 300,
  falls: (n) => 300 / (1 + 0.1 * (n - 1)),
  'eight workers': (n) => 20 * Math.min(n, 8),
} satisfies Record<string, Shape>

const noise =
  (share: number): Disturbance =>
  ({ random }) =>
    Math.exp(share * normal(random))

const seriesOf = (shape: Shape, disturb: Disturbance, rounds: number, seed: number): Size[] => {
  const random = seededRandom(seed)
  return poolSizes.map((poolSize, position) => ({
    poolSize,
    rounds: Array.from({ length: rounds }, (_, round) => ({
      throughput: shape(poolSize) * disturb({ round, position, random }),
      p99Ms: 10 * poolSize,
      clientBound: false,
      clientCpu: 0.1,
      server: null,
    })),
  }))
}

interface Answers {
  /** The shares of 60 seeds. */
  readonly right: number
  readonly covered: number
  readonly narrow: number
}

/** Repeats the estimate with 60 seeds. */
function answers(shape: Shape, disturb: Disturbance, rounds: number, truth: number): Answers {
  const position = poolSizes.indexOf(truth)
  const knees = Array.from({ length: 60 }, (_, seed) =>
    estimateKnee(seriesOf(shape, disturb, rounds, 7_919 * (seed + 1)), most),
  )
  const share = (of: (knee: (typeof knees)[number]) => boolean): number => knees.filter(of).length / knees.length
  return {
    right: share(({ at }) => at === position),
    covered: share(({ from, to }) => from! <= position && position <= to!),
    narrow: share(({ from, to }) => to! - from! <= 1),
  }
}

const outlierRound: Disturbance = (trial) => (trial.round === 1 ? 0.4 : 1) * noise(0.01)(trial)
const outlierTrial: Disturbance = (trial) => (trial.round === 1 && trial.position === 1 ? 0.3 : 1) * noise(0.01)(trial)
const drift: Disturbance = (trial) => (1 + 0.1 * trial.round) * noise(0.01)(trial)
const halfARound: Disturbance = (trial) => (trial.round === 1 && trial.position > 4 ? 0.5 : 1) * noise(0.01)(trial)

describe('the knee of a series', () => {
  it.each<[keyof typeof shapes, string, Disturbance, [rounds: number, truth: number]]>([
    ['waits', 'no noise', noise(0), [3, 16]],
    ['waits', '5 % noise', noise(0.05), [3, 16]],
    ['waits', 'an outlier round', outlierRound, [3, 16]],
    ['cores', 'no noise', noise(0), [3, 2]],
    ['cores', '1 % noise', noise(0.01), [3, 2]],
    ['cores', '3 % noise', noise(0.03), [5, 2]],
    ['cores', 'an outlier round', outlierRound, [3, 2]],
    ['cores', 'an outlier at the knee', outlierTrial, [3, 2]],
    ['cores', 'half an outlier round', halfARound, [4, 2]],
    ['cores', 'drift', drift, [5, 2]],
    ['cores, then slower', '1 % noise', noise(0.01), [3, 4]],
    ['serial', '3 % noise', noise(0.03), [5, 1]],
    ['serial', 'drift', drift, [4, 1]],
    ['falls', '3 % noise', noise(0.03), [3, 1]],
    ['eight workers', '2 % noise', noise(0.02), [3, 8]],
  ])('%s, with %s: is found, with a narrow range around it', (name, _what, disturb, [rounds, truth]) => {
    const { right, covered, narrow } = answers(shapes[name], disturb, rounds, truth)
    expect([right >= 0.95, covered >= 0.95, narrow >= 0.7, right, covered, narrow]).toEqual([
      true,
      true,
      true,
      right,
      covered,
      narrow,
    ])
  })

  it.each<[keyof typeof shapes, share: number, rounds: number, truth: number]>([
    ['cores', 0.1, 3, 2],
    ['cores', 0.25, 5, 2],
    ['serial', 0.2, 4, 1],
    ['cores, then slower', 0.1, 4, 4],
    ['waits', 0.25, 3, 16],
  ])('%s, with noise of %d: the range is wide, and includes the truth', (name, share, rounds, truth) => {
    const { covered } = answers(shapes[name], noise(share), rounds, truth)
    expect([covered >= 0.9, covered]).toEqual([true, covered])
  })

  it('has a range that becomes narrower with more rounds', () => {
    const [few, many] = [answers(shapes.cores, noise(0.06), 3, 2), answers(shapes.cores, noise(0.06), 24, 2)]
    expect(many.narrow).toBeGreaterThan(few.narrow)
    expect(many.narrow).toBeGreaterThan(0.7)
  })

  it('is the same for the same series', () => {
    const series = seriesOf(shapes.cores, noise(0.1), 3, 5)
    expect(estimateKnee(series, most)).toEqual(estimateKnee(series, most))
  })

  it.each<[string, belowMs: number, at: number | undefined]>([
    ['sizes up to four meet it', 45, 3],
    ['no size meets it', 5, undefined],
    ['all sizes meet it', 1_000, 7],
  ])('with a limit for the 99th percentile: %s', (_what, belowMs, at) => {
    const series = seriesOf(shapes.waits, noise(0.01), 3, 5)
    expect(estimateKnee(series, { kind: 'p99', belowMs })).toEqual({ at, from: at, to: at })
  })

  it('exists also for one round, or one size', () => {
    expect(estimateKnee(seriesOf(shapes.cores, noise(0), 1, 5), most).at).toBe(1)
    expect(estimateKnee(seriesOf(shapes.cores, noise(0), 3, 5).slice(0, 1), most)).toEqual({ at: 0, from: 0, to: 0 })
  })
})
