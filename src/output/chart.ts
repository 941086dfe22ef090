/** Draws each value as one line of at most `width` columns, scaled to the largest value. */
export type Draw = (values: readonly number[], width: number) => string[]

export interface Pen {
  readonly bars: Draw
  /** A vertical line chart: each row connects the value above with its own value. */
  readonly line: Draw
}

/** Parts of a full block, in eighths of a column. */
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

export const blockPen: Pen = {
  bars: (values, width) =>
    lengths(values, width * eighths.length).map(
      (length) => `${'█'.repeat(Math.floor(length / eighths.length))}${eighths[length % eighths.length] ?? ''}`,
    ),
  line: (values, width) => lengths(values, width - 1).map((place, row, all) => turn(all[row - 1] ?? place, place)),
}

export const asciiPen: Pen = {
  bars: (values, width) => lengths(values, width).map((length) => '#'.repeat(length)),
  line: (values, width) => lengths(values, width - 1).map((place) => `${' '.repeat(place)}*`),
}

/** The lengths of the values: 0 for zero and negative values, at least 1 for all others. */
function lengths(values: readonly number[], longest: number): number[] {
  const largest = values.reduce((most, value) => Math.max(most, value), 0)
  return values.map((value) => (value <= 0 ? 0 : Math.max(1, Math.round((value / largest) * longest))))
}

function turn(from: number, to: number): string {
  const across = '─'.repeat(Math.max(0, Math.abs(to - from) - 1))
  const [start, end] = to > from ? ['╰', '╮'] : ['╭', '╯']
  return `${' '.repeat(Math.min(from, to))}${from === to ? '│' : `${start}${across}${end}`}`
}
