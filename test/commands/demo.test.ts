import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { nextSteps } from '../../commands/demo.ts'
import type { Io } from '../../src/context/context.ts'
import { Output } from '../../src/output/output.ts'
import { serverStatus } from '../../src/server/status.ts'
import { temporaryHome } from '../server/temporary-home.ts'
import { terminal } from '../support/terminal.ts'

const [columns, rows] = [80, 24]

/** The lines that stay on the screen: a line of progress is erased by the next one. */
const linesOf = (raw: string): string[] =>
  raw.split('\r\n').map((line) => stripVTControlCharacters(line.split('\u001B[2K').at(-1) ?? ''))

it.each([
  [80, '  dbtool db migrate                                   create your own shop'],
  [60, '  dbtool db migrate\n    create your own shop\n'],
])('the next steps at %i columns', (width, step) => {
  let text = ''
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: width })
  stderr.on('data', (chunk) => (text += String(chunk)))
  const io = { stdout: stderr, stderr, env: {}, signal: new AbortController().signal }
  const options = { colour: 'never', quiet: false, raw: false, format: undefined } as const
  nextSteps({ out: new Output({ ...io, ...options }), io: io as unknown as Io })
  expect(text).toContain(step)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width)
})

it('the demo tells its story on a small terminal, and leaves its server running', async () => {
  const paths = temporaryHome()
  const tty = terminal(['demo'], '', { columns, rows, env: { DBTOOL_HOME: paths.home, DB_PASSWORD: '' } })
  expect(await tty.ended(), tty.screen).toBe(0)
  const lines = linesOf(tty.raw)
  expect(lines.filter((line) => line.length > columns)).toEqual([])

  // A sentence continues on the next line at a word.
  const text = lines.join(' ').replace(/ +/g, ' ')
  for (const sentence of [
    'A rush: 40 orders at once over all connections of the pool, with only 12 red lamps in stock',
    '✔ 12 orders were placed; the other 28 were rejected, as expected: out of stock',
    '✔ all invariants hold',
  ])
    expect(text).toContain(sentence)
  // Such a line would work on another database than the tour.
  expect(text).not.toContain('next: dbtool')

  // The line of the shell's prompt comes after it.
  const lastScreen = lines.slice(-rows).join('\n')
  for (const words of ['Which products sell best?', '$ dbtool report top-products', 'Next steps', 'dbtool server stop'])
    expect(lastScreen).toContain(words)
  expect(await serverStatus(paths)).toMatchObject({ running: true })
})
