import { describe, expect, it } from 'vitest'
import { lineChart, niceCeiling } from '../../src/stress/line-chart.ts'

describe('a picture of lines', () => {
  const svg = lineChart({
    title: 'Waits & <more>',
    unit: 'ms',
    places: ['0 s', '1 s', '2 s', '3 s'],
    lines: [
      { name: 'a', values: [0, 10, null, 5] },
      { name: 'b', values: [null, null, null, null] },
    ],
  })

  it('begins a line anew after a gap, and has none where there is nothing', () => {
    const [, , first, second] = [...svg.matchAll(/ d="([^"]*)"/g)].map(([, d]) => d)
    expect(first).toBe('M56.0 194.0L246.7 34.0M628.0 114.0')
    expect(second).toBe('')
  })

  it('escapes what it shows, and names more than one line', () => {
    expect(svg).toContain('aria-label="Waits &amp; &lt;more&gt;"')
    expect(svg.match(/class="key"/g)).toHaveLength(2)
  })

  it('of nothing is an empty one', () => {
    expect(lineChart({ title: '', unit: '', places: [], lines: [{ name: 'a', values: [] }] })).not.toContain('NaN')
    expect(lineChart({ title: '', unit: '', places: ['x'], lines: [{ name: 'a', values: [0] }] })).not.toContain('NaN')
  })

  it.each([
    [0, 1],
    [0.7, 1],
    [1, 1],
    [1.01, 2],
    [2.3, 2.5],
    [26, 50],
    [9_999, 10_000],
    [60_001, 100_000],
  ])('up to %d the scale goes to %d', (value, top) => expect(niceCeiling(value)).toBeCloseTo(top, 9))
})
