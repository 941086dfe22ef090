import { describe, expect, it } from 'vitest'
import { type Chart, highestOf, marksUpTo, niceCeiling } from '../../src/stress/chart.ts'
import { legend, svgChart, svgFile } from '../../src/stress/svg-chart.ts'

const chart: Chart = {
  title: 'Waits & <more>',
  unit: 'ms',
  x: { name: 'time', unit: 's', values: [0, 1, 2, 3] },
  lines: [
    { name: 'a', values: [0, 10, null, 5] },
    { name: 'b', values: [null, null, null, null] },
  ],
}
const sizes: Chart = {
  title: 'Throughput',
  unit: '/ s',
  x: { name: 'connections', unit: '', values: [1, 2, 8] },
  lines: [{ name: 'median', values: [10, 20, 20] }],
  rounds: [
    { at: 1, values: [10] },
    { at: 2, values: [18, 25, 20] },
    { at: 8, values: [] },
  ],
  marks: [{ at: 2, from: 1, to: 8, text: 'recommended: 2' }],
}

const placesOf = (svg: string, pattern: RegExp): number[] =>
  [...svg.matchAll(pattern)].map(([, place]) => Math.round(Number(place)))

describe('a picture of a chart', () => {
  it('begins a line anew after a gap, and has none where there is nothing', () => {
    const [first, second] = [...svgChart(chart).matchAll(/ d="([^"]*)"/g)].map(([, d]) => d)
    expect(first).toBe('M56.0 194.0L173.3 34.0M408.0 114.0')
    expect(second).toBe('')
  })

  it('escapes its words, and names more than one line', () => {
    expect(svgChart(chart)).toContain('aria-label="Waits &amp; &lt;more&gt;"')
    expect(legend(chart.lines).match(/<span/g)).toHaveLength(2)
    expect(legend(sizes.lines)).toBe('')
    expect(svgFile([chart])).toContain('Waits &amp; &lt;more&gt;</text>')
  })

  it('has a linear axis from zero: size 8 is four times as far as size 2', () => {
    const [one = 0, two = 0, eight = 0] = placesOf(svgChart(sizes), /class="line0"[^>]* d="M([\d.]+) [^L]*/g).concat(
      placesOf(svgChart(sizes), /L([\d.]+) /g),
    )
    expect([(eight - 56) / (two - 56), (two - 56) / (one - 56)]).toEqual([4, 2])
  })

  it('shows the points and the spread of the rounds, and the answer with its range', () => {
    const svg = svgChart(sizes)
    expect(svg.match(/class="round"/g)).toHaveLength(4)
    expect(svg.match(/class="rounds"/g)).toHaveLength(2)
    expect(placesOf(svg, /class="range" x="([\d.]+)"/g)).toEqual(placesOf(svg, / d="M([\d.]+) /g))
    expect(svg).toContain('>recommended: 2</text>')
    expect(highestOf(sizes)).toBe(25)
  })

  it('leaves out the labels that would touch each other', () => {
    const labels = Array.from({ length: 40 }, (_, at) => `p${at}`)
    const many = { ...chart, x: { name: 'percentile', unit: '', values: [...labels.keys()], labels }, lines: [] }
    const places = placesOf(svgChart(many), /x="([\d.]+)" y="212.0"/g)
    expect(places.length).toBeGreaterThan(3)
    for (const [index, place] of places.slice(1).entries()) expect(place - places[index]!).toBeGreaterThanOrEqual(45)
  })

  it('of nothing is an empty one', () => {
    const empty = { title: '', unit: '', lines: [{ name: 'a', values: [] }] }
    for (const values of [[], [0]]) {
      const drawn = svgChart({ ...empty, x: { name: 'time', unit: 's', values } })
      expect(drawn).not.toMatch(/NaN|Infinity|undefined/)
    }
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

  it.each([
    [21, true, [0, 10, 20, 30]],
    [2, true, [0, 1, 2]],
    [9, true, [0, 5, 10]],
    [0, true, [0, 1]],
    [0, false, [0, 0.25]],
    [299.1, false, [0, 100, 200, 300]],
    [0.7, false, [0, 0.2, 0.4, 0.6, 0.8]],
  ])('to %d (whole numbers: %s) the marks are %j', (highest, areWhole, marks) =>
    expect(marksUpTo(highest, areWhole).map((mark) => Number(mark.toPrecision(6)))).toEqual(marks),
  )
})
