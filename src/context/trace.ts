import type { OnTrace, Trace } from '../db/queries.ts'
import type { RetryOptions } from '../db/retry.ts'
import { DbtoolError } from '../errors.ts'
import type { Invocation } from './context.ts'

/** The listener for every statement, for `--sql` and `--timing`. */
export function traceFor({ sql: printsSql, stopwatch, out }: Invocation): OnTrace | undefined {
  if (!printsSql && stopwatch === undefined) return undefined
  return (trace) => {
    stopwatch?.ended(trace.ms)
    if (printsSql) out.trace(inOneLine(trace))
  }
}

function inOneLine({ sql, values, ms, failed }: Trace): string {
  const bound = values.length === 0 ? '' : `  -- ${JSON.stringify(values)}`
  return `${failed ? '✖' : '→'} ${ms.toFixed(1)} ms  ${sql.replace(/\s+/g, ' ').trim()}${bound}`
}

/** The default retry options; with `-v`, every attempt after the first is reported. */
export function retryOptionsFor({ verbose, out }: Invocation): RetryOptions {
  if (!verbose) return {}
  return {
    onRetry: ({ attempt, pauseMs, error }) => {
      const cause = error instanceof DbtoolError ? `${error.code}, ${error.message}` : String(error)
      out.trace(`attempt ${attempt} in ${Math.round(pauseMs)} ms, after ${cause}`)
    },
  }
}
