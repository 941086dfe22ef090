import type { Output } from '../../src/output/output.ts'
import type { Live } from '../../src/stress/live.ts'

/** Where nobody looks at a terminal, a line so often is enough. */
const secondsBetweenLines = 5

/** On a terminal one line that changes, a few times a second; elsewhere a line every five seconds. */
export function liveView(out: Output, terminal: boolean): { show: (live: Live) => void; clear: () => void } {
  const progress = out.progress()
  let next = secondsBetweenLines
  return {
    show: (live) => {
      if (terminal) progress.show(() => inWords(live))
      else if (live.seconds >= next) {
        next += secondsBetweenLines
        out.note(inWords(live))
      }
    },
    clear: () => progress.clear(),
  }
}

/** It fits 80 columns as long as the numbers are of a usual size. */
function inWords({ seconds, perSecond, waitMs, inUse, idle, waiting, failed }: Live): string {
  const wait = waitMs === null ? 'nobody served' : `wait ${waitMs < 10 ? waitMs.toFixed(1) : Math.round(waitMs)} ms`
  return `${seconds.toFixed(0)} s  ${Math.round(perSecond)}/s  ${wait}  ${inUse} in use, ${idle} idle, ${waiting} waiting  ${failed} failed`
}
