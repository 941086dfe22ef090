import type { Help } from 'commander'
import { blocks, helpWidth, type Entry } from './kit/help.ts'

/** A page of the help that belongs to no command. */
export interface Topic {
  readonly about: string
  readonly text: string
  readonly groups: readonly (readonly [heading: string, entries: readonly Entry[]])[]
  /** Command lines; a test parses each. */
  readonly examples: readonly string[]
}

/** As wide as the terminal. */
export function topicPage({ about, text, groups, examples }: Topic, helper: Help): string {
  const wrapped = helper.boxWrap(text, helper.helpWidth ?? helpWidth)
  return [
    about,
    '',
    wrapped,
    ...blocks(groups, helper),
    '',
    'Examples:',
    ...examples.map((line) => `  $ ${line}`),
    '',
  ].join('\n')
}
