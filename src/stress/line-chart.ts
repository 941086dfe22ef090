/** One line of a picture; null is a gap. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
}

export interface LineChart {
  readonly title: string
  /** Of the values, as in `ms`. */
  readonly unit: string
  /** What the places from left to right are called: as many as there are values. */
  readonly places: readonly string[]
  readonly lines: readonly Line[]
}

const [width, height] = [640, 220]
const edge = { left: 56, right: 12, top: 34, bottom: 26 }
const marks = 4
/** With more places only the first, one in the middle and the last are named. */
const mostNamed = 12
/** Told apart also without colour. */
const dashes = ['', '6 3', '2 3']

/** A picture in SVG that takes its colours from the page: `.line0` to `.line2`, `.grid`, `.quiet`. */
export function lineChart({ title, unit, places, lines }: LineChart): string {
  const top = niceCeiling(Math.max(0, ...lines.flatMap(({ values }) => values.flatMap((value) => value ?? []))))
  const x = (index: number): number =>
    edge.left + (places.length < 2 ? 0 : (index / (places.length - 1)) * (width - edge.left - edge.right))
  const y = (value: number): number => height - edge.bottom - (value / top) * (height - edge.top - edge.bottom)
  const grid = Array.from({ length: marks + 1 }, (_, mark) => (top * mark) / marks).map(
    (value) =>
      `<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}"/><text class="quiet" x="${edge.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${short(value)}</text>`,
  )
  const named =
    places.length <= mostNamed ? Array.from(places.keys()) : [0, Math.floor((places.length - 1) / 2), places.length - 1]
  const axis = named.map(
    (index) =>
      `<text class="quiet" x="${x(index).toFixed(1)}" y="${height - 8}" text-anchor="${index === 0 ? 'start' : index === places.length - 1 ? 'end' : 'middle'}">${escaped(places[index] ?? '')}</text>`,
  )
  const drawn = lines.map(
    ({ values }, index) =>
      `<path class="line${index % dashes.length}" stroke-dasharray="${dashes[index % dashes.length] ?? ''}" d="${pathOf(values, x, y)}"/>`,
  )
  return `<figure><figcaption>${escaped(title)}${legend(lines)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}"><text class="quiet" x="${edge.left - 6}" y="18" text-anchor="end">${escaped(unit)}</text>
${[...grid, ...axis, ...drawn].join('\n')}
</svg></figure>`
}

function legend(lines: readonly Line[]): string {
  if (lines.length < 2) return ''
  const entries = lines.map(
    ({ name }, index) =>
      `<span><svg class="key" viewBox="0 0 24 8"><path class="line${index % dashes.length}" stroke-dasharray="${dashes[index % dashes.length] ?? ''}" d="M0 4H24"/></svg> ${escaped(name)}</span>`,
  )
  return ` ${entries.join(' ')}`
}

function pathOf(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false
  return values
    .map((value, index) => {
      const step = value === null ? '' : `${drawing ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
      drawing = value !== null
      return step
    })
    .join('')
}

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power
}

const short = (value: number): string =>
  value >= 10_000 ? `${Number((value / 1_000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
