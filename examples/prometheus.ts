// Metrics of a pool in the text format of Prometheus.
//
//   const metrics = poolMetrics(pool)
//   server.get('/metrics', (request, reply) => reply.type('text/plain; version=0.0.4').send(metrics.text()))
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AcquireEvent, Pool, QueryEvent } from 'dbtool'

const bucketsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

/** Counts durations by bucket, for each outcome. */
class Histogram {
  readonly #outcomes = new Map<string, { buckets: number[]; sumMs: number; count: number }>()

  constructor(private readonly name: string) {}

  observe(outcome: string, ms: number): void {
    const counts = this.#outcomes.get(outcome) ?? { buckets: bucketsMs.map(() => 0), sumMs: 0, count: 0 }
    this.#outcomes.set(outcome, counts)
    bucketsMs.forEach((limit, index) => ms <= limit && (counts.buckets[index] = (counts.buckets[index] ?? 0) + 1))
    counts.sumMs += ms
    counts.count += 1
  }

  lines(): string[] {
    const of = ([outcome, { buckets, sumMs, count }]: [
      string,
      { buckets: number[]; sumMs: number; count: number },
    ]) => [
      ...bucketsMs.map(
        (limit, i) => `${this.name}_bucket{outcome="${outcome}",le="${limit / 1_000}"} ${buckets[i] ?? 0}`,
      ),
      `${this.name}_bucket{outcome="${outcome}",le="+Inf"} ${count}`,
      `${this.name}_sum{outcome="${outcome}"} ${sumMs / 1_000}`,
      `${this.name}_count{outcome="${outcome}"} ${count}`,
    ]
    return [`# TYPE ${this.name} histogram`, ...[...this.#outcomes].flatMap(of)]
  }
}

/** The gauges and counters of `pool.stats()`, and histograms of the acquire waits and of all statements. */
export function poolMetrics(pool: Pool): { text(): string; stop(): void } {
  const waits = new Histogram('dbtool_acquire_seconds')
  const queries = new Histogram('dbtool_query_seconds')
  const onAcquire = (message: unknown): void => {
    const event = message as AcquireEvent
    if (event.pool === pool) waits.observe(event.outcome, event.durationMs)
  }
  const onQuery = (message: unknown): void => {
    const { outcome, durationMs } = message as QueryEvent
    queries.observe(outcome, durationMs)
  }
  subscribe('dbtool:acquire', onAcquire)
  subscribe('dbtool:query', onQuery)
  const value = (kind: 'gauge' | 'counter', name: string, number: number): string[] => [
    `# TYPE dbtool_pool_${name} ${kind}`,
    `dbtool_pool_${name} ${number}`,
  ]
  return {
    text() {
      const stats = pool.stats()
      const gauges = (['open', 'idle', 'inUse', 'opening', 'stopping', 'waiting'] as const).flatMap((name) =>
        value('gauge', snake(name), stats[name]),
      )
      const counters = (['acquired', 'timeouts', 'opened', 'openFailures', 'closed'] as const).flatMap((name) =>
        value('counter', `${snake(name)}_total`, stats[name]),
      )
      return `${[...gauges, ...counters, ...waits.lines(), ...queries.lines()].join('\n')}\n`
    },
    stop() {
      unsubscribe('dbtool:acquire', onAcquire)
      unsubscribe('dbtool:query', onQuery)
    },
  }
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
