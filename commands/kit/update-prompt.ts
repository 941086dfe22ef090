import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import { data, type View } from '../../src/output/view.ts'
import type { PromptField } from '../../src/prompts/ask.ts'
import type { Updated, Patch } from '../../src/shop/changes.ts'

/** A part of a thing that a flag with a value changes. */
interface ColumnPrompt<T> extends Pick<PromptField<T>, 'flag' | 'message' | 'parse' | 'check'> {
  /** An empty answer takes it away. */
  readonly canBeNone?: boolean
}

/** A part of a thing that is so or not, and the two flags that say it. */
interface Switch {
  readonly message: string
  readonly yes: string
  readonly no: string
}

/** How each column that can be changed is asked for. */
export type Parts<W extends Patch> = {
  readonly [C in keyof W]-?: boolean extends W[C] ? Switch : ColumnPrompt<Exclude<W[C], undefined>>
}

type Part = Switch | ColumnPrompt<unknown>

interface Wanted<W> {
  readonly patch: W
  /** The id of what was shown, where somebody was asked: by then its name may be another's. */
  readonly seen?: number
}

interface Question<W extends Patch> {
  /** Called only where somebody is asked. */
  readonly parts: () => Parts<W> | Promise<Parts<W>>
  readonly now: () => Promise<{ readonly id: number }>
}

const widestValue = 60

/**
 * An update that wants nothing is a mistake, unless a person can be asked; `flags` are those that it could have had.
 */
export function assertPatch({ ask: { interactive } }: Context, patch: Patch, flags: string): void {
  if (interactive === undefined && isNothing(patch))
    throw new DbtoolError('USAGE', `nothing to change: add ${flags}`, { hint: 'or run it on a terminal to be asked' })
}

/**
 * The wishes that flags gave; without any, what a person marks and types, seeing what is there `now`. Rejects with
 * DECLINED where nothing is marked.
 */
export async function patchFor<W extends Patch>(
  { ask, io }: Context,
  patch: W,
  { parts, now }: Question<W>,
): Promise<Wanted<W>> {
  if (ask.interactive === undefined || !isNothing(patch)) return { patch }
  const [{ glyphsFor }, { shorten }] = await Promise.all([
    import('../../src/output/glyphs.ts'),
    import('../../src/output/width.ts'),
  ])
  const { ellipsis } = glyphsFor(io.env, true)
  const thing = await now()
  const before: Record<string, unknown> = { ...thing }
  const all = Object.entries<Part>(await parts())
  const width = Math.max(...all.map(([, { message }]) => message.length))
  const is = (column: string): string => shorten(inWords(before[column]), widestValue, ellipsis)
  const choices = all.map(([column, part]) => ({
    name: `${part.message.padEnd(width)}  ${is(column)}`,
    value: column,
    short: part.message,
  }))
  const marked = await ask.interactive.several({ message: 'What should be different?', choices })
  if (marked.length === 0) throw new DbtoolError('DECLINED', 'nothing was changed')
  const wanted: Record<string, unknown> = {}
  for (const [column, part] of all.filter(([one]) => marked.includes(one))) {
    if ('flag' in part)
      Object.assign(wanted, await ask.resolve({ [column]: promptFor(part, before[column], is(column)) }))
    else {
      wanted[column] = before[column] !== true
      ask.interactive.recordAnswer(wanted[column] === true ? part.yes : part.no)
    }
  }
  return { patch: wanted as W, seen: thing.id }
}

const isNothing = (patch: Patch): boolean => Object.values(patch).every((value) => value === undefined)

function promptFor(
  { flag, message, parse: rule, check, canBeNone = false }: ColumnPrompt<unknown>,
  now: unknown,
  is: string,
): PromptField<unknown> {
  const notes = [...(now === null ? [] : [`now ${is}`]), ...(canBeNone ? ['empty: none'] : [])]
  const parse = (text: string): unknown => (canBeNone && text === '' ? null : rule(text))
  return {
    given: undefined,
    flag,
    parse,
    message: notes.length === 0 ? message : `${message} (${notes.join('; ')})`,
    // What it has already is nobody else's.
    check: async (text) => (parse(text) === now ? undefined : check?.(text)),
  }
}

function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : 'NULL'
}

interface UpdateMessage {
  /** As a person calls the thing. */
  readonly name: string
  readonly dryRun: boolean
}

/** The thing, and how many rows changed. */
export function updatedView(view: View): View {
  return { ...view, columns: [...view.columns, data('rows_changed')] }
}

/** Shows the thing as it is now, and how many rows changed: for a person on stderr, for a program as a column. */
export function showUpdated(
  ctx: Context,
  view: View,
  { thing, rowsChanged, changes }: Updated<object>,
  { name, dryRun }: UpdateMessage,
): void {
  ctx.out.item(updatedView(view), { ...thing, rows_changed: rowsChanged })
  if (rowsChanged === 0) ctx.out.note(`nothing to change: ${name} is like that already`)
  else ctx.out.success(dryRun ? `1 row would be changed: ${changes}; nothing was changed` : `1 row changed: ${changes}`)
}
