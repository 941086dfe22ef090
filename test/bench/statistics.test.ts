import { describe, expect, it } from 'vitest'
import { alternate, type Contestant } from '../../bench/core/alternate.ts'
import { Figures, Results, WrongRun } from '../../bench/core/results.ts'
import { median, ratioOf, spreadOf } from '../../bench/core/statistics.ts'
import { judge } from '../../bench/targets.ts'

describe('the arithmetic of rounds', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[7], 7],
    [[], undefined],
    [[10, 9, 100], 10],
  ])('the median of %j is %j', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('a spread is the middle and both ends', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 })
    expect(spreadOf([])).toBeUndefined()
  })

  it.each([
    ['is taken round by round, not of the medians', [10, 40, 30], [1, 2, 10], { median: 10, min: 3, max: 20 }],
    ['is none where the peer did nothing in a round', [1, 2, 3], [1, 0, 1], undefined],
    ['is none where a round is missing', [1, 2, 3], [1, 2], undefined],
    ['is none of nothing', [], [], undefined],
  ])('a ratio %s', (_what, values, peers, expected) => {
    expect(ratioOf(values, peers)).toEqual(expected)
  })
})

describe('rounds', () => {
  const results = (signal = new AbortController().signal): Results => new Results(signal, () => undefined)
  const contest = { group: 'orders', work: 'spread, 0 ms', unit: 'orders/s', rounds: 4 }

  it('alternate, every other one in reverse', async () => {
    const order: string[] = []
    const contestants = ['a', 'b', 'c'].map((who): Contestant => ({
      who,
      underTest: true,
      run: (round) => Promise.resolve({ value: order.push(`${who}${round}`) }),
    }))
    const kept = results()
    await alternate({ ...contest, contestants }, kept)
    expect(order.join(' ')).toBe('a0 b0 c0 c1 b1 a1 a2 b2 c2 c3 b3 a3')
    expect(new Figures(kept.series).spread('orders', 'spread, 0 ms', 'a')).toEqual({ median: 6.5, min: 1, max: 12 })
  })

  it('a peer that fails is out without a figure; our own failure is a fault', async () => {
    const dying = (who: string, underTest: boolean, error: Error): Contestant => ({
      who,
      underTest,
      run: (round) => (round < 2 ? Promise.resolve({ value: 1 }) : Promise.reject(error)),
    })
    const kept = results()
    const contestants = [
      dying('peer', false, new Error('no such table')),
      dying('dbtool', true, new WrongRun('3 orders too many')),
      { who: 'other', underTest: false, run: () => Promise.resolve({ value: 2 }) },
    ]
    await alternate({ ...contest, contestants }, kept)
    expect(kept.series.map(({ who, rounds }) => [who, rounds.length])).toEqual([['other', 4]])
    expect(kept.absences).toEqual([{ what: 'orders: spread, 0 ms: peer', why: 'no such table' }])
    expect(kept.faults).toEqual([{ what: 'orders: spread, 0 ms: dbtool', why: '3 orders too many' }])
  })

  it('stop when they are interrupted', async () => {
    const interrupt = new AbortController()
    const rounds: number[] = []
    const contestant: Contestant = {
      who: 'a',
      underTest: true,
      run: (round) => {
        rounds.push(round)
        interrupt.abort('SIGINT')
        return Promise.resolve({ value: 1 })
      },
    }
    await expect(alternate({ ...contest, contestants: [contestant] }, results(interrupt.signal))).rejects.toBe('SIGINT')
    expect(rounds).toEqual([0])
  })
})

describe('targets', () => {
  const series = (group: string, work: string, who: string, rounds: { value: number; failed?: number }[]) => ({
    group,
    work,
    who,
    unit: '',
    rounds,
  })
  const values = (...numbers: number[]): { value: number }[] => numbers.map((value) => ({ value }))

  it('are judged by the median ratio, and by the worst round where nothing may fail', () => {
    const figures = new Figures([
      series('orders', 'spread, 0 ms', 'dbtool', values(240, 260, 270)),
      series('orders', 'spread, 0 ms', 'SQLAlchemy + PyMySQL', values(10, 10, 10)),
      series('orders', 'hot, 0 ms', 'dbtool', [
        { value: 240, failed: 0 },
        { value: 240, failed: 1 },
        { value: 240, failed: 0 },
      ]),
      series('orders', 'hot, 0 ms', 'hand-written, mysqlclient', values(10, 10, 10)),
      series('start', 'start', 'node -e 0', values(40, 40, 40)),
      series('start', 'start', '--help', values(60, 64, 90)),
    ])
    const { outcomes, unmeasured } = judge(figures, ['orders', 'start'])
    expect(outcomes.map(({ work, peer, measured, met }) => [work, peer, measured.median, met])).toEqual([
      ['3 lines, among 1,000 products', 'SQLAlchemy + PyMySQL', 26, true],
      ['3 lines, all of the same 3', 'hand-written, mysqlclient', 24, false],
      ['3 lines, all of the same 3, failed orders', '–', 1, false],
      ['dbtool --help', 'node -e 0', 1.6, true],
    ])
    expect(unmeasured.map(({ work }) => work)).toEqual([
      '3 lines, among 1,000 products',
      '3 lines, all of the same 3, 5 ms away',
      '3 lines, all of the same 3, 5 ms away, failed orders',
      'dbtool --version',
      'dbtool users list --json',
    ])
  })
})
