import type { Results, Trial } from './results.ts'

/** Somebody who does the work of a case, once a round. */
export interface Contestant {
  readonly who: string
  /** Then its failure fails the bench; a peer's is only said. */
  readonly ours: boolean
  run(round: number): Promise<Trial>
}

export interface Contest {
  readonly group: string
  /** What all of them do: `spread over 1,000 products, 5 ms`. */
  readonly work: string
  readonly unit: string
  readonly rounds: number
  readonly contestants: readonly Contestant[]
}

/**
 * All contestants in every round, each round in the reverse order of the last one: what drifts (heat, neighbours, a
 * growing
 * cache) then meets all of them alike. One that fails is out, and the others go on.
 */
export async function alternate({ group, work, unit, rounds, contestants }: Contest, results: Results): Promise<void> {
  const trials = new Map(contestants.map(({ who }) => [who, [] as Trial[]]))
  let running = [...contestants]
  results.doing(`${group}: ${work}`)
  for (let round = 0; round < rounds; round += 1) {
    for (const contestant of round % 2 === 0 ? [...running] : running.toReversed()) {
      results.goOn()
      try {
        trials.get(contestant.who)?.push(await contestant.run(round))
      } catch (error) {
        results[contestant.ours ? 'failed' : 'absent'](`${group}: ${work}: ${contestant.who}`, error)
        running = running.filter((one) => one !== contestant)
      }
    }
  }
  for (const { who } of running) results.add({ group, work, who, unit, rounds: trials.get(who) ?? [] })
}
