import { DbtoolError } from '../errors.ts'

/**
 * Completes an error for the caller that awaits it, and returns it. Call it in the `catch` of an async function. An
 * error that was made in a timer or a queue has no caller in its stack. An interruption gets the reason of the signal
 * as its cause, as that of `fetch` is its error.
 */
export function forCaller(error: unknown, signal?: AbortSignal): unknown {
  if (!(error instanceof DbtoolError)) return error
  const here: { stack?: unknown } = {}
  Error.captureStackTrace(here, forCaller)
  const known = linesOf(error.stack)
  // The first frame is that of the `catch`. The words of a frame may be those of a tool for source maps.
  const callers = linesOf(here.stack)
    .slice(2)
    .filter((line) => !known.includes(line))
  if (known.length > 0 && callers.length > 0) error.stack = [...known, ...callers].join('\n')
  if (error.code === 'INTERRUPTED' && error.cause === undefined && signal?.aborted === true)
    Object.defineProperty(error, 'cause', { value: signal.reason, configurable: true, writable: true })
  return error
}

/** None of a stack that a tool has made something else of. */
const linesOf = (stack: unknown): string[] => (typeof stack === 'string' ? stack.split('\n') : [])
