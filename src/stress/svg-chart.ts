import {
  type Axis,
  type Chart,
  domainOf,
  escapeHtml,
  highestOf,
  type Line,
  marksUpTo,
  niceCeiling,
  shortNumber,
} from './chart.ts'

/** The size of a picture, in its own units; a text is 12 units high. */
interface Size {
  readonly width: number
  readonly height: number
}

const fileSize: Size = { width: 640, height: 220 }
/** Narrow, so that its text can be read on a phone. */
const pageSize: Size = { width: 420, height: 220 }
const edge = { left: 56, right: 12, top: 34, bottom: 26 }
/** The least distance of two labels on the x-axis. */
const labelSpace = 46
/** Distinguish the lines without colour, too. */
export const dashes = ['', '6 3', '2 3', '10 3 2 3', '10 4', '1 3'] as const

/** A picture for the readers of a page who have no scripts; the page defines its colours. */
export function svgChart(chart: Chart): string {
  const { width, height } = pageSize
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(chart.title)}">
${drawing(chart, pageSize)}
</svg>`
}

/** Charts below each other as an SVG file of its own, which follows the colour scheme of its reader. */
export function svgFile(charts: readonly Chart[]): string {
  const { width } = fileSize
  const headed = fileSize.height + headHeight
  const drawn = charts.map((chart, index) => {
    const names = chart.lines.length < 2 ? '' : keysOf(chart.lines)
    const head = `<text class="title" x="${edge.left}" y="18">${escapeHtml(chart.title)}</text>`
    const body = `<g transform="translate(0 ${headHeight})">\n${drawing(chart, fileSize)}\n</g>`
    return `<g transform="translate(0 ${index * headed})">\n${[head, names, body].join('\n')}\n</g>`
  })
  const size = `viewBox="0 0 ${width} ${charts.length * headed}" width="${width}" height="${charts.length * headed}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>
<style>${chartColours}${chartStyle} .paper { fill: var(--paper) } .title { font-weight: 600; fill: var(--ink) }</style>
<rect class="paper" width="100%" height="100%"/>
${drawn.join('\n')}
</svg>
`
}

const headHeight = 52
const characterWidth = 7

/** The keys of the lines in one row below the title. */
function keysOf(lines: readonly Line[]): string {
  let x = edge.left
  return lines
    .map(({ name }, line) => {
      const key = `<path ${strokeOf(line)} d="M${x} 36h24"/><text x="${x + 30}" y="40">${escapeHtml(name)}</text>`
      x += 46 + name.length * characterWidth
      return key
    })
    .join('\n')
}

/** The colours of a page or an SVG file, in light and dark mode. */
export const chartColours = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --quiet: #59636e; --paper: #fff; --grid: #d1d9e0; --shade: #ddf4ff;
  --a: #0969da; --b: #bc4c00; --c: #1a7f37; --d: #8250df; --e: #bf3989; --f: #7d4e00
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --quiet: #9198a1; --paper: #0d1117; --grid: #30363d; --shade: #122d4f;
    --a: #58a6ff; --b: #f0883e; --c: #3fb950; --d: #bc8cff; --e: #f778ba; --f: #d29922
  }
}`
export const chartStyle = `
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet) }
path { fill: none; stroke-width: 2 } .grid { stroke: var(--grid) }
.line0 { stroke: var(--a) } .line1 { stroke: var(--b) } .line2 { stroke: var(--c) }
.line3 { stroke: var(--d) } .line4 { stroke: var(--e) } .line5 { stroke: var(--f) }
.range { fill: var(--shade) } .mark { stroke: var(--ink); stroke-dasharray: 4 3 } .marked { fill: var(--ink) }
.rounds { stroke: var(--a) } .round { fill: var(--a) }`

interface Scales {
  readonly x: (value: number) => number
  readonly y: (value: number) => number
}

function drawing(chart: Chart, size: Size): string {
  const { unit, x: axis, lines } = chart
  const { width, height } = size
  const wholes = lines.every(({ values }) => values.every((value) => Number.isInteger(value ?? 0)))
  const marks = marksUpTo(highestOf(chart), wholes)
  const top = marks.at(-1) ?? 1
  const [first, last] = domainOf(axis)
  const scales: Scales = {
    x: (value) => edge.left + ((value - first) / (last - first)) * (width - edge.left - edge.right),
    y: (value) => height - edge.bottom - (value / top) * (height - edge.top - edge.bottom),
  }
  const grid = marks.map((value) => {
    const at = scales.y(value).toFixed(1)
    const line = `<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${at}" y2="${at}"/>`
    return line + label(edge.left - 6, scales.y(value) + 4, 'end', shortNumber(value))
  })
  const paths = lines.map(({ values }, index) => `<path ${strokeOf(index)} d="${pathOf(axis, values, scales)}"/>`)
  return [
    ...rangesOf(chart, scales, size),
    ...(unit === '' ? [] : [label(edge.left - 6, 18, 'end', unit)]),
    ...grid,
    ...ticksOf(axis, scales, size),
    ...roundsOf(chart, scales),
    ...paths,
    ...marksOf(chart, scales, size),
  ].join('\n')
}

