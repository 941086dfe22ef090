// Draws docs/terminal.svg from a real run (`npm run picture`). Needs a build and MariaDB; works in a temporary home.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const home = mkdtempSync(join(tmpdir(), 'dbtool-picture-'))
const env = { ...process.env, DBTOOL_HOME: home, DB_NAME: 'dbtool_demo', FORCE_COLOR: '1', CI: '1' }

const commandLines = [
  ['orders', 'place', '--user', 'ada', '--item', 'TEA-1:2', '--item', 'LAMP-RED:1'],
  ['orders', 'place', '--user', 'ada', '--item', 'TEA-1:2', '--item', 'POT-1:1'],
  ['report', 'top-products', '--limit', '3'],
]

function dbtool(args, options = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'dbtool.cjs'), ...args], {
    env,
    encoding: 'utf8',
    ...options,
  })
  return { status, text: `${stdout}${stderr}`.trimEnd() }
}

const lineHeight = 18
const charWidth = 8.4
const colours = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341' }

/** Converts a line with ANSI colours to SVG text. */
function drawLine(line, row) {
  let style = ''
  let column = 0
  const spans = line.split(/(\u001b\[\d+m)/).flatMap((part, index) => {
    if (index % 2 === 1) {
      style = styleOf(Number(part.slice(2, -1)), style)
      return []
    }
    const x = 16 + column * charWidth
    column += [...part].length
    return part === ''
      ? []
      : [`<tspan x="${x.toFixed(1)}" ${style}>${part.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</tspan>`]
  })
  return `<text y="${48 + row * lineHeight}" xml:space="preserve">${spans.join('')}</text>`
}

function styleOf(code, before) {
  if (code === 1) return 'font-weight="bold"'
  if (code === 2) return 'opacity="0.6"'
  if (colours[code] !== undefined) return `fill="${colours[code]}"`
  return [0, 22, 39].includes(code) ? '' : before
}

try {
  const story = dbtool(['demo'])
  if (story.status !== 0) throw new Error(story.text)
  dbtool(['server', 'start'])
  const lines = commandLines.flatMap((args) => [
    `\u001b[32m$\u001b[39m dbtool ${args.join(' ')}`,
    ...dbtool(args).text.split('\n'),
    '',
  ])
  dbtool(['server', 'stop'])
  const columns = Math.max(...lines.map((line) => line.replace(/\u001b\[\d+m/g, '').length))
  const width = Math.ceil(columns * charWidth + 32)
  const height = 48 + lines.length * lineHeight
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f']
    .map((fill, index) => `<circle cx="${20 + index * 18}" cy="18" r="6" fill="${fill}"/>`)
    .join('')
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="dbtool in a terminal">
<rect width="100%" height="100%" rx="8" fill="#161b22"/>${dots}
<g font-family="${font}" font-size="14" fill="#e6edf3">
${lines.map(drawLine).join('\n')}
</g></svg>\n`
  writeFileSync(join(root, 'docs', 'terminal.svg'), svg)
} finally {
  rmSync(home, { recursive: true, force: true })
}
