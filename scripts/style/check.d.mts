export type Rule = 'subject' | 'word' | 'length' | 'flag' | 'name' | 'width'
export type Kind = 'comment' | 'text' | 'flag' | 'prose'

export interface Hit {
  readonly file: string
  readonly line: number
  readonly rule: Rule
  /** The sentence, the name, or the line. */
  readonly text: string
  readonly instead: string
}

export interface Exception {
  readonly rule: string
  readonly text: string
  readonly file?: RegExp
  readonly why: string
}

export interface Sentence {
  readonly kind: Kind
  readonly line: number
  readonly text: string
}

export const rules: Readonly<Record<Rule, string>>
export const mostOfFlag: number
export function filesOf(root: string, paths?: readonly string[]): string[]
export function check(
  root: string,
  files: readonly string[],
): { hits: Hit[]; unused: Exception[]; read: Record<Kind, number> }
export function judge(file: string, source: string): { sentences: Sentence[]; hits: Hit[] }
export function lineOf(hit: Hit): string
