import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'

/** How long a lost connection may keep us asking what became of it. */
const askAgainMs = 15_000

export interface Answered<T> {
  readonly answer: T
  /** The connection was lost before, so an earlier asking may have had its effect. */
  readonly lost: boolean
}

/**
 * Asks for something that has its effect at most once however often it is asked for: again after a lost connection, until
 * there is an answer. Rejects with what `unknown` makes of the last failure when the server cannot be asked any more.
 */
export async function askedAgain<T>(ask: () => Promise<T>, unknown: (cause: unknown) => DbtoolError, forMs = askAgainMs): Promise<Answered<T>> {
  let deadline: number | undefined
  for (let pauseMs = 50; ; pauseMs *= 2) {
    try {
      return { answer: await ask(), lost: deadline !== undefined }
    } catch (error) {
      const code = error instanceof DbtoolError ? error.code : undefined
      if (code === 'CONNECTION_LOST') deadline ??= performance.now() + forMs
      else if (deadline === undefined || (code !== 'UNREACHABLE' && code !== 'POOL_TIMEOUT')) throw error
      if (performance.now() + pauseMs > deadline) throw unknown(error)
    }
    await sleep(pauseMs)
  }
}
