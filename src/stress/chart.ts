/** One line of a chart; null is a gap. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

/** The x-axis of a chart. It is linear. */
export interface Axis {
  /** The quantity, such as `time`. Charts of the same quantity share the cursor and the zoom. */
  readonly name: string
  /** Ascending; one for each value of a line. */
  readonly values: readonly number[]
  readonly unit: string
  /** The names of the places, if the values are only their positions. */
  readonly labels?: readonly string[]
}

/** The measurements behind a value of the first line. */
export interface Rounds {
  readonly at: number
  readonly values: readonly number[]
}

/** A place on the x-axis that matters, with its range. */
export interface Mark {
  readonly at: number
  readonly from: number
  readonly to: number
  readonly text: string
}

/** A chart: the data from which a page draws it in the browser, and a picture without scripts. */
export interface Chart {
  readonly title: string
  /** The unit of the values, such as `ms`. */
  readonly unit: string
  readonly x: Axis
  readonly lines: readonly Line[]
  readonly rounds?: readonly Rounds[]
  readonly marks?: readonly Mark[] | undefined
}

/** The ends of the x-axis: it begins at zero, except for names. */
export function domainOf({ values, labels }: Axis): readonly [number, number] {
  return [labels === undefined ? 0 : (values[0] ?? 0), Math.max(values.at(-1) ?? 0, labels === undefined ? 0.001 : 1)]
}

/** The largest value of a chart, with its rounds. */
export const highestOf = ({ lines, rounds = [] }: Chart): number =>
  [...lines, ...rounds].reduce(
    (highest, { values }) => values.reduce<number>((most, value) => Math.max(most, value ?? 0), highest),
    0,
  )

/** The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is at least `value`. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

const mostSteps = 4

/** The marks of an axis from zero to `highest` or a little more, at round steps. Counts have no fractions. */
export function marksUpTo(highest: number, areWhole: boolean): number[] {
  const step = niceCeiling((highest || 1) / mostSteps)
  const size = areWhole && !Number.isInteger(step) ? (step < 1 ? 1 : 5) : step
  const steps = Math.max(1, Math.ceil(highest / size - 1e-9))
  return Array.from({ length: steps + 1 }, (_, count) => count * size)
}

/** A number for an axis, such as `12.5k`. */
export const shortNumber = (value: number): string =>
  value >= 10_000 ? `${Number((value / 1_000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