/** Labels of the x-axis that do not touch each other. */
function ticksOf(axis: Axis, { x }: Scales, { width, height }: Size): string[] {
  let free = -Infinity
  return placesOf(axis).flatMap(({ at, text }) => {
    const place = x(at)
    const length = text.length * characterWidth
    const anchor = place < edge.left + 20 ? 'start' : place > width - edge.right - 20 ? 'end' : 'middle'
    const left = place - { start: 0, middle: length / 2, end: length }[anchor]
    if (left < free) return []
    free = left + Math.max(labelSpace, length + 6)
    return [label(place, height - 8, anchor, text)]
  })
}

function placesOf({ values, unit, labels }: Axis): { readonly at: number; readonly text: string }[] {
  if (labels !== undefined) return labels.map((text, index) => ({ at: values[index] ?? index, text }))
  const last = values.at(-1) ?? 0
  const least = values.every((value) => Number.isInteger(value)) ? 1 : 0
  const step = Math.max(least, niceCeiling(last / 5))
  return Array.from({ length: Math.floor(last / step + 1e-9) + 1 }, (_, index) => ({
    at: index * step,
    text: `${shortNumber(index * step)} ${unit}`.trim(),
  }))
}

function label(x: number, y: number, anchor: 'start' | 'middle' | 'end', text: string): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`
  return `<text class="quiet" ${place}>${escapeHtml(text)}</text>`
}

function strokeOf(index: number): string {
  return `class="line${index % dashes.length}" stroke-dasharray="${dashes[index % dashes.length] ?? ''}"`
}

/** The keys of the lines of a chart, if there are several. */
export function legend(lines: readonly Line[]): string {
  if (lines.length < 2) return ''
  return lines
    .map(({ name }, index) => {
      const key = `<svg class="key" viewBox="0 0 24 8"><path ${strokeOf(index)} d="M0 4H24"/></svg>`
      return `<span class="key">${key} ${escapeHtml(name)}</span>`
    })
    .join(' ')
}

function pathOf({ values: places }: Axis, values: Line['values'], { x, y }: Scales): string {
  let drawing = false
  return values
    .map((value, index) => {
      const step =
        value === null ? '' : `${drawing ? 'L' : 'M'}${x(places[index] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`
      drawing = value !== null
      return step
    })
    .join('')
}

/** The values of single rounds as points on a bar from the lowest to the highest one. */
function roundsOf({ rounds = [] }: Chart, { x, y }: Scales): string[] {
  return rounds.flatMap(({ at, values }) => {
    if (values.length === 0) return []
    const place = x(at).toFixed(1)
    const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => y(value).toFixed(1))
    const points = values.map((value) => `<circle class="round" cx="${place}" cy="${y(value).toFixed(1)}" r="2"/>`)
    return [`<line class="rounds" x1="${place}" x2="${place}" y1="${low}" y2="${high}"/>`, ...points]
  })
}

function rangesOf({ marks = [] }: Chart, { x }: Scales, { height }: Size): string[] {
  return marks.flatMap((mark) => {
    if (mark.from === mark.to) return []
    const [from, to] = [x(mark.from), x(mark.to)]
    const place = `x="${from.toFixed(1)}" width="${(to - from).toFixed(1)}"`
    return [`<rect class="range" ${place} y="${edge.top}" height="${height - edge.top - edge.bottom}"/>`]
  })
}

/** The texts of marks have two rows; one without a free place is omitted. */
function marksOf({ marks = [] }: Chart, { x }: Scales, { width, height }: Size): string[] {
  // The unit of the chart is beside the upper row.
  const free: number[] = [-Infinity, edge.left]
  return marks.flatMap((mark) => {
    const place = x(mark.at)
    const line = `x1="${place.toFixed(1)}" x2="${place.toFixed(1)}" y1="${edge.top - 8}" y2="${height - edge.bottom}"`
    const length = mark.text.length * characterWidth
    // Beside its line if there is room, otherwise within the picture.
    const beside = place < width / 2 ? place + 5 : place - 5 - length
    const left = Math.max(0, Math.min(beside, width - length))
    const row = free.findIndex((end) => end <= left)
    const drawn = `<line class="mark" ${line}/>`
    if (row < 0) return [drawn]
    free[row] = left + length + 5
    const [at, anchor] = place < width / 2 ? [left, 'start'] : [left + length, 'end']
    const text = `<text class="marked" x="${at.toFixed(1)}" y="${edge.top - 4 - row * 14}" text-anchor="${anchor}">`
    return [drawn, `${text}${escapeHtml(mark.text)}</text>`]
  })
}
