import { DatabaseError, type ConnectionIdentity } from '../../db/failures.ts'
import { killLostStatement } from '../../db/connection/kill.ts'
import type { Queries } from '../../db/queries.ts'
import { withRetries } from '../../db/retry.ts'
import { ruleOf } from '../../db/retry-table.ts'
import { DbtoolError } from '../../errors.ts'

/** The message for an unknown outcome, and the hint how to determine it later. */
export interface UnknownOutcomeInfo {
  readonly message: string
  readonly hint: string
  readonly hintInCode?: string
}

/**
 * The outcome could not be determined. `lost` are the connections on which the server may still be running the
 * operation.
 */
export class OutcomeUnknown extends DbtoolError {
  constructor(
    { message, hint, hintInCode }: UnknownOutcomeInfo,
    readonly lost: readonly ConnectionIdentity[],
    cause: unknown,
  ) {
    super('OUTCOME_UNKNOWN', message, { cause, hint, hintInCode })
  }
}

/**
 * An operation that is one statement with its own COMMIT. When its answer is lost, `lookup` determines whether it was
 * applied.
 */
export interface RecoverableOperation<A> {
  /** Runs the operation. Once it has been applied, a further attempt finds its result. */
  readonly execute: () => Promise<A>
  /**
   * Resolves to the result of the operation, undefined if it was not applied. Waits for changes that are written but
   * not yet committed.
   */
  readonly lookup: () => Promise<A | undefined>
  readonly unknown: UnknownOutcomeInfo
}

export interface ResolvedOutcome<A> {
  readonly answer: A
  /** Whether an earlier attempt may have applied the operation. */
  readonly maybeApplied: boolean
}

interface Refusal {
  readonly refusal: unknown
}

/**
 * Runs the operation until its outcome is known. After losing a connection, it kills the statement of that connection
 * before retrying: otherwise the first attempt could still commit after a refusal. Rejects with the refusal once it is
 * certain that nothing was applied, or with OutcomeUnknown.
 */
export async function resolveOutcome<A extends object>(
  queries: Queries,
  { execute, lookup, unknown }: RecoverableOperation<A>,
): Promise<ResolvedOutcome<A>> {
  const lost: ConnectionIdentity[] = []
  let maybeApplied = false
  let running = false
  const outcomeUnknown = (cause: unknown): OutcomeUnknown => new OutcomeUnknown(unknown, [...lost], cause)
  const attempt = async (): Promise<A | Refusal> => {
    running = true
    try {
      await killAll(queries, lost)
      return await execute()
    } catch (error) {
      const rule = ruleOf(error)
      const connection = error instanceof DatabaseError ? error.lost : undefined
      if (connection !== undefined) lost.push(connection)
      // A connection that was lost while opening has not received a statement.
      maybeApplied ||= rule.order === 'unknown' && (connection !== undefined || !isLostConnection(error))
      if (rule.again !== 'no' || rule.transaction === 'not begun' || !(error instanceof DbtoolError)) throw error
      if (!maybeApplied && rule.order === 'not placed') return { refusal: error }
      return (
        (await found(queries, lookup).catch((cause: unknown) => {
          throw outcomeUnknown(cause)
        })) ?? { refusal: error }
      )
    } finally {
      running = false
    }
  }
  const giveUp = (cause: unknown): unknown => (maybeApplied || running ? outcomeUnknown(cause) : cause)
  const answer = await withRetries(attempt, { ...queries.retryOptions, kind: 'repeatable', giveUp })
  if ('refusal' in answer) throw answer.refusal
  return { answer, maybeApplied }
}

const isLostConnection = (error: unknown): boolean => error instanceof DbtoolError && error.code === 'CONNECTION_LOST'

/** Kills the statement of each lost connection, and removes from `lost` those that are finished. */
async function killAll(queries: Queries, lost: ConnectionIdentity[]): Promise<void> {
  for (let [first] = lost; first !== undefined; [first] = lost) {
    await killLostStatement(queries, first)
    lost.shift()
  }
}

async function found<A>(queries: Queries, lookup: RecoverableOperation<A>['lookup']): Promise<A | undefined> {
  // After a block was stopped, this connection would still see its uncommitted changes.
  await queries.execute('ROLLBACK')
  return lookup()
}

/**
 * After `error` interrupted an operation: resolves to its result, undefined if it was not applied. Rejects with
 * OutcomeUnknown while that cannot be determined.
 */
export async function resolved<A>(
  queries: Queries,
  { lookup, unknown }: Omit<RecoverableOperation<A>, 'execute'>,
  error: unknown,
): Promise<A | undefined> {
  const lost = error instanceof OutcomeUnknown ? [...error.lost] : []
  try {
    await killAll(queries, lost)
    return await found(queries, lookup)
  } catch (cause) {
    throw new OutcomeUnknown(unknown, lost, cause)
  }
}
