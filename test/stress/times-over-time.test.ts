import { describe, expect, it } from 'vitest'
import { Histogram, coarse } from '../../src/stress/histogram.ts'
import { TimesOverTime } from '../../src/stress/times-over-time.ts'

/** One time in each step: its number. */
function recorded(steps: number): TimesOverTime {
  const times = new TimesOverTime()
  for (let step = 0; step < steps; step += 1) times.record(step, step + 1)
  return times
}

const near = (value: number | null | undefined, exact: number): void =>
  expect(Math.abs((value ?? 0) - exact)).toBeLessThanOrEqual(exact / 32)

describe('the percentiles of a run over time', () => {
  it.each([
    [10, 1],
    [240, 1],
    [241, 2],
    [960, 4],
    [100_000, 512],
  ])('of %d steps are in at most 240 intervals: %d steps wide', (steps, width) => {
    const times = recorded(steps)
    expect([times.widthFor(steps), times.data().histograms.length <= 240]).toEqual([width, true])
    const [p50, p100] = times.percentiles(width, 2 * width, [50, 100])
    near(p50, Math.max(width + 1, 1.5 * width))
    near(p100, 2 * width)
  })

  it('have no value where nothing ended', () => {
    const times = new TimesOverTime()
    times.record(7, 3)
    expect([times.percentiles(0, 7, [50]), times.percentiles(7, 8, [50]), times.percentiles(8, 9, [50])]).toEqual([
      [null],
      [3],
      [null],
    ])
  })

  it('are those of all threads, also if one has wider intervals', () => {
    const both = TimesOverTime.of([recorded(300).data(), recorded(100).data()])
    expect(both.widthFor(300)).toBe(2)
    // Twice the values from 1 to 100, and once those up to 300.
    near(both.percentiles(0, 300, [50])[0], 100)
    near(both.percentiles(0, 300, [100])[0], 300)
    expect(TimesOverTime.of([]).percentiles(0, 1, [50])).toEqual([null])
  })

  it('come from coarse histograms, which err by three in a hundred', () => {
    const histogram = new Histogram(coarse)
    for (const value of [0.001, 0.05, 7.77, 123.4, 9_999, 3_600_000]) {
      histogram.record(value)
      near(histogram.percentile(1), value)
    }
  })
})
