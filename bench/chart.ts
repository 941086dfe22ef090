import { escaped } from '../src/stress/line-chart.ts'
import type { Outcome } from './targets.ts'
import { amount } from './core/figures.ts'
import { reachText } from './show.ts'

const width = 700
const rowHeight = 40
const top = 56
const barHeight = 12
const left = 16
const barWidth = width - 2 * left

/**
 * A bar for every target: how far it is reached, all of them held against one line. Narrower than 700 px it scales as a
 * whole.
 */
export function chart(outcomes: readonly Outcome[], title: string): string {
  const drawn = outcomes.flatMap((outcome) => reachedShare(outcome) ?? [])
  const scale = Math.max(1.25, ...drawn.map(({ share }) => share))
  const height = top + drawn.length * rowHeight + 8
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 } .head { font-weight: 600; font-size: 15px } .quiet { fill: #59636e }
  .paper { fill: #ffffff } .met { fill: #1a7f37 } .unmet { fill: #bc4c00 } .line { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .paper { fill: #0d1117 } .met { fill: #3fb950 } .unmet { fill: #db6d28 } .line { stroke: #e6edf3 }
  }
</style>
<rect class="paper" width="100%" height="100%"/>
<text class="head" x="${left}" y="24">${escaped(title)}</text>
<text class="quiet" x="${left}" y="42">longer is better; the mark on each bar is the target</text>
${drawn.map((row, index) => bar(row, top + index * rowHeight, scale)).join('\n')}
</svg>
`
}

interface Drawn extends Outcome {
  readonly share: number
}

/** 1 is the target, more is better. What must not happen at all has no length, and is in the table. */
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
  return `<text x="${left}" y="${y + 14}">${escaped(work)} <tspan class="quiet">${escaped(against)}</tspan></text>
<text x="${width - left}" y="${y + 14}" text-anchor="end">${escaped(amount(measured.median, reach.unit))} <tspan class="quiet">(${escaped(reachText(reach))})</tspan></text>
<rect class="${met ? 'met' : 'unmet'}" x="${left}" y="${y + 20}" width="${((barWidth * share) / scale).toFixed(1)}" height="${barHeight}" rx="2"/>
<line class="line" x1="${target}" x2="${target}" y1="${y + 17}" y2="${y + 23 + barHeight}"/>`
}
