import { setTimeout as sleep } from 'node:timers/promises'
import { isConnectionLoss, longestPauseMs, ruleOf, type Rule } from './retry-table.ts'
import { timerMs } from './target.ts'

/** One more attempt, for whoever wants to know (`-v`). */
export interface Retry {
  /** 2 for the first that is made again. */
  readonly attempt: number
  readonly pauseMs: number
  readonly error: unknown
}

/** How long somebody goes on trying, and who is told. */
export interface Persistence {
  /**
   * One deadline over all attempts: so long after the first failure. An attempt that is running then is not waited for
   * if `giveUp` can say so.
   */
  readonly patienceMs: number
  readonly onRetry?: ((retry: Retry) => void) | undefined
}

export const defaultPatienceMs = 15_000

export interface Work extends Partial<Persistence> {
  /**
   * `transaction`: what was lost before COMMIT did not take place. `repeatable`: doing it twice is the same as doing it
   * once.
   */
  readonly kind: 'transaction' | 'repeatable'
  /** What to say when a loss is followed by no answer: then nobody knows what became of the work. */
  readonly giveUp?: ((cause: unknown) => unknown) | undefined
}

/**
 * Does the whole work, and again from its start where the retry table says so. Rejects with the last error, or what
 * `giveUp` makes of it.
 */
export async function persistently<T>(
  work: () => Promise<T>,
  { kind, patienceMs = defaultPatienceMs, onRetry, giveUp }: Work,
): Promise<T> {
  let deadline = Infinity
  let lost = false
  let last: unknown
  for (let attempt = 1; ; attempt += 1) {
    try {
      return lost && giveUp !== undefined ? await before(deadline, work(), last) : await work()
    } catch (error) {
      last = error
      const rule = ruleOf(error)
      lost ||= isConnectionLoss(error)
      deadline = Math.min(deadline, performance.now() + patienceMs)
      const pauseMs = pauseBefore(attempt, rule)
      const late = performance.now() + pauseMs >= deadline
      if (late || attempt >= rule.attempts || !mayTryAgain(rule, kind, lost))
        throw lost && giveUp !== undefined ? giveUp(error) : error
      onRetry?.({ attempt: attempt + 1, pauseMs, error })
      await sleep(pauseMs)
    }
  }
}

function mayTryAgain({ again }: Pick<Rule, 'again'>, kind: Work['kind'], lost: boolean): boolean {
  return again === 'yes' || (again === 'repeatable' && kind === 'repeatable') || (again === 'after a loss' && lost)
}

/** Random, so that the same transactions do not meet again. */
function pauseBefore(attempt: number, { pauseMs }: Pick<Rule, 'pauseMs'>): number {
  return (0.5 + Math.random() / 2) * Math.min(longestPauseMs, pauseMs * 2 ** (attempt - 1))
}

/**
 * Rejects with `last` at the deadline. What runs then is left to itself: whatever it does, the answer "unknown" stays
 * true.
 */
async function before<T>(deadline: number, work: Promise<T>, last: unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(last), timerMs(Math.max(0, deadline - performance.now())))
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
