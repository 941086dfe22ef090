import { DbtoolError } from '../errors.ts'
import type { StressResult } from './result.ts'

/** What an earlier run is held against. */
export type Baseline = Shape & Pick<StressResult, 'throughput' | 'acquire_ms' | 'total_ms'>

/** What makes two runs the same test. */
const shape = ['mode', 'pool_size', 'max_overflow', 'workers', 'loop'] as const
export type Shape = Pick<StressResult, (typeof shape)[number]>

interface Compared {
  readonly name: string
  readonly of: (result: Baseline) => number | null
  /** Whether more of it is worse. */
  readonly cost: boolean
}

const compared: readonly Compared[] = [
  { name: 'throughput', of: ({ throughput }) => throughput, cost: false },
  { name: 'total.p50', of: ({ total_ms }) => total_ms.p50, cost: true },
  { name: 'total.p99', of: ({ total_ms }) => total_ms.p99, cost: true },
  { name: 'acquire.p99', of: ({ acquire_ms }) => acquire_ms.p99, cost: true },
]

/** Below this, in milliseconds, a percentile is noise. */
const leastMs = 1

/** Reads what `--out json` or `--json` wrote. Throws BAD_INPUT. */
export function readBaseline(path: string, text: string): Baseline {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new DbtoolError('BAD_INPUT', `${path} is not JSON`, { hint: 'it is what --out json=FILE has written' })
  }
  const result = (parsed as { result?: unknown } | null)?.result ?? parsed
  if (!isResult(result))
    throw new DbtoolError('BAD_INPUT', `${path} is not the result of a load test`, {
      hint: 'it is what --out json=FILE has written',
    })
  return result
}

function isResult(value: unknown): value is Baseline {
  const { throughput, total_ms, acquire_ms } = (value ?? {}) as Record<string, unknown>
  const has = (times: unknown, name: string): boolean => typeof times === 'object' && times !== null && name in times
  return typeof throughput === 'number' && has(total_ms, 'p50') && has(total_ms, 'p99') && has(acquire_ms, 'p99')
}

/** Throws USAGE where a run of this shape cannot be held against the baseline. */
export function mustBeSameTest(baseline: Shape, run: Shape): void {
  const differing = shape.filter((name) => baseline[name] !== run[name])
  if (differing.length > 0)
    throw new DbtoolError(
      'USAGE',
      `the baseline was another test: ${differing.map((name) => `${name} ${baseline[name]} then, ${run[name]} now`).join('; ')}`,
    )
}

/** What became worse by more than `share`, in a sentence each. */
export function regressions(baseline: Baseline, result: Baseline, share: number): string[] {
  return compared.flatMap(({ name, of, cost }) => {
    const [before, now] = [of(baseline), of(result)]
    if (before === null || now === null || (cost && Math.max(before, now) < leastMs)) return []
    const worse = cost ? now > before * (1 + share) : now < before * (1 - share)
    return worse ? [`${name} was ${before} and is ${now}`] : []
  })
}
