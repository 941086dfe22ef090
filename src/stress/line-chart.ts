/** One line of a chart; null is a gap. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

export interface LineChart {
  readonly title: string
  /** The unit of the values, such as `ms`. */
  readonly unit: string
  /** Labels of the x-axis from left to right, one for each value. */
  readonly places: readonly string[]
  readonly lines: readonly Line[]
}

const [width, height] = [640, 220]
const edge = { left: 56, right: 12, top: 34, bottom: 26 }
const marks = 4
/** With more places, only the first, the middle and the last one have a label. */
const mostNamed = 12
/** Distinguish the lines without colour, too. */
const dashes = ['', '6 3', '2 3']

/** An SVG line chart; the page defines the colours of `.line0` to `.line2`, `.grid` and `.quiet`. */
export function lineChart(chart: LineChart): string {
  const { title, lines } = chart
  return `<figure><figcaption>${escapeHtml(title)}${legend(lines)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
${drawing(chart)}
</svg></figure>`
}

/** Charts below each other as an SVG file of its own, which follows the colour scheme of its reader. */
export function svgFile(charts: readonly LineChart[]): string {
  const headed = height + headHeight
  const drawn = charts.map((chart, index) => {
    const names =
      chart.lines.length < 2 ? [] : chart.lines.map(({ name }, line) => keyAt(name, line, chart.lines.length))
    const head = `<text class="title" x="${edge.left}" y="18">${escapeHtml(chart.title)}</text>`
    const body = `<g transform="translate(0 ${headHeight})">\n${drawing(chart)}\n</g>`
    return `<g transform="translate(0 ${index * headed})">\n${[head, ...names, body].join('\n')}\n</g>`
  })
  const size = `viewBox="0 0 ${width} ${charts.length * headed}" width="${width}" height="${charts.length * headed}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>
<style>${chartColours}${chartStyle} .paper { fill: var(--paper) } .title { font-weight: 600; fill: var(--ink) }</style>
<rect class="paper" width="100%" height="100%"/>
${drawn.join('\n')}
</svg>
`
}

const headHeight = 28
const keyWidth = 130

/** The key of a line in the head of a chart, from the right. */
function keyAt(name: string, line: number, of: number): string {
  const x = width - edge.right - (of - line) * keyWidth
  return `<path ${strokeOf(line)} d="M${x} 14h24"/><text x="${x + 30}" y="18">${escapeHtml(name)}</text>`
}

/** The colours of a page or an SVG file, in light and dark mode. */
export const chartColours = `
:root {
  color-scheme: light dark;
  --ink: #1f2328; --quiet: #59636e; --paper: #fff; --grid: #d1d9e0; --a: #0969da; --b: #bc4c00; --c: #1a7f37
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --quiet: #9198a1; --paper: #0d1117; --grid: #30363d; --a: #58a6ff; --b: #f0883e; --c: #3fb950
  }
}`
export const chartStyle = `
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet) }
path { fill: none; stroke-width: 2 } .grid { stroke: var(--grid) }
.line0 { stroke: var(--a) } .line1 { stroke: var(--b) } .line2 { stroke: var(--c) }`

function drawing({ unit, places, lines }: LineChart): string {
  const top = niceCeiling(Math.max(0, ...lines.flatMap(({ values }) => values.flatMap((value) => value ?? []))))
  const x = (index: number): number =>
    edge.left + (places.length < 2 ? 0 : (index / (places.length - 1)) * (width - edge.left - edge.right))
  const y = (value: number): number => height - edge.bottom - (value / top) * (height - edge.top - edge.bottom)
  const grid = Array.from({ length: marks + 1 }, (_, mark) => (top * mark) / marks).map((value) => {
    const at = y(value).toFixed(1)
    const line = `<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${at}" y2="${at}"/>`
    return line + label(edge.left - 6, y(value) + 4, 'end', short(value))
  })
  const named =
    places.length <= mostNamed ? Array.from(places.keys()) : [0, Math.floor((places.length - 1) / 2), places.length - 1]
  const axis = named.map((index) => {
    const anchor = index === 0 ? 'start' : index === places.length - 1 ? 'end' : 'middle'
    return label(x(index), height - 8, anchor, places[index] ?? '')
  })
  const paths = lines.map(({ values }, index) => `<path ${strokeOf(index)} d="${pathOf(values, x, y)}"/>`)
  return [label(edge.left - 6, 18, 'end', unit), ...grid, ...axis, ...paths].join('\n')
}

function label(x: number, y: number, anchor: 'start' | 'middle' | 'end', text: string): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`
  return `<text class="quiet" ${place}>${escapeHtml(text)}</text>`
}

function strokeOf(index: number): string {
  return `class="line${index % dashes.length}" stroke-dasharray="${dashes[index % dashes.length] ?? ''}"`
}

function legend(lines: readonly Line[]): string {
  if (lines.length < 2) return ''
  const entries = lines.map(({ name }, index) => {
    const key = `<svg class="key" viewBox="0 0 24 8"><path ${strokeOf(index)} d="M0 4H24"/></svg>`
    return `<span>${key} ${escapeHtml(name)}</span>`
  })
  return ` ${entries.join(' ')}`
}

function pathOf(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false
  return values
    .map((value, index) => {
      const step = value === null ? '' : `${drawing ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
      drawing = value !== null
      return step
    })
    .join('')
}

/** The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is at least `value`. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

const short = (value: number): string =>
  value >= 10_000 ? `${Number((value / 1_000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
