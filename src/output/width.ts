/** Takes a column for each unit: most texts, and their length is their width. */
const simple = /^[\x20-\x7e]*$/

/**
 * An emoji by itself or by its variation selector, in whatever sequence: a family, a flag, a shade of skin. Half a flag
 * is a letter.
 */
const emoji = /(?!\p{Regional_Indicator}(?!\p{Regional_Indicator}))\p{Emoji_Presentation}|\ufe0f/u

/**
 * East Asian wide and full-width characters (https://www.unicode.org/reports/tr11/). Ambiguous ones are narrow, as
 * nearly everywhere.
 */
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u

/** What combines with the character before it: marks, vowels and ends of a Hangul syllable, what nobody sees. */
const combining = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u1160-\u11ff\ud7b0-\ud7ff]/u

/** The columns that a terminal gives to a text. */
export function widthOf(text: string): number {
  if (simple.test(text)) return text.length
  return charactersOf(text).reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Cut to so many columns, the last of them an ellipsis; never inside of a character. */
export function shorten(text: string, width: number, ellipsis = '…'): string {
  if (width === Infinity || widthOf(text) <= width) return text
  return `${piecesOf(text, width - widthOf(ellipsis))[0] ?? ''}${ellipsis}`
}

/** The text in pieces of at most so many columns. */
export function piecesOf(text: string, width: number): string[] {
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

/** The text in lines of at most so many columns, broken at spaces; inside of a word only where it alone is longer. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1) ?? ''} ${word}`
    if (widthOf(longer) <= width) lines.splice(-1, 1, longer)
    else lines.push(...piecesOf(word, width))
  }
  return lines
}

let segmenter: Intl.Segmenter | undefined

/** Made for the first text that needs it: making it takes half as long as a start of Node. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter
}

function charactersOf(text: string): string[] {
  return Array.from(graphemes().segment(text), ({ segment }) => segment)
}

/**
 * What is read as one character may be drawn as several: a Thai or an Indic syllable takes the columns of its letters.
 */
function characterWidth(character: string): number {
  if (emoji.test(character)) return 2
  return Array.from(character).reduce((sum, one) => sum + (combining.test(one) ? 0 : wide.test(one) ? 2 : 1), 0)
}
