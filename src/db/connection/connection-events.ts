import { publishClose, publishQuery } from '../diagnostics.ts'
import type { Value } from '../queries.ts'
import type { ConnectionParts } from './statements.ts'

interface Ended {
  readonly sql: string
  readonly values: readonly Value[]
  readonly ms: number
  readonly failure: Error | undefined
}

/** Reports the statements of a connection, and its end once, however it ends. */
export class ConnectionEvents {
  readonly #parts: Pick<ConnectionParts, 'onTrace' | 'target' | 'raw'>
  #isClosed = false

  constructor(parts: Pick<ConnectionParts, 'onTrace' | 'target' | 'raw'>) {
    this.#parts = parts
  }

  ended({ sql, values, ms, failure }: Ended): void {
    const { onTrace, target, raw } = this.#parts
    onTrace?.({ sql, values, ms, failed: failure !== undefined })
    publishQuery(target, raw.threadId, { sql, ms, failure })
  }

  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    publishClose(this.#parts.target, this.#parts.raw.threadId)
  }
}
