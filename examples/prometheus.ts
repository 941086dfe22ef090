// Metrics of pools in the text format of Prometheus.
//
//   const metrics = poolMetrics({ writer: pool, readers })
//   server.get('/metrics', (request, reply) => reply.type('text/plain; version=0.0.4').send(metrics.text()))
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AcquireEvent, Pool, QueryEvent } from 'dbtool'

const bucketsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]
const gauges = ['open', 'idle', 'inUse', 'opening', 'stopping', 'waiting'] as const
const counters = ['acquired', 'timeouts', 'opened', 'openFailures', 'closed'] as const

/** Counts durations by bucket, for each set of labels. */
class Histogram {
  readonly #series = new Map<string, { buckets: number[]; sumMs: number; count: number }>()

  constructor(private readonly name: string) {}

  observe(labels: string, ms: number): void {
    const counts = this.#series.get(labels) ?? { buckets: bucketsMs.map(() => 0), sumMs: 0, count: 0 }
    this.#series.set(labels, counts)
    bucketsMs.forEach((limit, index) => ms <= limit && (counts.buckets[index] = (counts.buckets[index] ?? 0) + 1))
    counts.sumMs += ms
    counts.count += 1
  }

  lines(): string[] {
    const of = ([labels, { buckets, sumMs, count }]: [string, { buckets: number[]; sumMs: number; count: number }]) => [
      ...bucketsMs.map((limit, i) => `${this.name}_bucket{${labels},le="${limit / 1_000}"} ${buckets[i] ?? 0}`),
      `${this.name}_bucket{${labels},le="+Inf"} ${count}`,
      `${this.name}_sum{${labels}} ${sumMs / 1_000}`,
      `${this.name}_count{${labels}} ${count}`,
    ]
    return [`# TYPE ${this.name} histogram`, ...[...this.#series].flatMap(of)]
  }
}

/**
 * The gauges and counters of `pool.stats()` and a histogram of the acquire waits, by the name of each pool. Statements
 * have the server and the database as labels, because an event of a statement does not name its pool.
 */
export function poolMetrics(pools: Readonly<Record<string, Pool>>): { text(): string; stop(): void } {
  const waits = new Histogram('dbtool_acquire_seconds')
  const queries = new Histogram('dbtool_query_seconds')
  const names = new Map<object, string>(Object.entries(pools).map(([name, pool]) => [pool, name]))
  const onAcquire = (message: unknown): void => {
    const { pool, outcome, durationMs } = message as AcquireEvent
    const name = names.get(pool)
    if (name !== undefined) waits.observe(labelsOf({ pool: name, outcome }), durationMs)
  }
  const onQuery = (message: unknown): void => {
    const { server, database = '', outcome, durationMs } = message as QueryEvent
    queries.observe(labelsOf({ server, database, outcome }), durationMs)
  }
  subscribe('dbtool:acquire', onAcquire)
  subscribe('dbtool:query', onQuery)
  return {
    text() {
      const stats = Object.entries(pools).map(([pool, one]) => ({ labels: labelsOf({ pool }), stats: one.stats() }))
      const lines = (kind: 'gauge' | 'counter', key: (typeof gauges | typeof counters)[number]): string[] => {
        const name = `dbtool_pool_${snake(key)}${kind === 'counter' ? '_total' : ''}`
        return [`# TYPE ${name} ${kind}`, ...stats.map(({ labels, stats }) => `${name}{${labels}} ${stats[key]}`)]
      }
      const values = [
        ...gauges.flatMap((key) => lines('gauge', key)),
        ...counters.flatMap((key) => lines('counter', key)),
      ]
      return `${[...values, ...waits.lines(), ...queries.lines()].join('\n')}\n`
    },
    stop() {
      unsubscribe('dbtool:acquire', onAcquire)
      unsubscribe('dbtool:query', onQuery)
    },
  }
}

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',')

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
