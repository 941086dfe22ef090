import { DatabaseError } from '../failures.ts'
import { isConnectionLoss, ruleOf } from '../retry-table.ts'
import type { DriverConnection } from './driver.ts'
import { PerText } from './per-text.ts'
import { effectOf } from './statement-effect.ts'

const inTransactionFlag = 1
const autocommitFlag = 2
/** The answer says that the session has changed: a variable, the current database, or a temporary table. */
const sessionChangedFlag = 1 << 14
/** A SET changes no database. */
const keepsDatabase = /^\s*SET\b/i

/** The part of the session that the connector knows. */
interface Known {
  readonly info: { readonly status: number; database?: string | undefined } | null
}

/** The state of a session, as the flags of the answers and the errors tell it. */
export class SessionState {
  /** `known` after a success. After an error it is `unknown`, unless the error ended the transaction. */
  #transaction: 'known' | 'unknown' | 'ended' = 'known'
  #isChanged = false
  #databases = 0
  readonly #effects = new PerText(effectOf)
  readonly #raw: DriverConnection

  constructor(raw: DriverConnection) {
    this.#raw = raw
    this.nameDatabase()
  }

  get inTransaction(): boolean {
    return this.#transaction !== 'ended' && (this.flags & inTransactionFlag) === inTransactionFlag
  }

  get mayHoldTransaction(): boolean {
    return this.inTransaction || this.#transaction === 'unknown'
  }

  /** True if a statement may have changed the session, or taken locks that outlast it. */
  get isChanged(): boolean {
    return this.#isChanged || (this.flags & autocommitFlag) === 0
  }

  /**
   * After a success. `isAlone` is false if other statements were sent meanwhile. With `keepsSession`, the statement was
   * sent within a SET STATEMENT.
   */
  succeeded(sql: string, { keepsSession, isAlone }: { keepsSession: boolean; isAlone: boolean }): void {
    this.#transaction = 'known'
    const isMarked = (this.flags & sessionChangedFlag) !== 0
    const effect = this.#effects.of(sql)
    // An answer that comes together with another one hides its flags, and the mark of a SET STATEMENT is its own.
    const mayHaveChanged = (!isAlone || keepsSession) && effect === 'told'
    if (isMarked || mayHaveChanged) {
      if (!keepsDatabase.test(sql)) this.#databases += 1
      this.nameDatabase()
    }
    const isMentioned = isMarked && !keepsSession && effect !== 'none'
    this.#isChanged ||= isMentioned || mayHaveChanged || effect === 'hidden'
  }

  failed(error: Error, sql: string): void {
    const ended = error instanceof DatabaseError && !isConnectionLoss(error) && ruleOf(error).transaction === 'ended'
    this.#transaction = ended || this.#transaction === 'ended' ? 'ended' : 'unknown'
    const effect = this.#effects.of(sql)
    this.#isChanged ||= effect === 'told' || effect === 'hidden'
  }

  /** After statements were stopped: the transaction may be open. */
  interrupted(): void {
    this.#transaction = 'unknown'
  }

  restored(): void {
    this.#isChanged = false
    this.#transaction = 'known'
    this.nameDatabase()
  }

  /**
   * The connector finds its prepared statements by the name of the database. It misreads these answers as an empty
   * name, and would find a statement of another database. So each database has a number here.
   */
  private nameDatabase(): void {
    const { info } = this.#raw as unknown as Known
    if (info !== null) info.database = `database ${this.#databases}`
  }

  private get flags(): number {
    return (this.#raw as unknown as Known).info?.status ?? autocommitFlag
  }
}
