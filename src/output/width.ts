const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** East Asian wide and full-width characters (https://www.unicode.org/reports/tr11/), and emoji. */
const wide = /\p{Emoji_Presentation}|\ufe0f|^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u

/** The columns that a terminal gives to a text. */
export function widthOf(text: string): number {
  return charactersOf(text).reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Cut to so many columns, the last of them an ellipsis; never inside of a character. */
export function shorten(text: string, width: number): string {
  if (width === Infinity || widthOf(text) <= width) return text
  return `${piecesOf(text, width - 1)[0] ?? ''}…`
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

function charactersOf(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

/** What combines with the character before it, and stands here without one. */
const combining = /^[\p{M}\p{Default_Ignorable_Code_Point}]+$/u

function characterWidth(character: string): number {
  if (wide.test(character)) return 2
  return combining.test(character) ? 0 : 1
}
