// @ts-check
// The script of a report page. It draws the charts with uPlot in place of their pictures, and copies the command line.
// It uses nothing but the page: the Content-Security-Policy forbids every request.

/** @typedef {import('../chart.ts').Chart} Chart */
/** @typedef {import('uplot')} Plot */

/** @type {typeof import('uplot')} */
const Uplot = Reflect.get(globalThis, 'uPlot')

const height = 230
const font = '12px system-ui, sans-serif'
/** The rows for the texts of marks, above the lines; a text without a free place is omitted. */
const markRows = 3
const colours = ['--a', '--b', '--c', '--d', '--e', '--f']
/** As in the pictures (svg-chart.ts). */
const dashes = [[], [6, 3], [2, 3], [10, 3, 2, 3], [10, 4], [1, 3]]

/** The value of a colour of the page, in its present scheme. @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** @template T @param {readonly T[]} values @param {number} index @returns {T} */
const nth = (values, index) => /** @type {T} */ (values[index % values.length])

/** @param {number} value */
const shortNumber = (value) =>
  value >= 10_000 ? `${Number((value / 1_000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))

/** @param {number | null | undefined} value @param {string} unit */
const withUnit = (value, unit) => (value === null || value === undefined ? '–' : `${shortNumber(value)} ${unit}`.trim())

/** A place on the x-axis in words; empty between the places of names. @param {Chart['x']} axis @param {number} value */
function placeText({ values, unit, labels }, value) {
  if (labels !== undefined) return labels[values.indexOf(value)] ?? ''
  return values.every(Number.isInteger) && !Number.isInteger(value) ? '' : withUnit(value, unit)
}

/** The names that have room, always with the first one. @param {Plot} plot @param {Chart['x']} axis */
function splitsOf(plot, { values }) {
  const { min = 0, max = 1 } = plot.scales['x'] ?? {}
  const visible = values.filter((value) => value >= min && value <= max)
  const each = Math.max(1, Math.ceil((visible.length * 52) / Math.max(1, plot.width - 70)))
  return visible.filter((_, index) => index % each === 0)
}

/** @param {Chart} chart @param {number} width @returns {import('uplot').Options} */
function optionsOf(chart, width) {
  const { unit, x, lines, rounds = [] } = chart
  const [first, last] = [x.values[0] ?? 0, x.values.at(-1) ?? 0]
  const begin = x.labels === undefined ? 0 : first
  const highest = Math.max(0, ...rounds.flatMap(({ values }) => values))
  const room = rounds.length === 0 ? 1 : 1.02
  // The texts of marks stand above the lines.
  const headroom = chart.marks === undefined ? 1.06 : 1.08 + 0.12 * Math.min(chart.marks.length, markRows)
  const axis = {
    font,
    stroke: () => colour('--quiet'),
    grid: { stroke: () => colour('--grid'), width: 1 },
    ticks: { stroke: () => colour('--grid'), width: 1, size: 4 },
  }
  return {
    width,
    height,
    padding: [12, 14, 0, 4],
    scales: {
      x: {
        time: false,
        // The points of rounds at the last size need room.
        range: (_plot, min, max) =>
          min === first && max === last ? [begin, begin + Math.max((max - begin) * room, 0.001)] : [min, max],
      },
      y: { range: (_plot, _min, max) => [0, Math.max(max, highest) * headroom || 1] },
    },
    series: [
      { label: x.name, value: (_plot, value) => (value === null ? '–' : placeText(x, value)) },
      ...lines.map(({ name }, index) => ({
        label: name,
        stroke: () => colour(nth(colours, index)),
        width: 2,
        dash: nth(dashes, index),
        points: { show: x.values.length <= 16 && rounds.length === 0, size: 5 },
        value: (/** @type {Plot} */ _plot, /** @type {number | null} */ value) => withUnit(value, unit),
      })),
    ],
    axes: [
      {
        ...axis,
        size: 30,
        space: 60,
        values: (_plot, splits) => splits.map((value) => placeText(x, value)),
        ...(x.labels === undefined ? {} : { splits: (/** @type {Plot} */ plot) => splitsOf(plot, x) }),
      },
      {
        ...axis,
        size: (_plot, values) => 18 + 7 * Math.max(0, ...(values ?? []).map((value) => String(value).length)),
        values: (_plot, splits) => splits.map(shortNumber),
      },
    ],
    cursor: { sync: { key: x.name, setSeries: false }, drag: { x: true, y: false }, y: false },
    legend: { markers: { width: 2 } },
    hooks: {
      drawClear: [(plot) => shadeRanges(plot, chart)],
      draw: [(plot) => drawRounds(plot, chart), (plot) => drawMarks(plot, chart)],
    },
  }
}

/** Draws on the canvas of a chart, within its axes. @param {Plot} plot @param {(scale: number) => void} draw */
function within({ ctx, bbox }, draw) {
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  draw(devicePixelRatio)
  ctx.restore()
}

/** @param {Plot} plot @param {Chart} chart */
function shadeRanges(plot, { marks = [] }) {
  within(plot, () => {
    for (const mark of marks) {
      const [from, to] = [plot.valToPos(mark.from, 'x', true), plot.valToPos(mark.to, 'x', true)]
      plot.ctx.fillStyle = colour('--shade')
      plot.ctx.fillRect(from, plot.bbox.top, to - from, plot.bbox.height)
    }
  })
}

/** @param {Plot} plot @param {Chart} chart */
function drawRounds(plot, { rounds = [] }) {
  const { ctx } = plot
  within(plot, (scale) => {
    ctx.strokeStyle = ctx.fillStyle = colour('--a')
    ctx.lineWidth = scale
    for (const { at, values } of rounds) {
      const x = plot.valToPos(at, 'x', true)
      const heights = values.map((value) => plot.valToPos(value, 'y', true))
      ctx.beginPath()
      ctx.moveTo(x, Math.min(...heights))
      ctx.lineTo(x, Math.max(...heights))
      ctx.stroke()
      for (const y of heights) {
        ctx.beginPath()
        ctx.arc(x, y, 2.5 * scale, 0, 2 * Math.PI)
        ctx.fill()
      }
    }
  })
}

/** @param {Plot} plot @param {Chart} chart */
function drawMarks(plot, { marks = [] }) {
  const { ctx, bbox } = plot
  within(plot, (scale) => {
    ctx.strokeStyle = ctx.fillStyle = colour('--ink')
    ctx.lineWidth = scale
    ctx.setLineDash([4 * scale, 3 * scale])
    ctx.font = font.replace('12px', `${12 * scale}px`)
    ctx.textBaseline = 'top'
    const free = Array.from({ length: markRows }, () => -Infinity)
    for (const mark of marks) {
      const x = plot.valToPos(mark.at, 'x', true)
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      const isLeft = x < bbox.left + bbox.width / 2
      const { width } = ctx.measureText(mark.text)
      // Beside its line if there is room, otherwise within the chart.
      const left = isLeft
        ? Math.min(x + 6 * scale, bbox.left + bbox.width - width)
        : Math.max(x - 6 * scale - width, bbox.left)
      const row = free.findIndex((end) => end <= left)
      if (row < 0) continue
      free[row] = left + width + 6 * scale
      ctx.textAlign = 'left'
      ctx.fillText(mark.text, left, bbox.top + (3 + 15 * row) * scale)
    }
  })
}

/** Draws the chart of a figure in place of its picture. Returns a function that removes it. */
/** @param {HTMLElement} figure @param {Chart} chart @returns {() => void} */
function draw(figure, chart) {
  const place = document.createElement('div')
  place.className = 'plot'
  figure.append(place)
  figure.classList.add('drawn')
  const lines = chart.lines.map(({ values }) => [...values])
  const plot = new Uplot(optionsOf(chart, figure.clientWidth), [[...chart.x.values], ...lines], place)
  const resized = new ResizeObserver(() => {
    if (figure.clientWidth !== plot.width) plot.setSize({ width: figure.clientWidth, height })
  })
  resized.observe(figure)
  return () => {
    resized.disconnect()
    plot.destroy()
    place.remove()
    figure.classList.remove('drawn')
  }
}

function drawAll() {
  /** @type {Chart[]} */
  const charts = JSON.parse(document.getElementById('charts')?.textContent ?? '[]')
  const figures = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('figure.chart'))
  const removals = charts.flatMap((chart, index) => {
    const figure = figures[index]
    return figure === undefined ? [] : [draw(figure, chart)]
  })
  return () => removals.forEach((remove) => remove())
}

/** @param {HTMLElement} source @param {HTMLButtonElement} button */
async function copy(source, button) {
  const name = button.textContent
  try {
    await navigator.clipboard.writeText(source.textContent ?? '')
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = name), 2_000)
  } catch {
    // Some browsers give a local file no clipboard: the text is selected for the keyboard.
    getSelection()?.selectAllChildren(source)
    button.textContent = 'Press Ctrl+C'
  }
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('button.copy'))) {
  const source = document.getElementById(button.dataset['copies'] ?? '')
  if (source === null) continue
  button.hidden = false
  button.addEventListener('click', () => void copy(source, button))
}

let removeAll = drawAll()
// The keys in the legend have the colours of the scheme in which they were made.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  removeAll()
  removeAll = drawAll()
})
for (const hint of document.querySelectorAll('.hint')) hint.removeAttribute('hidden')
