import type { Persistence } from '../db/retry.ts'
import { DbtoolError } from '../errors.ts'
import type { Output } from '../output/output.ts'

/** Patience as by default; every attempt after the first is told, for `-v`. */
export function tellingAttempts(out: Output): Partial<Persistence> {
  return {
    onRetry: ({ attempt, pauseMs, error }) => {
      const why = error instanceof DbtoolError ? `${error.code}, ${error.message}` : String(error)
      out.trace(`attempt ${attempt} in ${Math.round(pauseMs)} ms, after ${why}`)
    },
  }
}
