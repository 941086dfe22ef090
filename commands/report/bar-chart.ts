import { escapeHtml, marksUpTo, shortNumber } from '../../src/stress/chart.ts'
import { chartColours, chartStyle } from '../../src/stress/svg-chart.ts'

/** One bar: its name, its length, and its value as a text. */
export interface Bar {
  readonly name: string
  readonly value: number
  readonly text: string
}

const width = 640
const edge = { left: 176, right: 88, top: 52, bottom: 10 }
const rowHeight = 24
const barHeight = 14
/** The characters of a name for which there is space. */
const longestName = 24

/** An SVG file with a bar for each value, which follows the colour scheme of its reader. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const height = edge.top + bars.length * rowHeight + edge.bottom
  const values = bars.map(({ value }) => value)
  const marks = marksUpTo(Math.max(0, ...values), values.every(Number.isInteger))
  const top = marks.at(-1) ?? 1
  const x = (value: number): number => edge.left + (Math.max(0, value) / top) * (width - edge.left - edge.right)
  const grid = marks.map((value) => {
    const at = x(value).toFixed(1)
    const line = `<line class="grid" x1="${at}" x2="${at}" y1="${edge.top - 6}" y2="${height - edge.bottom}"/>`
    return `${line}<text x="${at}" y="${edge.top - 12}" text-anchor="middle">${shortNumber(value)}</text>`
  })
  const drawn = bars.map((bar, index) => drawnBar(bar, edge.top + index * rowHeight, x(bar.value)))
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeHtml(title)}">
<style>${chartColours}${chartStyle}
.paper { fill: var(--paper) } .title { font-weight: 600 } .title, .value { fill: var(--ink) } .bar { fill: var(--a) }
</style>
<rect class="paper" width="100%" height="100%"/>
<text class="title" x="12" y="20">${escapeHtml(title)}</text>
${[...grid, ...drawn].join('\n')}
</svg>
`
}

function drawnBar({ name, text }: Bar, y: number, end: number): string {
  const characters = Array.from(name)
  const isLong = characters.length > longestName
  const label = isLong ? `${characters.slice(0, longestName - 1).join('')}…` : name
  const middle = y + rowHeight / 2 + 4
  const size = `width="${(end - edge.left).toFixed(1)}" height="${barHeight}"`
  return `<text x="${edge.left - 8}" y="${middle}" text-anchor="end">${escapeHtml(label)}${
    isLong ? `<title>${escapeHtml(name)}</title>` : ''
  }</text>
<rect class="bar" x="${edge.left}" y="${y + (rowHeight - barHeight) / 2}" ${size}/>
<text class="value" x="${(end + 6).toFixed(1)}" y="${middle}">${escapeHtml(text)}</text>`
}
