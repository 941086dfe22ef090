// Spans of OpenTelemetry for the statements and acquire waits of dbtool, with the names of its semantic conventions.
//
//   import { trace } from '@opentelemetry/api'
//   const stop = traceDatabase(trace.getTracer('dbtool'))
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { AcquireEvent, QueryEvent } from 'dbtool'

/** The parts of OpenTelemetry's tracer that are used here. */
export interface SpanTracer {
  startSpan(
    name: string,
    options: { kind: number; startTime: number; attributes: Record<string, string | number> },
  ): {
    setStatus(status: { code: number; message: string }): unknown
    end(endTime: number): void
  }
}

const client = 2
const failed = 2

/**
 * Starts to trace. The events are published in the context of the caller, so that its span is the parent. Orders that
 * are sent together have the context of one of their callers.
 */
export function traceDatabase(tracer: SpanTracer): () => void {
  const span = (name: string, event: QueryEvent | AcquireEvent, attributes: Record<string, string | number>): void => {
    const endTime = Date.now()
    const started = tracer.startSpan(name, { kind: client, startTime: endTime - event.durationMs, attributes })
    if (event.outcome !== 'ok') started.setStatus({ code: failed, message: event.outcome })
    started.end(endTime)
  }
  const onQuery = (message: unknown): void => {
    const event = message as QueryEvent
    const operation = /^\s*(\w+)/.exec(event.sql)?.[1]?.toUpperCase() ?? 'QUERY'
    span(`${operation} ${event.database ?? ''}`.trim(), event, {
      'db.system.name': 'mariadb',
      'db.namespace': event.database ?? '',
      'db.query.text': event.sql,
      'db.operation.name': operation,
      'server.address': event.server,
      ...(event.errno === undefined ? {} : { 'db.response.status_code': String(event.errno) }),
      ...(event.outcome === 'ok' ? {} : { 'error.type': event.outcome }),
    })
  }
  const onAcquire = (message: unknown): void => span('pool acquire', message as AcquireEvent, {})
  subscribe('dbtool:query', onQuery)
  subscribe('dbtool:acquire', onAcquire)
  return () => {
    unsubscribe('dbtool:query', onQuery)
    unsubscribe('dbtool:acquire', onAcquire)
  }
}
