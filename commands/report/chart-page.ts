import { counted } from '../../src/in-words.ts'
import { escapeHtml, type Chart } from '../../src/stress/chart.ts'
import { tableOf } from '../../src/stress/page.ts'
import { chartColours, chartStyle, svgChart } from '../../src/stress/svg-chart.ts'
import type { Bar } from './bar-chart.ts'

export interface ChartPage {
  readonly title: string
  /** The name of the charted column, with its unit. */
  readonly caption: string
  readonly drawing: readonly Bar[] | Chart
  readonly date: string
  readonly commandLine: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const style = `${chartColours}${chartStyle}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 44rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.4rem } .quiet { color: var(--quiet) } code { overflow-wrap: anywhere }
figure { margin: 1.5rem 0 } figcaption, caption { font-weight: 600; text-align: left; margin-bottom: .4rem }
figure > svg { width: 100%; max-width: 560px; height: auto; display: block }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .3rem .8rem; margin: 0 }
dt { overflow-wrap: anywhere; color: var(--quiet) } dd { margin: 0; display: flex; align-items: center; gap: .5rem }
.bar { flex: none; height: 1rem; background: var(--a); print-color-adjust: exact; -webkit-print-color-adjust: exact }
.table { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-top: 1px solid var(--grid) }
th { color: var(--quiet); font-weight: 400 } td { font-variant-numeric: tabular-nums }
.right { text-align: right } summary { cursor: pointer }
@media (max-width: 30rem) { .table { font-size: .85rem } }
`

const mostRowsInSight = 60

/** A page for phones and large screens, in light and dark, that loads nothing: a chart, its figures, its command. */
export function chartPage({ title, caption, drawing, date, commandLine, columns, rows }: ChartPage): string {
  const table = tableOf('Figures', rows, columns)
  const folded = `<details><summary>${counted(rows.length, 'row')}</summary>\n${table}\n</details>`
  const figures = rows.length > mostRowsInSight ? folded : table
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style></head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(date)}<br><code>${escapeHtml(commandLine)}</code></p>
<figure><figcaption>${escapeHtml(caption)}</figcaption>
${'lines' in drawing ? svgChart(drawing) : barList(drawing)}
</figure>
${figures}
</main></body></html>
`
}

/** The space beside the longest bar, for its value. */
const valueSpace = '6.5rem'

/** Bars that are as wide as the screen allows, with texts that stay as large as all others. */
function barList(bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 0)
  const drawn = bars.map(({ name, value, text }) => {
    const share = most === 0 ? 0 : Math.max(0, value) / most
    const width = `calc((100% - ${valueSpace}) * ${share.toFixed(4)})`
    return `<dt>${escapeHtml(name)}</dt><dd><span class="bar" style="width: ${width}"></span>${escapeHtml(text)}</dd>`
  })
  return `<dl>\n${drawn.join('\n')}\n</dl>`
}
