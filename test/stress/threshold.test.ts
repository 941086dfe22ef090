import { describe, expect, it } from 'vitest'
import type { StressResult } from '../../src/stress/result.ts'
import { parseThreshold } from '../../src/stress/threshold.ts'

const some = { p50: 1, p90: 2, p95: 3, p99: 40, p999: 50, max: 60, mean: 1.5 }
const none = { p50: null, p90: null, p95: null, p99: null, p999: null, max: null, mean: null }
const result = {
  ok: 990,
  failed: 10,
  timeouts: 4,
  throughput: 500,
  acquire_ms: some,
  execute_ms: none,
  total_ms: some,
  fairness: { min_ops: 1, max_ops: 2, jain: 0.98 },
  event_loop_ms: { p50: 0, p99: 3, max: 9 },
} as unknown as StressResult

describe('a threshold', () => {
  it.each([
    ['acquire.p99<50ms', true],
    ['acquire.p99<40ms', false],
    ['acquire.p99<=40ms', true],
    ['acquire.p99 < 0.05s', true],
    ['total.max>1s', false],
    ['throughput>=500', true],
    ['throughput>500', false],
    ['failed<=10', true],
    ['failed_share<1%', false],
    ['failed_share<=1%', true],
    ['timeouts_share<0.5%', true],
    ['fairness.jain>=0.95', true],
    ['event_loop.p99<5ms', true],
    // A value that was not measured meets no threshold.
    ['execute.p95<50ms', false],
    ['execute.p95>=0ms', false],
  ])('%s: %s', (text, met) => expect(parseThreshold(text).judge(result).ok).toBe(met))

  it.each([
    [
      'acquire.p95',
      "must be a metric, a comparison (<, <=, > or >=) and a number, as in 'acquire.p95<50ms', not 'acquire.p95'",
    ],
    ['acquire.p95=50ms', 'must be a metric, a comparison'],
    ['acquire.p97<50ms', "names an unknown metric 'acquire.p97'; the metrics are acquire.p50, acquire.p90"],
    ['constructor<1', "names an unknown metric 'constructor'"],
    ['acquire.p95<50', 'must compare acquire.p95 with a duration, as in 50ms or 2s'],
    ['throughput>5ms', 'must compare throughput with a number without a unit'],
    ['failed_share<1', 'must compare failed_share with a share, as in 1%'],
  ])('%s is refused: %s', (text, message) => expect(() => parseThreshold(text)).toThrow(message))
})
