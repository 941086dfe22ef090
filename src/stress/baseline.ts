import { DbtoolError } from '../errors.ts'
import type { StressResult } from './result.ts'

/** The values of an earlier run that a new one is compared with. */
export type Baseline = Shape & Pick<StressResult, 'throughput' | 'acquire_ms' | 'total_ms'>

/** Two runs are the same test if these fields are equal. */
const shape = ['mode', 'pool_size', 'max_overflow', 'workers', 'loop'] as const
export type Shape = Pick<StressResult, (typeof shape)[number]>

interface Compared {
  readonly name: string
  readonly of: (result: Baseline) => number | null
  readonly unit: string
  /** Whether a higher value is worse. */
  readonly cost: boolean
}

const compared: readonly Compared[] = [
  { name: 'throughput', of: ({ throughput }) => throughput, unit: 'per second', cost: false },
  { name: 'total.p50', of: ({ total_ms }) => total_ms.p50, unit: 'ms', cost: true },
  { name: 'total.p99', of: ({ total_ms }) => total_ms.p99, unit: 'ms', cost: true },
  { name: 'acquire.p99', of: ({ acquire_ms }) => acquire_ms.p99, unit: 'ms', cost: true },
]

/** Differences between percentiles below this, in milliseconds, are noise. */
const leastMs = 1

const baselineHint = 'use a file that --out json=FILE has written'

/** Parses a result that `--out json` or `--json` wrote. Throws BAD_INPUT for other content. */
export function readBaseline(path: string, text: string): Baseline {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new DbtoolError('BAD_INPUT', `${path} is not JSON`, { hint: baselineHint })
  }
  const result = (parsed as { result?: unknown } | null)?.result ?? parsed
  if (!isResult(result))
    throw new DbtoolError('BAD_INPUT', `${path} is not the result of a load test`, {
      hint: baselineHint,
    })
  return result
}

function isResult(value: unknown): value is Baseline {
  const { throughput, total_ms, acquire_ms } = (value ?? {}) as Record<string, unknown>
  const has = (times: unknown, name: string): boolean => typeof times === 'object' && times !== null && name in times
  return typeof throughput === 'number' && has(total_ms, 'p50') && has(total_ms, 'p99') && has(acquire_ms, 'p99')
}

/** Throws USAGE if a run of this shape is a different test than the baseline. */
export function assertSameTest(baseline: Shape, run: Shape): void {
  const differing = shape.filter((name) => baseline[name] !== run[name])
  if (differing.length === 0) return
  const changes = differing.map((name) => `${name} was ${baseline[name]} and is now ${run[name]}`)
  throw new DbtoolError('USAGE', `the baseline is from a different test: ${changes.join('; ')}`)
}

/** One sentence for each value that is worse than the baseline by more than `share` (0.1 is 10 %). */
export function regressions(baseline: Baseline, result: Baseline, share: number): string[] {
  return compared.flatMap(({ name, of, unit, cost }) => {
    const [before, now] = [of(baseline), of(result)]
    if (before === null || now === null || (cost && Math.max(before, now) < leastMs)) return []
    const worse = cost ? now > before * (1 + share) : now < before * (1 - share)
    return worse ? [`${name} ${cost ? 'rose' : 'fell'} from ${before} to ${now} ${unit}`] : []
  })
}
