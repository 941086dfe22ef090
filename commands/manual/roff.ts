import type { Term } from './describe.ts'

/** Escapes text for roff: a hyphen can be copied as a minus, and no text is taken for a request. */
export function roff(text: string): string {
  const escaped = text.replace(
    /[\\\-~^`'"]|[^\x00-\x7f]/gu,
    (char) => names[char] ?? `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  )
  return escaped.replace(/^(?=\.)/gm, '\\&')
}

/** The roff names of special characters. A quote at the start of a line is a request; elsewhere it is typographic. */
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

/** A heading, such as `.SH NAME` or `.SS "Connection"`. */
export const heading = (macro: 'SH' | 'SS', text: string): string => `.${macro} "${roff(text)}"`

/** A term, with its description indented below it. */
export const entry = ({ term, about }: Term): string[] => ['.TP', bold(term), roff(about)]

/** Lines without filling, such as commands. */
export const verbatim = (lines: readonly string[]): string[] => ['.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE']
