import type { Invocation } from './context.ts'
import type { Persistence } from '../db/retry.ts'
import { DbtoolError } from '../errors.ts'

/** Patience as by default; with `-v`, every attempt after the first is told. */
export function persistenceFor({ verbose, out }: Invocation): Partial<Persistence> {
  if (!verbose) return {}
  return {
    onRetry: ({ attempt, pauseMs, error }) => {
      const why = error instanceof DbtoolError ? `${error.code}, ${error.message}` : String(error)
      out.trace(`attempt ${attempt} in ${Math.round(pauseMs)} ms, after ${why}`)
    },
  }
}
