import { setTimeout as sleep } from 'node:timers/promises'
import { isServerLoss, longestPauseMs, ruleOf, type Rule } from './retry-table.ts'
import { timerMs } from './target.ts'

/** A further attempt, reported with `-v`. */
export interface Retry {
  /** The number of the attempt; the first retry is 2. */
  readonly attempt: number
  readonly pauseMs: number
  readonly error: unknown
}

/** Limits of retrying, and its listener. */
export interface RetryOptions {
  /**
   * One deadline for all attempts, in milliseconds after the first failure; default 15,000. With `giveUp`, an attempt
   * that is running at the deadline is abandoned.
   */
  readonly patienceMs?: number | undefined
  /** Is called before each further attempt. */
  readonly onRetry?: ((retry: Retry) => void) | undefined
  /** True if a connection was lost a moment before: a failover may not have ended yet. */
  readonly lostBefore?: (() => boolean) | undefined
}

export const defaultPatienceMs = 15_000

export interface Work extends RetryOptions {
  /**
   * `transaction`: work that was lost before COMMIT took no effect. `repeatable`: running it twice has the same effect
   * as running it once.
   */
  readonly kind: 'transaction' | 'repeatable'
  /** Makes the error for a lost connection without a later answer: the outcome of the work is then unknown. */
  readonly giveUp?: ((cause: unknown) => unknown) | undefined
  /** Ends a pause before a retry. The work itself then rejects. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `work`, and retries it from its start as the retry table says. Resolves to its result. Rejects with the last
 * error, or with the error that `giveUp` makes of it.
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  { kind, patienceMs = defaultPatienceMs, onRetry, lostBefore, giveUp, signal }: Work,
): Promise<T> {
  const lostAtStart = lostBefore?.() === true
  let deadline = Infinity
  let lost = false
  let last: unknown
  for (let attempt = 1; ; attempt += 1) {
    try {
      return lost && giveUp !== undefined ? await before(deadline, work(), last) : await work()
    } catch (error) {
      last = error
      const rule = ruleOf(error)
      lost ||= isServerLoss(error)
      deadline = Math.min(deadline, performance.now() + patienceMs)
      const pauseMs = pauseBefore(attempt, rule)
      const late = performance.now() + pauseMs >= deadline
      if (late || attempt >= rule.attempts || !mayRetry(rule, kind, lost || lostAtStart))
        throw lost && giveUp !== undefined ? giveUp(error) : error
      onRetry?.({ attempt: attempt + 1, pauseMs, error })
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

function mayRetry({ again }: Pick<Rule, 'again'>, kind: Work['kind'], lost: boolean): boolean {
  return again === 'yes' || (again === 'repeatable' && kind === 'repeatable') || (again === 'after a loss' && lost)
}

/** Random, so that the same transactions do not conflict again. */
function pauseBefore(attempt: number, { pauseMs }: Pick<Rule, 'pauseMs'>): number {
  return (0.5 + Math.random() / 2) * Math.min(longestPauseMs, pauseMs * 2 ** (attempt - 1))
}

/**
 * Settles as `work` does, or rejects with `last` at the deadline. Work that is still running then is abandoned:
 * whatever it does, its outcome is reported as unknown.
 */
async function before<T>(deadline: number, work: Promise<T>, last: unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(last), timerMs(Math.max(0, deadline - performance.now())))
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
