import type { Context } from '../src/context.ts'
import { DbtoolError } from '../src/errors.ts'
import type { Blank } from '../src/prompts/ask.ts'
import type { Wishes } from '../src/shop/changes.ts'

/** A part of a thing that a flag with a value changes. */
type Told<T> = Pick<Blank<T>, 'flag' | 'message' | 'parse'>

/** A part of a thing that is so or not, and the two flags that say it. */
interface Switch {
  readonly message: string
  readonly yes: string
  readonly no: string
}

/** What of a thing can be changed, by column. */
export type Parts<W extends Wishes> = { readonly [C in keyof W]-?: boolean extends W[C] ? Switch : Told<Exclude<W[C], undefined>> }

type Part = Switch | Told<unknown>

const widestValue = 60

/** An update that wants nothing is a mistake, unless a person can be asked. */
export function assertWishes<W extends Wishes>({ ask: { person } }: Context, wishes: W, parts: Parts<W>): void {
  if (person !== undefined || !isNothing(wishes)) return
  const flags = Object.values<Part>(parts).flatMap((part) => ('flag' in part ? [part.flag] : [part.yes, part.no]))
  throw new DbtoolError('USAGE', `nothing to change: add ${flags.slice(0, -1).join(', ')} or ${flags.at(-1) ?? ''}`)
}

/** The wishes that flags gave; without any, what a person marks and types, seeing what is there `now`. Rejects with DECLINED where nothing is marked. */
export async function wishesFor<W extends Wishes>({ ask }: Context, wishes: W, parts: Parts<W>, now: () => Promise<object>): Promise<W> {
  if (ask.person === undefined || !isNothing(wishes)) return wishes
  const { shorten } = await import('../src/output/width.ts')
  const before: Record<string, unknown> = { ...(await now()) }
  const all = Object.entries<Part>(parts)
  const width = Math.max(...all.map(([, { message }]) => message.length))
  const choices = all.map(([column, part]) => ({ name: `${part.message.padEnd(width)}  ${shorten(inWords(before[column]), widestValue)}`, value: column, short: part.message }))
  const marked = await ask.person.several({ message: 'What should be different?', choices })
  if (marked.length === 0) throw new DbtoolError('DECLINED', 'nothing was changed')
  const wanted: Record<string, unknown> = {}
  for (const [column, part] of all.filter(([one]) => marked.includes(one))) {
    if ('flag' in part) Object.assign(wanted, await ask.fill({ [column]: { ...part, given: undefined } }))
    else {
      wanted[column] = before[column] !== true
      ask.person.said(wanted[column] === true ? part.yes : part.no)
    }
  }
  return wanted as W
}

const isNothing = (wishes: Wishes): boolean => Object.values(wishes).every((wish) => wish === undefined)

function inWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : '–'
}
