import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError, type ErrorCode } from '../../errors.ts'
import type { Limits } from '../target.ts'

interface Patience {
  readonly limits: Limits
  /** Receives a sentence before a further attempt. Undefined: there is none. */
  readonly onWait: ((sentence: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

const withoutLimitMs = 10_000
const firstPauseMs = 100
const longestPauseMs = 500

/**
 * Runs the first work on a server, and runs it again until the connect time-out while the server says "not now". During
 * a failover behind one address, the proxy closes new connections, or sends them to a node that is not ready.
 */
export async function patiently<T>(
  work: (limits: Limits) => Promise<T>,
  { limits, onWait, signal }: Patience,
): Promise<T> {
  const patienceMs = limits.connectTimeoutMs === 0 ? withoutLimitMs : limits.connectTimeoutMs
  const deadline = performance.now() + patienceMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
    try {
      return await work(leftOf(limits, deadline))
    } catch (error) {
      const isOver = performance.now() + pauseMs >= deadline || signal?.aborted === true
      if (onWait === undefined || isOver || !isNotNow(error)) throw error
      onWait(`${error.message}; retrying for up to ${patienceMs / 1_000} s`)
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** The limits with what is left of the connect time-out; zero is no limit. */
export function leftOf(limits: Limits, deadline: number): Limits {
  if (limits.connectTimeoutMs === 0) return limits
  return { ...limits, connectTimeoutMs: Math.max(1, Math.ceil(deadline - performance.now())) }
}

/**
 * A connection that was accepted and closed, or a node that is not ready. Nobody listens behind a refused connection,
 * and a rejected login or database stays rejected.
 */
export const notNow: readonly ErrorCode[] = ['CONNECTION_LOST', 'NODE_NOT_READY']

const isNotNow = (error: unknown): error is DbtoolError => error instanceof DbtoolError && notNow.includes(error.code)
