/** Draws figures, each in a line of its own of at most `width` columns, to the scale of the largest. */
export type Draw = (figures: readonly number[], width: number) => string[]

export interface Pen {
  readonly bars: Draw
  /** One line that runs down: in each row it goes from the figure above to its own. */
  readonly line: Draw
}

/** Of a character, in eighths. */
const parts = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

const boxes: Pen = {
  bars: (figures, width) => lengths(figures, width * parts.length).map((length) => `${'█'.repeat(Math.floor(length / parts.length))}${parts[length % parts.length] ?? ''}`),
  line: (figures, width) => lengths(figures, width - 1).map((place, row, all) => turn(all[row - 1] ?? place, place)),
}

const ascii: Pen = {
  bars: (figures, width) => lengths(figures, width).map((length) => '#'.repeat(length)),
  line: (figures, width) => lengths(figures, width - 1).map((place) => `${' '.repeat(place)}*`),
}

/** For a terminal that is dumb, or whose locale has a character set other than UTF-8. Where none is said, tables need UTF-8 too. */
export function penFor({ TERM, LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Pen {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== undefined && one !== '') ?? 'UTF-8'
  return TERM === 'dumb' || !/utf-?8/i.test(locale) ? ascii : boxes
}

/** Nothing for zero and less, and at least one for everything else. */
function lengths(figures: readonly number[], longest: number): number[] {
  const largest = figures.reduce((most, figure) => Math.max(most, figure), 0)
  return figures.map((figure) => (figure <= 0 ? 0 : Math.max(1, Math.round((figure / largest) * longest))))
}

function turn(from: number, to: number): string {
  const across = '─'.repeat(Math.max(0, Math.abs(to - from) - 1))
  const [start, end] = to > from ? ['╰', '╮'] : ['╭', '╯']
  return `${' '.repeat(Math.min(from, to))}${from === to ? '│' : `${start}${across}${end}`}`
}
