import { describe, expect, it } from 'vitest'
import { assertSameTest, compareWith, readBaseline, regressionsOf, type Baseline } from '../../src/stress/baseline.ts'
import { comparedTexts } from '../../src/stress/threshold.ts'

const some = (p50: number, p99: number): Baseline['total_ms'] => ({
  p50,
  p90: p99,
  p95: p99,
  p99,
  p999: p99,
  max: p99,
  mean: p50,
})
const before: Baseline = {
  mode: 'fair',
  pool_size: 5,
  max_overflow: 0,
  workers: 50,
  loop: 'closed',
  throughput: 1_000,
  total_ms: some(10, 50),
  acquire_ms: some(5, 0.2),
}

describe('a baseline', () => {
  it.each<[string, Partial<Baseline>, string[]]>([
    ['the same', {}, []],
    ['within a tenth', { throughput: 901, total_ms: some(10.9, 54) }, []],
    ['better', { throughput: 2_000, total_ms: some(1, 5) }, []],
    ['less throughput', { throughput: 899 }, ['throughput fell from 1000 to 899 per second']],
    ['slower', { total_ms: some(12, 56) }, ['total.p50 rose from 10 to 12 ms', 'total.p99 rose from 50 to 56 ms']],
    ['slower where it is noise', { acquire_ms: some(5, 0.9) }, []],
    ['slower than noise', { acquire_ms: some(5, 1.1) }, ['acquire.p99 rose from 0.2 to 1.1 ms']],
  ])('%s', (_what, change, expected) => {
    expect(regressionsOf(compareWith(before, { ...before, ...change }, 0.1))).toEqual(expected)
  })

  it('is compared in words with units, and a sign before each change', () => {
    const values = compareWith(before, { ...before, throughput: 750, total_ms: some(12, 50) }, 0.1)
    expect(values.slice(0, 3).map(comparedTexts)).toEqual([
      { baseline: '1000 / s', measured: '750 / s', change: '−25.0 %' },
      { baseline: '10 ms', measured: '12 ms', change: '+20.0 %' },
      { baseline: '50 ms', measured: '50 ms', change: '+0.0 %' },
    ])
  })

  it('is compared value by value, also where nothing is worse', () => {
    expect(compareWith(before, { ...before, throughput: 1_200, total_ms: some(12, 50) }, 0.1)).toEqual([
      { metric: 'throughput', baseline: 1_000, measured: 1_200, unit: 'per second', change: 0.2, ok: true },
      { metric: 'total.p50', baseline: 10, measured: 12, unit: 'ms', change: 0.2, ok: false },
      { metric: 'total.p99', baseline: 50, measured: 50, unit: 'ms', change: 0, ok: true },
      { metric: 'acquire.p99', baseline: 0.2, measured: 0.2, unit: 'ms', change: 0, ok: true },
    ])
  })

  it('of another test is none', () => {
    expect(() => assertSameTest(before, { ...before, workers: 10, pool_size: 4 })).toThrow(
      'the baseline is from a different test: pool_size was 5 and is now 4; workers was 50 and is now 10',
    )
  })

  it.each<[loop: 'closed' | 'open', now: Record<string, string>, fault: string | null]>([
    ['closed', { 'an iteration': 'SELECT 1', load: 'as before' }, null],
    ['closed', { 'an iteration': 'SELECT 2', load: 'as before' }, 'an iteration was SELECT 1 and is now SELECT 2'],
    ['open', { 'an iteration': 'SELECT 1', load: '300 per second' }, 'load was as before and is now 300 per second'],
    // The words for workers may change; their number is compared.
    ['closed', { 'an iteration': 'SELECT 1', load: 'other words' }, null],
  ])('of another statement or rate is none, either: %s, %j', (loop, now, fault) => {
    const baseline = { ...before, loop, settings: { 'an iteration': 'SELECT 1', load: 'as before' } }
    const compare = (): void => assertSameTest(baseline, { ...before, loop }, now)
    if (fault === null) expect(compare).not.toThrow()
    else expect(compare).toThrow(`the baseline is from a different test: ${fault}`)
    // A result without its report does not say which statement it ran.
    expect(() => assertSameTest({ ...before, loop }, { ...before, loop }, now)).not.toThrow()
  })

  it.each([
    ['{"result":{"throughput":1,"total_ms":{"p50":1,"p99":2},"acquire_ms":{"p99":null}}}', true],
    ['{"throughput":1,"total_ms":{"p50":1,"p99":2},"acquire_ms":{"p99":1}}', true],
    ['{', false],
    ['[]', false],
    ['null', false],
    ['{"throughput":1}', false],
    ['{"result":5}', false],
  ])('%s: %s', (text, sound) => {
    if (sound) expect(readBaseline('x.json', text)).toMatchObject({ throughput: 1 })
    else expect(() => readBaseline('x.json', text)).toThrow(/^x\.json is not/)
  })
})
