import { DatabaseError, type ConnectionIdentity } from '../../db/failures.ts'
import { killLostStatement } from '../../db/connection/kill.ts'
import type { Queries } from '../../db/queries.ts'
import { withRetries } from '../../db/retry.ts'
import { ruleOf } from '../../db/retry-table.ts'
import { DbtoolError, type ErrorCode } from '../../errors.ts'

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
  /** True for an answer that says that nothing was applied. */
  readonly isRefusal?: (answer: A) => boolean
  /**
   * Makes certain that no attempt so far is applied later. Rejects with DUPLICATE if one of them was applied. Without
   * it, the outcome is unknown when a lost attempt cannot be ended.
   */
  readonly refuse?: () => Promise<void>
  readonly unknown: UnknownOutcomeInfo
  /** Lost connections of an earlier command, which may have applied the operation. */
  readonly earlier?: readonly ConnectionIdentity[] | undefined
  /**
   * Whether attempts of which nobody here knows may be applied later, or were applied on another server. `maybeApplied`
   * is true if an attempt of this call may have been.
   */
  readonly mayBeElsewhere?: (maybeApplied: boolean) => Promise<boolean>
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
 * before retrying: otherwise the first attempt could still commit after a refusal. An attempt that cannot be killed,
 * because a proxy has moved on to another server, is refused instead. Rejects with the refusal once it is certain that
 * nothing was applied, or with OutcomeUnknown.
 */
export async function resolveOutcome<A extends object>(
  queries: Queries,
  operation: RecoverableOperation<A>,
): Promise<ResolvedOutcome<A>> {
  const { execute, isRefusal, unknown, earlier = [], mayBeElsewhere } = operation
  const lost = [...earlier]
  let maybeApplied = earlier.length > 0
  let running = false
  const outcomeUnknown = (cause: unknown): OutcomeUnknown => new OutcomeUnknown(unknown, [...lost], cause)
  const mustRefuse = async (): Promise<boolean> => lost.length > 0 || (await mayBeElsewhere?.(maybeApplied)) === true
  const attempt = async (): Promise<A | Refusal> => {
    running = true
    try {
      await killAll(queries, lost)
      const answer = await execute()
      if (isRefusal?.(answer) !== true || !(await mustRefuse())) return answer
      return (await refuseAll(queries, operation, lost)) ?? answer
    } catch (error) {
      const rule = ruleOf(error)
      const connection = error instanceof DatabaseError ? error.lost : undefined
      if (connection !== undefined) lost.push(connection)
      // A connection that was lost while opening has not received a statement.
      maybeApplied ||= rule.order === 'unknown' && (connection !== undefined || !isLostConnection(error))
      if (rule.again !== 'no' || rule.transaction === 'not begun' || !(error instanceof DbtoolError)) throw error
      const isElsewhere = verdicts.has(error.code) && (await mustRefuse())
      if (!maybeApplied && !isElsewhere && rule.order === 'not placed') return { refusal: error }
      return (
        (await finalOutcome(queries, operation, { lost, isElsewhere }).catch((cause: unknown) => {
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

/** The errors of a shop that refuses the operation, and not of a server that could not run it. */
const verdicts: ReadonlySet<ErrorCode> = new Set(['MISSING_REFERENCE', 'CONSTRAINT'])

const isLostConnection = (error: unknown): boolean => error instanceof DbtoolError && error.code === 'CONNECTION_LOST'

/** Kills the statement of each lost connection, and removes from `lost` those that have ended. */
async function killAll(queries: Queries, lost: ConnectionIdentity[]): Promise<void> {
  for (const one of [...lost]) if (await killLostStatement(queries, one)) lost.splice(lost.indexOf(one), 1)
}

type Recovery<A> = Pick<RecoverableOperation<A>, 'lookup' | 'refuse' | 'unknown'>

interface OtherAttempts {
  /** The connections whose statements could not be killed. */
  readonly lost: ConnectionIdentity[]
  readonly isElsewhere?: boolean
}

/** Resolves to the result of the operation, undefined if it was not applied and no other attempt will be. */
async function finalOutcome<A>(
  queries: Queries,
  operation: Recovery<A>,
  { lost, isElsewhere = false }: OtherAttempts,
): Promise<A | undefined> {
  const answer = await found(queries, operation.lookup)
  return answer !== undefined || (lost.length === 0 && !isElsewhere) ? answer : refuseAll(queries, operation, lost)
}

/** Refuses the attempts that could not be killed. Resolves to the result if one of them was applied before. */
async function refuseAll<A>(
  queries: Queries,
  { lookup, refuse, unknown }: Recovery<A>,
  lost: ConnectionIdentity[],
): Promise<A | undefined> {
  if (refuse === undefined) throw new OutcomeUnknown(unknown, [...lost], undefined)
  try {
    await refuse()
  } catch (error) {
    if (!(error instanceof DbtoolError) || error.code !== 'DUPLICATE') throw error
    const answer = await found(queries, lookup)
    if (answer !== undefined) return answer
    throw new DbtoolError('DEADLOCK', 'another attempt was applied and reverted meanwhile', { cause: error })
  }
  lost.length = 0
  return undefined
}

async function found<A>(queries: Queries, lookup: Recovery<A>['lookup']): Promise<A | undefined> {
  // After a block was stopped, this connection would still see its uncommitted changes.
  await queries.execute('ROLLBACK')
  return lookup()
}

/**
 * After `error` interrupted an operation: resolves to its result, undefined if it was not applied. Rejects with
 * OutcomeUnknown while that cannot be determined.
 */
export async function resolved<A>(queries: Queries, operation: Recovery<A>, error: unknown): Promise<A | undefined> {
  const lost = error instanceof OutcomeUnknown ? [...error.lost] : []
  try {
    await killAll(queries, lost)
    return await finalOutcome(queries, operation, { lost })
  } catch (cause) {
    throw new OutcomeUnknown(operation.unknown, lost, cause)
  }
}
