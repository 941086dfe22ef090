import { ownCpuMs } from '../../src/stress/cpu-time.ts'

/** The processor time of this process in microseconds; unlike a clock, it does not count what else the machine does. */
const usedMicros = (): number => ownCpuMs() * 1_000

/** Nothing over a long text takes less than this and searches the rest of it for each of its characters. */
const shortMicros = 10_000
const leastMicros = 4_000
const mostRuns = 500
const mostRounds = 6
const doublings = 3

/** Twice the length takes twice the time, a quadratic search four times; the middle of the two, as factors go. */
export const mostGrowth = 2.8

/** No noise makes so much of a linear search twice in a row. */
const certainGrowth = 3.5

/**
 * The factor by which the processor time of `work` grows when its input has twice the length: about 2 if it is linear,
 * and 4 if it is quadratic. It is the mean over three doublings up to `length`, the smallest of some measurements:
 * noise adds. `inputOf` makes an input of a length. Returns 1 if the work of that length takes less than 10 ms.
 */
export function growth(inputOf: (length: number) => string, work: (text: string) => unknown, length: number): number {
  const [short, long] = [inputOf(length / 2 ** doublings), inputOf(length)]
  for (const text of [short, long]) work(text)
  if (microsOf(() => work(long), 1) < shortMicros) return 1
  const runs = runsFor(() => work(short))
  let least = Infinity
  for (let round = 1; least > mostGrowth && round <= mostRounds; round += 1) {
    const before = microsOf(() => work(short), runs)
    const factor = microsOf(() => work(long), runs) / Math.max(before, 1)
    least = Math.min(least, factor ** (1 / doublings))
    if (round > 1 && least > certainGrowth) break
  }
  return least
}

/** The number of runs that takes long enough to be measured. */
function runsFor(work: () => unknown): number {
  for (let runs = 1; runs < mostRuns; runs *= 2) if (microsOf(work, runs) >= leastMicros) return runs
  return mostRuns
}

export function microsOf(work: () => unknown, runs: number): number {
  const before = usedMicros()
  for (let run = 0; run < runs; run += 1) work()
  return usedMicros() - before
}
