import type { Results, Trial } from './results.ts'

/** A program or a setting that does the work of a contest, once per round. */
export interface Contestant {
  readonly who: string
  /** The failure of a contestant under test fails the bench; the failure of a peer is only reported. */
  readonly underTest: boolean
  run(round: number): Promise<Trial>
}

export interface Contest {
  readonly group: string
  /** The work of all contestants, such as `spread over 1,000 products, 5 ms`. */
  readonly work: string
  readonly unit: string
  readonly rounds: number
  readonly contestants: readonly Contestant[]
}

/**
 * Runs all contestants in each round, in reverse order in every other round. Drift (heat, neighbours, a growing cache)
 * then affects all of them alike. A contestant that fails leaves the contest; the others continue.
 */
export async function alternate({ group, work, unit, rounds, contestants }: Contest, results: Results): Promise<void> {
  const trials = new Map(contestants.map(({ who }) => [who, [] as Trial[]]))
  let running = [...contestants]
  results.doing(`${group}: ${work}`)
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of round % 2 === 0 ? [...running] : running.toReversed()) {
      results.throwIfInterrupted()
      try {
        trials.get(contestant.who)?.push(await contestant.run(round))
      } catch (error) {
        results[contestant.underTest ? 'failed' : 'absent'](`${group}: ${work}: ${contestant.who}`, error)
        running = running.filter((other) => other !== contestant)
      }
    }
  }
  for (const { who } of running) results.add({ group, work, who, unit, rounds: trials.get(who) ?? [] })
}
