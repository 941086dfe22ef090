import { asciiPen, blockPen, type Pen } from './chart.ts'

/** The characters that dbtool draws with. Texts from the database stay unchanged. */
export interface Glyphs {
  readonly isAscii: boolean
  readonly pen: Pen
  readonly ellipsis: string
  readonly arrow: string
  /** Converts a frame of box-drawing characters. */
  readonly frame: (drawn: string) => string
  /** Groups the digits of an amount by thousands, on a terminal only. */
  readonly grouped: (amount: string) => string
  /** Converts one of dbtool's own texts or signs. */
  readonly adapt: (text: string) => string
}

const unchanged = (text: string): string => text

/** `1234567.50` as `1,234,567.50`, also before a unit; other texts stay as they are. */
function byThousands(amount: string): string {
  const [, sign = '', whole, fraction = '', unit = ''] = /^([-−+]?)(\d{4,})(\.\d+)?( \D.*)?$/.exec(amount) ?? []
  return whole === undefined ? amount : `${sign}${inThrees(whole)}${fraction}${unit}`
}

function inThrees(digits: string): string {
  const groups: string[] = []
  for (let end = digits.length; end > 0; end -= 3) groups.unshift(digits.slice(Math.max(end - 3, 0), end))
  return groups.join(',')
}

const unicode: Glyphs = {
  isAscii: false,
  pen: blockPen,
  ellipsis: '…',
  arrow: '→',
  frame: unchanged,
  grouped: unchanged,
  adapt: unchanged,
}

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
  grouped: unchanged,
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
  if (isTerminal) return { ...(needsAscii ? ascii : unicode), grouped: byThousands }
  return needsAscii ? { ...unicode, pen: asciiPen } : unicode
}
