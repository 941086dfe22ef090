import type { Context } from '../../src/context/context.ts'
import { allText } from '../../src/context/stdin.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Patch } from '../../src/shop/changes.ts'
import { outcomeView } from './views.ts'

/** The result of one thing of many. */
export interface Outcome {
  readonly item: string
  /** Such as `shipped`; `failed`; or `not tried` after an error that stops everything. */
  readonly outcome: string
  readonly error: string | null
  readonly message: string | null
}

/** Resolves to the names on the command line, or on standard input for `-`, each once. Rejects with USAGE. */
export async function namesOf(ctx: Context, given: readonly string[]): Promise<string[]> {
  if (!given.includes('-')) return [...new Set(given)]
  if (given.length > 1) throw new DbtoolError('USAGE', '- reads all names from standard input, so it stands alone')
  const lines = (await allText(ctx.io.stdin)).split('\n').map((line) => line.trim())
  return [...new Set(lines.filter((line) => line !== ''))]
}

/**
 * Rejects an update of many things that changes nothing, or gives all of them a value that must be unique. `unique`
 * has the flags of such columns.
 * @throws DbtoolError USAGE
 */
export function assertForMany(
  patch: Patch,
  { names, unique }: { readonly names: string; readonly unique: Readonly<Record<string, string>> },
): void {
  const changed = Object.entries(patch).filter(([, value]) => value !== undefined)
  if (changed.length === 0) throw new DbtoolError('USAGE', `nothing to change: add ${names}`)
  const flag = changed.flatMap(([column, value]) => (value === null ? [] : (unique[column] ?? [])))[0]
  if (flag !== undefined) throw new DbtoolError('USAGE', `${flag} is unique, so it cannot be the same for several`)
}

export interface BulkWork<T> {
  readonly items: readonly T[]
  readonly nameOf: (item: T) => string
  /** Changes one thing in its own transaction, and resolves to its outcome and a message about it. */
  readonly change: (item: T) => Promise<{ readonly outcome: string; readonly message?: string }>
  /** `1000 orders`. */
  readonly counted: (count: number) => string
  /** Such as `shipped`. */
  readonly done: string
  readonly dryRun: boolean
}

/** Exit codes of errors about one thing; any other error would meet the next thing too. */
const ofOneThing: ReadonlySet<number> = new Set([5, 6, 9])

/**
 * Changes one thing after another, and writes a table of outcomes. An error about one thing does not stop the others:
 * the command then ends with PARTLY_DONE. Any other error, or an interrupt, leaves the rest not tried.
 */
export async function changeEach<T>(ctx: Context, work: BulkWork<T>): Promise<void> {
  const outcomes: Outcome[] = []
  const stopped = await attemptAll(ctx, work, outcomes)
  const rest = work.items.slice(outcomes.length).map((item) => untried(work.nameOf(item)))
  ctx.out.outcomes(outcomeView, [...outcomes, ...rest])
  const failed = outcomes.filter(({ error }) => error !== null).length
  const done = work.counted(outcomes.length - failed)
  if (outcomes.length > failed)
    ctx.out.success(work.dryRun ? `${done} would be ${work.done}; nothing was changed` : `${done} ${work.done}`)
  if (stopped !== undefined) throw stoppedAfter(stopped, work, outcomes.length)
  if (failed > 0)
    throw new DbtoolError('PARTLY_DONE', `${failed} of ${work.counted(work.items.length)} could not be ${work.done}`, {
      hint: failed < outcomes.length ? 'the reason is beside each; the others are done' : 'the reason is beside each',
    })
}

/** Appends the outcomes, and resolves to the error that stopped the work, if any. */
async function attemptAll<T>(ctx: Context, work: BulkWork<T>, outcomes: Outcome[]): Promise<unknown> {
  const { items, nameOf, change } = work
  const progress = ctx.out.progress()
  for (const item of items) {
    if (ctx.io.signal.aborted) return new DbtoolError('INTERRUPTED', 'interrupted')
    progress.show(() => `${outcomes.length} of ${work.counted(items.length)} …`)
    try {
      const { outcome, message = null } = await change(item)
      outcomes.push({ item: nameOf(item), outcome, error: null, message })
    } catch (error) {
      if (!(error instanceof DbtoolError) || !ofOneThing.has(error.exitCode)) return error
      outcomes.push({ item: nameOf(item), outcome: 'failed', error: error.code, message: error.message })
    }
  }
  return undefined
}

const untried = (item: string): Outcome => ({ item, outcome: 'not tried', error: null, message: null })

function stoppedAfter<T>(error: unknown, { items, counted }: BulkWork<T>, count: number): unknown {
  if (!(error instanceof DbtoolError)) return error
  return new DbtoolError(error.code, `${error.message}; ${count} of ${counted(items.length)} were tried`, {
    cause: error,
    hint: error.hint,
  })
}
