import { answersAsNode } from './server-role.ts'
import type { ConnectionParts } from './statements.ts'

/** Time for each step; after it, the connection is cut. */
const stepMs = 2_000

type Bounded = <T>(timeoutMs: number, work: Promise<T>) => Promise<T>

/**
 * Restores the session of a new connection: variables, current database, locks and temporary tables. Also ends the
 * transaction.
 */
export class SessionReset {
  /** Whether the server is a node of a Galera cluster; undefined before it was asked. */
  #isNode: Promise<boolean> | undefined

  constructor(
    private readonly parts: Pick<ConnectionParts, 'raw' | 'setUp' | 'target'>,
    private readonly bounded: Bounded,
  ) {}

  /** Rejects if it cannot. After the reset of a session on a node, `wsrep_sync_wait` would not wait any more. */
  async run(): Promise<void> {
    const { raw, setUp, target } = this.parts
    const canReset = setUp !== undefined && target.database !== undefined
    if (!canReset) throw new Error('the session cannot be restored')
    await this.bounded(stepMs, raw.reset())
    await this.bounded(stepMs, setUp())
    // Asked afterwards, because the session was as its caller left it; and of the connector, so that no trace has it.
    this.#isNode ??= answersAsNode((sql) => this.bounded(stepMs, raw.query(sql)))
    if (await this.#isNode) throw new Error('the session of a node cannot be restored')
  }
}
