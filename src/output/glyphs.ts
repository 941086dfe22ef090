import { asciiPen, blockPen, type Pen } from './chart.ts'

/** What we draw with. Texts of others are not touched. */
export interface Glyphs {
  readonly isAscii: boolean
  readonly pen: Pen
  readonly ellipsis: string
  readonly arrow: string
  /** A frame, as it is drawn with box characters. */
  readonly frame: (drawn: string) => string
  /** A sentence or a sign of ours. */
  readonly ours: (text: string) => string
}

const asItIs = (text: string): string => text

const unicode: Glyphs = { isAscii: false, pen: blockPen, ellipsis: '…', arrow: '→', frame: asItIs, ours: asItIs }

const words: Readonly<Record<string, string>> = {
  '…': '...',
  '→': '->',
  '–': '-',
  '×': 'x',
  '✔': 'ok',
  '⚠': '!',
  '✖': 'x',
}

const ascii: Glyphs = {
  isAscii: true,
  pen: asciiPen,
  ellipsis: '...',
  arrow: '->',
  frame: (drawn) =>
    drawn
      .replaceAll('│', '|')
      .replaceAll('─', '-')
      .replace(/[┌┬┐├┼┤└┴┘]/g, '+'),
  ours: (text) => text.replace(/[…→–×✔⚠✖]/g, (character) => words[character] ?? character),
}

/**
 * ASCII for a terminal that is dumb, is the console of Linux, whose font has few of these characters, or has a locale
 * with another
 * character set than UTF-8; one that says nothing counts as UTF-8. In a pipe only pictures depend on it.
 */
export function glyphsFor({ TERM, LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv, isTerminal: boolean): Glyphs {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== undefined && one !== '') ?? 'UTF-8'
  const poor = TERM === 'dumb' || (isTerminal && TERM === 'linux') || !/utf-?8/i.test(locale)
  if (!poor) return unicode
  return isTerminal ? ascii : { ...unicode, pen: asciiPen }
}
