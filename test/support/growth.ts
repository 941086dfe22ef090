/** The processor time of this process in microseconds; unlike a clock, it does not count what else the machine does. */
const usedMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

const leastMicros = 4_000
const mostRuns = 500
const mostRounds = 12

/** Twice the length takes twice the time; a quadratic search takes four times as long. */
export const mostGrowth = 2.5

/**
 * The factor by which the processor time of `work` grows when its input has twice the length: about 2 if it is linear,
 * and 4 if it is quadratic. Noise makes some measurements larger or smaller, so the first one that is not too large
 * counts. `inputOf` makes an input of a length. Returns 1 if even many runs take no measurable time.
 */
export function growth(inputOf: (length: number) => string, work: (text: string) => unknown, length: number): number {
  const [half, whole] = [inputOf(length / 2), inputOf(length)]
  for (const text of [half, whole]) work(text)
  const [runs, enough] = runsFor(() => work(half))
  let least = enough ? Infinity : 1
  for (let round = 0; least > mostGrowth && round < mostRounds; round += 1) {
    const before = microsOf(() => work(half), runs)
    least = Math.min(least, microsOf(() => work(whole), runs) / Math.max(before, 1))
  }
  return least
}

/** How many runs take long enough to be measured. */
function runsFor(work: () => unknown): readonly [runs: number, enough: boolean] {
  for (let runs = 1; runs < mostRuns; runs *= 2) if (microsOf(work, runs) >= leastMicros) return [runs, true]
  return [mostRuns, microsOf(work, mostRuns) >= leastMicros]
}

export function microsOf(work: () => unknown, runs: number): number {
  const before = usedMicros()
  for (let run = 0; run < runs; run += 1) work()
  return usedMicros() - before
}
