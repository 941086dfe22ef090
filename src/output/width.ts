import { eastAsianWidth } from 'get-east-asian-width'

/** Printable ASCII, as in most texts: the length is the width. */
const simple = /^[\x20-\x7e]*$/

/**
 * An emoji by default or through its variation selector, also in sequences: families, flags, skin tones. Half of a flag
 * counts as a letter.
 */
const emoji = /(?!\p{Regional_Indicator}(?!\p{Regional_Indicator}))\p{Emoji_Presentation}|\ufe0f/u

/** Characters without width: combining marks, vowels and final consonants of Hangul syllables, invisible characters. */
const combining = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]/u

/** The width of a text in columns of a terminal. */
export function widthOf(text: string): number {
  if (simple.test(text)) return text.length
  return charactersOf(text).reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Cuts a text to `width` columns including the ellipsis, never inside a character. */
export function shorten(text: string, width: number, ellipsis = '…'): string {
  if (width === Infinity || widthOf(text) <= width) return text
  return `${piecesOf(text, width - widthOf(ellipsis))[0] ?? ''}${ellipsis}`
}

/** Splits a text into pieces of at most `width` columns. */
export function piecesOf(text: string, width: number): string[] {
  // To segment a long text is slow, and most texts need it for nothing.
  if (simple.test(text) && width >= text.length) return [text]
  const pieces = ['']
  let filled = 0
  for (const character of charactersOf(text)) {
    const columns = characterWidth(character)
    if (filled + columns > width) {
      pieces.push('')
      filled = 0
    }
    pieces.push(`${pieces.pop() ?? ''}${character}`)
    filled += columns
  }
  return pieces
}

/** Wraps a text at spaces into lines of at most `width` columns; a longer word like a name, or as `longWord` says. */
export function wrapped(
  text: string,
  width: number,
  longWord: (word: string) => string[] = (word) => wrappedName(word, width),
): string[] {
  return wrappedWords(text.split(' '), width, longWord)
}

/**
 * Wraps a message between words. A command line behind a colon, as in `run: dbtool db migrate`, is not broken: people
 * copy it. Neither is a longer word, such as a path.
 */
export function wrappedMessage(text: string, width: number): string[] {
  const [before = '', ...rest] = text.split(/(?<=: )(?=(?:dbtool|npm) )/)
  const words = rest.flatMap((part, index) => {
    const end = part.search(/[;,] /)
    const isLast = index === rest.length - 1
    if (end < 0) return [isLast ? part : part.slice(0, -1)]
    return [part.slice(0, end + 1), ...part.slice(end + 2, isLast ? undefined : -1).split(' ')]
  })
  const first = rest.length === 0 ? before : before.slice(0, -1)
  return wrappedWords([...first.split(' '), ...words], width, (word) => [word])
}

function wrappedWords(words: readonly string[], width: number, longWord: (word: string) => string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`
    if (widthOf(longer) <= width) lines.splice(-1, 1, longer)
    else lines.push(...longWord(word))
  }
  return lines
}

/** Wraps a name such as `total_amount`, `stock-ledger` or `Europe/Paris` after its parts, at `width` columns. */
export const wrappedName = (name: string, width: number): string[] => wrappedParts(partsOf(name), width)

/** Wraps a list without blanks, such as `STRICT_TRANS_TABLES,NO_ZERO_DATE`, after its commas. */
export const wrappedList = (list: string, width: number): string[] =>
  wrappedParts(list.match(/[^,]+,*|,+/g) ?? [list], width)

function wrappedParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}${part}`
    if (widthOf(longer) <= width) lines.splice(-1, 1, longer)
    else lines.push(...piecesOf(part, width))
  }
  return lines
}

/** `total_`, `amount`. */
export const partsOf = (name: string): string[] => name.match(/[^_/-]+[_/-]*|[_/-]+/g) ?? [name]

let segmenter: Intl.Segmenter | undefined

/** Created for the first text that needs it: creating it takes half as long as starting Node. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter
}

function charactersOf(text: string): string[] {
  return Array.from(graphemes().segment(text), ({ segment }) => segment)
}

/** The width of a grapheme. A Thai or Indic syllable is one grapheme, but takes the columns of all its letters. */
function characterWidth(character: string): number {
  if (emoji.test(character)) return 2
  return Array.from(character).reduce((sum, point) => sum + pointWidth(point), 0)
}

/**
 * East Asian wide and full-width characters have two columns (https://www.unicode.org/reports/tr11/). Ambiguous ones
 * count as narrow, as in nearly all terminals.
 */
const pointWidth = (point: string): number => (combining.test(point) ? 0 : eastAsianWidth(point.codePointAt(0) ?? 0))
