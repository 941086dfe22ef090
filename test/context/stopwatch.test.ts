import { describe, expect, it } from 'vitest'
import { Stopwatch } from '../../src/context/stopwatch.ts'

describe('the time of statements', () => {
  it.each<[what: string, statements: [from: number, to: number][], busyMs: number]>([
    ['none', [], 0],
    ['one', [[10, 15]], 5],
    [
      'one after the other',
      [
        [0, 5],
        [10, 15],
        [15, 20],
      ],
      15,
    ],
    [
      'at once, as in a pool',
      [
        [0, 10],
        [2, 12],
        [1, 13],
      ],
      13,
    ],
    [
      'one over several',
      [
        [1, 2],
        [3, 4],
        [0, 10],
      ],
      10,
    ],
    [
      'one over some of them',
      [
        [1, 2],
        [5, 6],
        [7, 8],
        [4, 10],
      ],
      7,
    ],
    [
      'two that touch nothing but each other',
      [
        [0, 1],
        [5, 8],
        [7, 9],
      ],
      5,
    ],
  ])('%s', (_what, statements, busyMs) => {
    const watch = new Stopwatch()
    for (const [from, to] of statements) watch.ended(to - from, to)
    expect(watch.read()).toMatchObject({ statements: statements.length, databaseMs: busyMs })
  })
})
