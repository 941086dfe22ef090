import { DatabaseError } from '../failures.ts'
import { isConnectionLoss, ruleOf } from '../retry-table.ts'
import type { DriverConnection } from './driver.ts'

const inTransactionFlag = 1
const autocommitFlag = 2
/** The answer says that the session has changed: a variable, the current database, or a temporary table. */
const sessionChangedFlag = 1 << 14
/** The answer mentions its variables, which have their old values again. */
const forOneStatement = /^\s*SET\s+STATEMENT\b/i
const changesNoSession =
  /^\s*(?:SET\s+STATEMENT|SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|DO|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/i

/** Locks that outlast their statement. The answer does not mention them. */
const takesLocks =
  /^\s*(?:LOCK\s+TABLES?\s|FLUSH\s[^;]*\b(?:READ\s+LOCK|FOR\s+EXPORT)|BACKUP\s+(?:STAGE|LOCK)\b|HANDLER\s)/i
const takesNamedLock = (sql: string): boolean => sql.includes('GET_LOCK(') || sql.includes('get_lock(')

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

  /** After a success. `isAlone` is false if other statements were sent meanwhile. */
  succeeded(sql: string, { keepsSession, isAlone }: { keepsSession: boolean; isAlone: boolean }): void {
    this.#transaction = 'known'
    const isMarked = (this.flags & sessionChangedFlag) !== 0
    // An answer that comes together with another one hides its flags.
    const mayHaveChanged = !isAlone && !changesNoSession.test(sql)
    if (isMarked || mayHaveChanged) {
      if (!keepsDatabase.test(sql)) this.#databases += 1
      this.nameDatabase()
    }
    if (keepsSession) return
    const answered = isMarked && !forOneStatement.test(sql)
    const changed = answered || takesLocks.test(sql) || takesNamedLock(sql)
    this.#isChanged ||= changed || mayHaveChanged
  }

  failed(error: Error): void {
    const ended = error instanceof DatabaseError && !isConnectionLoss(error) && ruleOf(error).transaction === 'ended'
    this.#transaction = ended || this.#transaction === 'ended' ? 'ended' : 'unknown'
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
