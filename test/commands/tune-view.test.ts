import { describe, expect, it } from 'vitest'
import { sentencesFor } from '../../commands/pool/tune-view.ts'
import { adviseOn } from '../../src/stress/advice.ts'
import type { Goal, Size } from '../../src/stress/rounds.ts'

const most: Goal = { kind: 'throughput' }

/** Throughputs of each size, a round each; the p99 is ten milliseconds for each connection. */
const sizesOf = (rounds: Readonly<Record<number, readonly number[]>>): Size[] =>
  Object.entries(rounds).map(([size, throughputs]) => ({
    poolSize: Number(size),
    rounds: throughputs.map((throughput) => ({
      throughput,
      p99Ms: Number(size) * 10,
      clientBound: false,
      clientCpu: 0.2,
      server: null,
    })),
  }))

describe('the first sentence of pool tune', () => {
  it.each<[string, Size[], Goal, string]>([
    [
      'is sure where the rounds agree',
      sizesOf({ 1: [500, 505, 495], 2: [960, 970, 955], 4: [980, 975, 985], 8: [970, 975, 972] }),
      most,
      'a pool of 2 connections reaches at least 95 % of the best throughput; half as many would cost 48 %, ' +
        'twice as many would cost nothing',
    ],
    [
      'does not contradict the table where they do not',
      sizesOf({ 1: [500, 900, 400], 2: [500, 960, 1_400], 4: [1_500, 700, 1_110], 8: [700, 1_000, 1_800] }),
      most,
      'a pool of 2 connections (at least 1) reaches at least 95 % of the best throughput, ' +
        'as far as the noise of the rounds can tell; half as many would cost 48 %, twice as many would cost nothing',
    ],
    [
      'has a range that begins at the size itself',
      sizesOf({ 1: [1_000, 1_500, 700], 2: [700, 1_000, 1_300], 4: [1_050, 1_000, 900] }),
      most,
      'a pool of 1 connection (or more) reaches at least 95 % of the best throughput; twice as many would cost nothing',
    ],
    [
      'is about the sizes that meet the goal',
      sizesOf({ 1: [500, 505, 495], 2: [960, 970, 955], 4: [1_400, 1_410, 1_405], 8: [1_600, 1_610, 1_605] }),
      { kind: 'p99', belowMs: 30 },
      'a pool of 2 connections reaches at least 95 % of the best throughput with p99 < 30 ms; ' +
        'half as many would cost 48 %, twice as many would cost nothing',
    ],
  ])('%s', (_what, sizes, goal, sentence) => {
    const advice = adviseOn({ sizes, workers: 64, otherLoad: 0, incomplete: false, interrupted: false }, goal)
    const connections = { max_connections: 200, in_use: 0, instances: 1, wanted: 2, fits: true }
    const tuned = { advice, connections, settings: null, discardedRounds: 0 }
    expect(sentencesFor(tuned, { min: 1, max: 8, workers: 64, goal })[0]).toBe(sentence)
  })
})
