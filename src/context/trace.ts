import type { Invocation } from './context.ts'
import type { OnTrace, Trace } from '../db/queries.ts'

/** Who hears of every statement: `--sql` and `--timing`. */
export function traceFor({ sql: isTold, stopwatch, out }: Invocation): OnTrace | undefined {
  if (!isTold && stopwatch === undefined) return undefined
  return (trace) => {
    stopwatch?.ended(trace.ms)
    if (isTold) out.trace(inOneLine(trace))
  }
}

function inOneLine({ sql, values, ms, failed }: Trace): string {
  const bound = values.length === 0 ? '' : `  -- ${JSON.stringify(values)}`
  return `${failed ? '✖' : '→'} ${ms.toFixed(1)} ms  ${sql.replace(/\s+/g, ' ').trim()}${bound}`
}
