import { DatabaseError, type ConnectionIdentity } from '../../db/failures.ts'
import { endAtServer } from '../../db/connection/kill.ts'
import type { Queries } from '../../db/queries.ts'
import { persistently } from '../../db/retry.ts'
import { ruleOf } from '../../db/retry-table.ts'
import { DbtoolError } from '../../errors.ts'

/** What nobody could find out, and how it can be found out later. */
export interface UnknownOutcomeInfo {
  readonly message: string
  readonly hint: string
}

/**
 * Nobody could be asked what became of it; `lost` are the connections on which the server may still be at work for it.
 */
export class OutcomeUnknown extends DbtoolError {
  constructor(
    { message, hint }: UnknownOutcomeInfo,
    readonly lost: readonly ConnectionIdentity[],
    cause: unknown,
  ) {
    super('OUTCOME_UNKNOWN', message, { cause, hint })
  }
}

/**
 * A change that is one statement with its own COMMIT: when its answer is lost, somebody has to find out whether it took
 * place.
 */
export interface RecoverableOperation<A> {
  /** Asked again after it was done, it finds that. */
  readonly execute: () => Promise<A>
  /** What became of it, undefined when nothing did. Waits for what has been written and is not yet committed. */
  readonly lookup: () => Promise<A | undefined>
  readonly unknown: UnknownOutcomeInfo
}

export interface ResolvedOutcome<A> {
  readonly answer: A
  /** An earlier attempt may have done it. */
  readonly maybeApplied: boolean
}

interface Refusal {
  readonly refusal: unknown
}

/**
 * Asks until the answer is certain. After a loss, what the server still does for us is ended before it is asked again:
 * a refusal
 * must not be followed by what was under way. Rejects with the refusal once it is certain that nothing was done, or
 * with
 * OutcomeUnknown.
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
      await endAll(queries, lost)
      return await execute()
    } catch (error) {
      const rule = ruleOf(error)
      const connection = error instanceof DatabaseError ? error.lost : undefined
      if (connection !== undefined) lost.push(connection)
      // One that was lost while it was being opened had not been asked for anything yet.
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
  const answer = await persistently(attempt, { ...queries.persistence, kind: 'repeatable', giveUp })
  if ('refusal' in answer) throw answer.refusal
  return { answer, maybeApplied }
}

const isLostConnection = (error: unknown): boolean => error instanceof DbtoolError && error.code === 'CONNECTION_LOST'

/** Takes those that are over out of `lost`. */
async function endAll(queries: Queries, lost: ConnectionIdentity[]): Promise<void> {
  for (let [first] = lost; first !== undefined; [first] = lost) {
    await endAtServer(queries, first)
    lost.shift()
  }
}

async function found<A>(queries: Queries, lookup: RecoverableOperation<A>['lookup']): Promise<A | undefined> {
  // Where a block was stopped, this connection would still see what it has not committed.
  await queries.execute('ROLLBACK')
  return lookup()
}

/** For whoever was interrupted by `error`: what became of it, once it is certain. Rejects with OutcomeUnknown. */
export async function resolved<A>(
  queries: Queries,
  { lookup, unknown }: Omit<RecoverableOperation<A>, 'execute'>,
  error: unknown,
): Promise<A | undefined> {
  const lost = error instanceof OutcomeUnknown ? [...error.lost] : []
  try {
    await endAll(queries, lost)
    return await found(queries, lookup)
  } catch (cause) {
    throw new OutcomeUnknown(unknown, lost, cause)
  }
}
