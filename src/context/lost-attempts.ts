import { createHash } from 'node:crypto'
import { OutcomeUnknown, type LostAttempt } from '../shop/orders/exactly-once.ts'
import { HourlyFile, type OfUser } from './hourly-file.ts'

/**
 * The attempts to place an order whose outcome stayed unknown, for the next command with the same key. If it refuses
 * the order, it also refuses these attempts.
 */
export class LostAttempts {
  readonly #file: HourlyFile

  /** For all servers: the next command may name another one of the same shop. An attempt has a number of its own. */
  constructor(user: OfUser) {
    this.#file = new HourlyFile(user, 'lost-attempts', 'all')
  }

  /** Keeps the attempts of an error with an unknown outcome. Never throws. */
  add(key: string, error: unknown): void {
    if (!(error instanceof OutcomeUnknown)) return
    for (const { attempt, threadId, server } of error.lost)
      this.#file.add(JSON.stringify({ key: hashOf(key), attempt, threadId, server }))
  }

  of(key: string): LostAttempt[] {
    const hash = hashOf(key)
    return this.#file.lines().flatMap((line) => {
      const entry = parse(line)
      if (entry?.key !== hash || typeof entry.attempt !== 'string' || typeof entry.threadId !== 'number') return []
      const server = typeof entry.server === 'string' ? entry.server : undefined
      return [{ attempt: entry.attempt, threadId: entry.threadId, server }]
    })
  }
}

/** A key may name a customer. */
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32)

type Entry = Readonly<Record<'key' | 'attempt' | 'threadId' | 'server', unknown>>

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}
