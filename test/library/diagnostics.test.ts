import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type SpanTracer, traceDatabase } from '../../examples/opentelemetry.ts'
import { poolMetrics } from '../../examples/prometheus.ts'
import { createPool, type CreatePoolOptions, type ShopPool } from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'

const database = testDatabase({ migrated: false })

function poolOf(options: CreatePoolOptions = {}): ShopPool {
  const { socket = '', user } = database.target
  const pool = createPool({ socket, user, database: database.name, size: 1, maxOverflow: 0, ...options })
  onTestFinished(() => pool.close(0))
  return pool
}

/** The events of the channels, as they were published. Other files of the process may have connections, too. */
function listen(...names: string[]): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = []
  for (const name of names) {
    const listener = (message: unknown): void => {
      const event = message as Record<string, unknown>
      if (!('database' in event) || event['database'] === database.name) events.push({ channel: name, ...event })
    }
    subscribe(`dbtool:${name}`, listener)
    onTestFinished(() => void unsubscribe(`dbtool:${name}`, listener))
  }
  return events
}

describe('the channels', () => {
  it('tell about connecting, acquiring, statements and closing', async () => {
    const events = listen('connect', 'acquire', 'wait', 'query', 'close')
    const pool = poolOf()
    await pool.query('SELECT ? AS secret', ['hunter2'])
    await pool.query('SELECT nonsense').catch(() => undefined)
    await pool.close()
    expect(events.map(({ channel, outcome }) => [channel, outcome])).toEqual([
      ['wait', undefined],
      ['connect', 'ok'],
      ['acquire', 'ok'],
      ['query', 'ok'],
      ['acquire', 'ok'],
      ['query', 'QUERY_FAILED'],
      ['query', 'ok'],
      ['close', undefined],
    ])
    expect(events.find(({ sql }) => sql === 'SELECT ? AS secret')).toMatchObject({
      database: database.name,
      connection: expect.any(Number),
      durationMs: expect.any(Number),
    })
    expect(events.find(({ outcome }) => outcome === 'QUERY_FAILED')).toMatchObject({ errno: 1054 })
    expect(events.filter(({ channel }) => channel === 'acquire').every((event) => event.pool === pool)).toBe(true)
    expect(events.map((event) => JSON.stringify({ ...event, pool: undefined })).join('\n')).not.toContain('hunter2')
  })

  it('tell about time-outs and failed attempts to connect', async () => {
    const events = listen('timeout', 'acquire', 'connect')
    const pool = poolOf({ timeoutMs: 20 })
    const lease = await pool.acquire({ timeoutMs: 30_000 })
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'POOL_TIMEOUT' })
    lease.release()
    const nowhere = poolOf({ socket: '/nowhere/mariadb.sock' })
    await expect(nowhere.acquire()).rejects.toMatchObject({ code: 'UNREACHABLE' })
    expect(events.map(({ channel, outcome }) => [channel, outcome])).toEqual([
      ['connect', 'ok'],
      ['acquire', 'ok'],
      ['timeout', undefined],
      ['acquire', 'POOL_TIMEOUT'],
      ['connect', 'UNREACHABLE'],
      ['acquire', 'UNREACHABLE'],
    ])
    expect(events[2]).toMatchObject({ pool, inUse: 1, waiting: 1 })
  })
})

describe('an acquire wait that ends at once', () => {
  it.each([
    ['POOL_CLOSED', {}, (pool: ShopPool) => pool.close()],
    ['INTERRUPTED', { signal: AbortSignal.abort() }, () => Promise.resolve()],
  ])('is published, too: %s', async (outcome, options, before) => {
    const pool = poolOf()
    await before(pool)
    const events = listen('acquire')
    await expect(pool.acquire(options)).rejects.toMatchObject({ code: outcome })
    expect(events).toMatchObject([{ pool, outcome, durationMs: 0 }])
  })
})

describe('the examples', () => {
  it('OpenTelemetry: a span for each statement and each acquire wait', async () => {
    const spans: { name: string; attributes: object; status?: object; ms: number }[] = []
    const tracer: SpanTracer = {
      startSpan(name, { startTime, attributes }) {
        const span: (typeof spans)[number] = { name, attributes, ms: 0 }
        spans.push(span)
        return {
          setStatus: (status) => (span.status = status),
          end: (endTime) => void (span.ms = endTime - startTime),
        }
      },
    }
    const stop = traceDatabase(tracer)
    const pool = poolOf()
    await pool.query('SELECT SLEEP(?)', [0.02])
    await pool.query('INSERT INTO nowhere VALUES (1)').catch(() => undefined)
    stop()
    await pool.query('SELECT 1')
    expect(spans.map(({ name }) => name)).toEqual([
      'pool acquire',
      `SELECT ${database.name}`,
      'pool acquire',
      `INSERT ${database.name}`,
      ...spans.slice(4).map(({ name }) => name),
    ])
    expect(spans[1]).toMatchObject({
      attributes: { 'db.system.name': 'mariadb', 'db.query.text': 'SELECT SLEEP(?)' },
      ms: expect.any(Number),
    })
    expect(spans[3]).toMatchObject({
      attributes: { 'db.response.status_code': '1146', 'error.type': 'QUERY_FAILED' },
      status: { code: 2, message: 'QUERY_FAILED' },
    })
  })

  it('Prometheus: gauges, counters and histograms, of several pools', async () => {
    const [pool, readers] = [poolOf(), poolOf()]
    const metrics = poolMetrics({ writer: pool, readers })
    onTestFinished(() => metrics.stop())
    await pool.query('SELECT 1')
    await readers.query('SELECT 1')
    await pool.query('SELECT nonsense').catch(() => undefined)
    const text = metrics.text()
    for (const line of [
      'dbtool_pool_open{pool="writer"} 1',
      'dbtool_pool_acquired_total{pool="writer"} 2',
      'dbtool_pool_acquired_total{pool="readers"} 1',
      'dbtool_pool_open_failures_total{pool="readers"} 0',
      'dbtool_acquire_seconds_count{pool="writer",outcome="ok"} 2',
      'dbtool_acquire_seconds_count{pool="readers",outcome="ok"} 1',
    ])
      expect(text).toContain(`${line}\n`)
    const of = `server="[^"]+",database="${database.name}"`
    expect(text).toMatch(new RegExp(`^dbtool_query_seconds_bucket{${of},outcome="ok",le="\\+Inf"} 2$`, 'm'))
    expect(text).toMatch(new RegExp(`^dbtool_query_seconds_count{${of},outcome="QUERY_FAILED"} 1$`, 'm'))
    // Each line is a comment, or a name with labels and a number; each metric has one type.
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(# TYPE \w+ \w+|\w+\{[^}]*\} [\d.e+-]+)$/)
    const types = text.match(/^# TYPE \w+/gm) ?? []
    expect(new Set(types).size).toBe(types.length)
  })
})
