import type { Term } from './describe.ts'

/** Text for roff, so that a hyphen can be copied as the minus it is, and nothing in it is a request. */
export function roff(text: string): string {
  const escaped = text.replace(
    /[\\\-~^`'"]|[^\x00-\x7f]/gu,
    (one) => names[one] ?? `\\[u${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  )
  return escaped.replace(/^(?=\.)/gm, '\\&')
}

/** In roff, a quote at the beginning of a line is a request, and elsewhere the quotes are typographic ones. */
const names: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '~': '\\(ti',
  '^': '\\(ha',
  '`': '\\(ga',
  "'": '\\(aq',
  '"': '\\(dq',
}

export const bold = (text: string): string => `\\fB${roff(text)}\\fR`

/** A heading: `.SH NAME`, `.SS "Where to connect"`. */
export const heading = (macro: 'SH' | 'SS', text: string): string => `.${macro} "${roff(text)}"`

/** A word, and what it means, indented below it. */
export const entry = ({ term, about }: Term): string[] => ['.TP', bold(term), roff(about)]

/** Lines as they are. */
export const verbatim = (lines: readonly string[]): string[] => ['.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE']
