import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../../errors.ts'
import type { Limits } from '../target.ts'

/** Opens a connection to one server, within these limits. */
export type Open<T> = (limits: Limits, signal?: AbortSignal) => Promise<T>

interface Patience {
  readonly limits: Limits
  /** Receives a sentence before further attempts. Undefined: there are none. */
  readonly onWait: ((sentence: string) => void) | undefined
}

const withoutLimitMs = 10_000
const firstPauseMs = 100
const longestPauseMs = 500

/**
 * Opens the first connection, and tries again until the connect time-out while the server says "not now". During a
 * failover behind one address, the proxy closes new connections, or sends them to a node that is not ready. Later
 * connections are tried once: their work is retried.
 */
export function patiently<T>(open: Open<T>, { limits, onWait }: Patience): (signal?: AbortSignal) => Promise<T> {
  let isFirst = onWait !== undefined
  return async (signal) => {
    const patienceMs = limits.connectTimeoutMs === 0 ? withoutLimitMs : limits.connectTimeoutMs
    const deadline = performance.now() + patienceMs
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      try {
        const opened = await open(leftOf(limits, deadline), signal)
        isFirst = false
        return opened
      } catch (error) {
        const isOver = performance.now() + pauseMs >= deadline || signal?.aborted === true
        if (!isFirst || isOver || !isNotNow(error)) {
          isFirst = false
          throw error
        }
        onWait?.(`${error.message}; trying again for up to ${patienceMs / 1_000} s`)
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }
}

function leftOf(limits: Limits, deadline: number): Limits {
  if (limits.connectTimeoutMs === 0) return limits
  return { ...limits, connectTimeoutMs: Math.max(1, Math.ceil(deadline - performance.now())) }
}

/**
 * A connection that was accepted and closed, or a node that is not ready. Nobody listens behind a refused connection,
 * and a rejected login or database stays rejected.
 */
function isNotNow(error: unknown): error is DbtoolError {
  return error instanceof DbtoolError && (error.code === 'CONNECTION_LOST' || error.code === 'NODE_NOT_READY')
}
