/** Draws figures, each in a line of its own of at most `width` columns, to the scale of the largest. */
export type Draw = (values: readonly number[], width: number) => string[]

export interface Pen {
  readonly bars: Draw
  /** One line that runs down: in each row it goes from the figure above to its own. */
  readonly line: Draw
}

/** Of a character, in eighths. */
const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

export const blockPen: Pen = {
  bars: (values, width) =>
    lengths(values, width * parts.length).map(
      (length) => `${'█'.repeat(Math.floor(length / parts.length))}${parts[length % parts.length] ?? ''}`,
    ),
  line: (values, width) => lengths(values, width - 1).map((place, row, all) => turn(all[row - 1] ?? place, place)),
}

export const asciiPen: Pen = {
  bars: (values, width) => lengths(values, width).map((length) => '#'.repeat(length)),
  line: (values, width) => lengths(values, width - 1).map((place) => `${' '.repeat(place)}*`),
}

/** Nothing for zero and less, and at least one for everything else. */
function lengths(values: readonly number[], longest: number): number[] {
  const largest = values.reduce((most, figure) => Math.max(most, figure), 0)
  return values.map((figure) => (figure <= 0 ? 0 : Math.max(1, Math.round((figure / largest) * longest))))
}

function turn(from: number, to: number): string {
  const across = '─'.repeat(Math.max(0, Math.abs(to - from) - 1))
  const [start, end] = to > from ? ['╰', '╮'] : ['╭', '╯']
  return `${' '.repeat(Math.min(from, to))}${from === to ? '│' : `${start}${across}${end}`}`
}
