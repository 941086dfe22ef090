import { asciiPen, blockPen, type Pen } from './chart.ts'

/** The characters that dbtool draws with. Texts from the database stay unchanged. */
export interface Glyphs {
  readonly isAscii: boolean
  readonly pen: Pen
  readonly ellipsis: string
  readonly arrow: string
  /** Converts a frame of box-drawing characters. */
  readonly frame: (drawn: string) => string
  /** Converts one of dbtool's own texts or signs. */
  readonly adapt: (text: string) => string
}

const unchanged = (text: string): string => text

const unicode: Glyphs = { isAscii: false, pen: blockPen, ellipsis: '…', arrow: '→', frame: unchanged, adapt: unchanged }

const substitutes: Readonly<Record<string, string>> = {
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
  adapt: (text) => text.replace(/[…→–×✔⚠✖]/g, (character) => substitutes[character] ?? character),
}

/**
 * The glyphs for a stream. Dumb terminals, locales with a character set other than UTF-8, and the Linux console (its
 * font has few of these characters) get ASCII. Without a locale, UTF-8 is assumed. In a pipe, only charts depend on
 * this.
 */
export function glyphsFor({ TERM, LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv, isTerminal: boolean): Glyphs {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? 'UTF-8'
  const needsAscii = TERM === 'dumb' || (isTerminal && TERM === 'linux') || !/utf-?8/i.test(locale)
  if (!needsAscii) return unicode
  return isTerminal ? ascii : { ...unicode, pen: asciiPen }
}
