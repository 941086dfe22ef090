import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { data, type View } from '../../src/output/view.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import type { Updated, Patch } from '../../src/shop/changes.ts'

/** The prompt for a column that a flag with a value changes. */
interface ColumnPrompt<T> extends Pick<PromptField<T>, 'flag' | 'message' | 'parse' | 'check'> {
  /** An empty answer clears the value. */
  readonly canBeNone?: boolean
}

/** The prompt for a yes-or-no column, and the two flags that set it. */
interface Switch {
  readonly message: string
  readonly yes: string
  readonly no: string
}

/** The prompts of all columns that a verb can change. */
export type ColumnPrompts<W extends Patch> = {
  readonly [C in keyof W]-?: boolean extends W[C] ? Switch : ColumnPrompt<Exclude<W[C], undefined>>
}

interface PromptedPatch<W> {
  readonly patch: W
  /** The id of the row that was shown, if the user was asked: meanwhile its name may belong to another row. */
  readonly seen?: number
}

interface PatchQuestion<W extends Patch> {
  /** Called only if the user is asked. */
  readonly prompts: () => ColumnPrompts<W> | Promise<ColumnPrompts<W>>
  /** Resolves to the row as it is now. */
  readonly current: () => Promise<{ readonly id: number }>
}

const widestValue = 60

/**
 * Rejects an empty update, unless the user can be asked. `flags` lists the flags for the error message.
 *
 * @throws DbtoolError USAGE if there is nothing to change.
 */
export function assertPatch({ ask: { interactive } }: Context, patch: Patch, flags: string): void {
  if (interactive === undefined && isNothing(patch))
    throw new DbtoolError('USAGE', `nothing to change: add ${flags}`, { hint: 'or run it on a terminal to be asked' })
}

/**
 * Resolves to the changes that the flags gave. Without flags, at a terminal, the user selects columns and types new
 * values beside the current ones. Rejects with DECLINED if no column is selected.
 */
export async function patchFor<W extends Patch>(
  { ask, io }: Context,
  patch: W,
  { prompts, current }: PatchQuestion<W>,
): Promise<PromptedPatch<W>> {
  if (ask.interactive === undefined || !isNothing(patch)) return { patch }
  const [{ glyphsFor }, { shorten }] = await Promise.all([
    import('../../src/output/glyphs.ts'),
    import('../../src/output/width.ts'),
  ])
  const { ellipsis } = glyphsFor(io.env, true)
  const row = await current()
  const before: Record<string, unknown> = { ...row }
  const columns = Object.entries<Switch | ColumnPrompt<unknown>>(await prompts())
  const width = Math.max(...columns.map(([, { message }]) => message.length))
  const textOf = (column: string): string => shorten(displayText(before[column]), widestValue, ellipsis)
  const choices = columns.map(([column, { message }]) => ({
    name: `${message.padEnd(width)}  ${textOf(column)}`,
    value: column,
    short: message,
  }))
  const selected = await ask.interactive.several({ message: 'What should change?', choices })
  if (selected.length === 0) throw new DbtoolError('DECLINED', 'nothing was changed')
  const changes: Record<string, unknown> = {}
  for (const [column, prompt] of columns.filter(([name]) => selected.includes(name))) {
    if ('flag' in prompt)
      Object.assign(changes, await ask.resolve({ [column]: promptFor(prompt, before[column], textOf(column)) }))
    else {
      changes[column] = before[column] !== true
      ask.interactive.recordAnswer(changes[column] === true ? prompt.yes : prompt.no)
    }
  }
  return { patch: changes as W, seen: row.id }
}

const isNothing = (patch: Patch): boolean => Object.values(patch).every((value) => value === undefined)

function promptFor(
  { flag, message, parse: rule, check, canBeNone = false }: ColumnPrompt<unknown>,
  current: unknown,
  currentText: string,
): PromptField<unknown> {
  const notes = [...(current === null ? [] : [`now ${currentText}`]), ...(canBeNone ? ['empty: none'] : [])]
  const parse = (text: string): unknown => (canBeNone && text === '' ? null : rule(text))
  return {
    given: undefined,
    flag,
    parse,
    message: notes.length === 0 ? message : `${message} (${notes.join('; ')})`,
    // The current value is in use by this row itself, so it needs no check.
    check: async (text) => (parse(text) === current ? undefined : check?.(text)),
  }
}

function displayText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : 'NULL'
}

interface UpdateMessage {
  /** The name of the row in messages. */
  readonly name: string
  readonly dryRun: boolean
}

/** The columns of the row, and the number of changed rows. */
export function updatedView(view: View): View {
  return { ...view, columns: [...view.columns, data('rows_changed')] }
}

/** Shows the row after the update. The number of changed rows is a message on stderr, and a column for programs. */
export function showUpdated(
  ctx: Context,
  view: View,
  { thing, rowsChanged, changes }: Updated<object>,
  { name, dryRun }: UpdateMessage,
): void {
  ctx.out.item(updatedView(view), { ...thing, rows_changed: rowsChanged })
  if (rowsChanged === 0) ctx.out.note(`nothing to change: ${name} has these values already`)
  else ctx.out.success(dryRun ? `1 row would be changed: ${changes}; nothing was changed` : `1 row changed: ${changes}`)
}
