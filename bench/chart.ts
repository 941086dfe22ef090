import { escapeHtml } from '../src/stress/chart.ts'
import type { Outcome } from './targets.ts'
import { amount } from './core/figures.ts'
import { reachText } from './show.ts'

const width = 700
const rowHeight = 40
const top = 56
const barHeight = 12
const left = 16
const barWidth = width - 2 * left

/** A bar chart of the share to which each target is reached, on a common scale. It shrinks below 700 px width. */
export function chart(outcomes: readonly Outcome[], title: string): string {
  const drawn = outcomes.flatMap((outcome) => reachedShare(outcome) ?? [])
  const scale = Math.max(1.25, ...drawn.map(({ share }) => share))
  const height = top + drawn.length * rowHeight + 8
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeHtml(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .head { font-weight: 600; font-size: 15px } .quiet { fill: #59636e }
  .paper { fill: #ffffff } .met { fill: #1a7f37 } .unmet { fill: #bc4c00 } .line { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .paper { fill: #0d1117 }
    .met { fill: #3fb950 } .unmet { fill: #db6d28 } .line { stroke: #e6edf3 }
  }
</style>
<rect class="paper" width="100%" height="100%"/>
<text class="head" x="${left}" y="24">${escapeHtml(title)}</text>
<text class="quiet" x="${left}" y="42">longer is better; the mark on each bar is the target</text>
${drawn.map((row, index) => bar(row, top + index * rowHeight, scale)).join('\n')}
</svg>
`
}

interface Drawn extends Outcome {
  readonly share: number
}

/** The measured value relative to the target; above 1 is better. Targets of zero appear only in the table. */
function reachedShare(outcome: Outcome): Drawn | undefined {
  const {
    reach: { at, bound },
    measured: { median },
  } = outcome
  const share = at === 'least' ? median / bound : bound / median
  return Number.isFinite(share) && share > 0 ? { ...outcome, share } : undefined
}

function bar({ work, peer, reach, measured, met, share }: Drawn, y: number, scale: number): string {
  const against = peer === '–' ? '' : `against ${peer}`
  const target = (left + barWidth / scale).toFixed(1)
  const reached = escapeHtml(amount(measured.median, reach.unit))
  const limit = `<tspan class="quiet">(${escapeHtml(reachText(reach))})</tspan>`
  const length = ((barWidth * share) / scale).toFixed(1)
  const colour = met ? 'met' : 'unmet'
  return `<text x="${left}" y="${y + 14}">${escapeHtml(work)} <tspan class="quiet">${escapeHtml(against)}</tspan></text>
<text x="${width - left}" y="${y + 14}" text-anchor="end">${reached} ${limit}</text>
<rect class="${colour}" x="${left}" y="${y + 20}" width="${length}" height="${barHeight}" rx="2"/>
<line class="line" x1="${target}" x2="${target}" y1="${y + 17}" y2="${y + 23 + barHeight}"/>`
}
