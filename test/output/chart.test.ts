import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { asciiPen as ascii, blockPen as pen, type Pen } from '../../src/output/chart.ts'
import { glyphsFor } from '../../src/output/glyphs.ts'
import { listTable } from '../../src/output/table.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { widthOf } from '../../src/output/width.ts'

describe('bars', () => {
  it.each<[number[], number, string[]]>([
    [[80, 40, 10, 1], 10, ['██████████', '█████', '█▎', '▏']],
    [[8, 7, 6, 5, 4, 3, 2, 1], 1, ['█', '▉', '▊', '▋', '▌', '▍', '▎', '▏']],
    [[1_000_000, 1, 0], 4, ['████', '▏', '']],
    [[0, 0], 10, ['', '']],
    [[5, -5], 2, ['██', '']],
    [[0.1, 0.2], 3, ['█▌', '███']],
    [[], 10, []],
  ])('of %j in %i columns', (figures, width, picture) => expect(pen.bars(figures, width)).toEqual(picture))

  it.each<[number[], number, string[]]>([[[80, 40, 10, 1, 0], 10, ['##########', '#####', '#', '#', '']]])(
    'of %j in %i columns of ASCII',
    (figures, width, picture) => expect(ascii.bars(figures, width)).toEqual(picture),
  )
})

describe('a line', () => {
  it.each<[number[], number, string[]]>([
    [[0, 2, 5, 5, 1], 6, ['│', '╰─╮', '  ╰──╮', '     │', ' ╭───╯']],
    [[10, 9, 10], 11, ['          │', '         ╭╯', '         ╰╮']],
    [[7], 3, ['  │']],
    [[0, 0], 5, ['│', '│']],
    [[], 5, []],
  ])('of %j in %i columns', (figures, width, picture) => expect(pen.line(figures, width)).toEqual(picture))

  it.each<[number[], number, string[]]>([[[0, 2, 5, 5, 1], 6, ['*', '  *', '     *', '     *', ' *']]])(
    'of %j in %i columns of ASCII',
    (figures, width, picture) => expect(ascii.line(figures, width)).toEqual(picture),
  )
})

describe('the character set', () => {
  it.each<[NodeJS.ProcessEnv, terminal: string, pipe: string]>([
    [{}, '█', '█'],
    [{ TERM: 'xterm', LANG: 'de_DE.utf8' }, '█', '█'],
    [{ LC_ALL: '', LC_CTYPE: '', LANG: 'C.UTF-8' }, '█', '█'],
    [{ LC_CTYPE: 'UTF-8', LANG: 'C' }, '█', '█'],
    [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, '#', '█'],
    [{ TERM: 'dumb', LANG: 'en_US.UTF-8' }, '#', '#'],
    [{ LANG: 'C' }, '#', '#'],
    [{ LANG: 'de_DE.ISO-8859-1' }, '#', '#'],
    [{ LC_CTYPE: 'POSIX', LANG: 'en_US.UTF-8' }, '#', '#'],
    [{ LC_ALL: 'C', LC_CTYPE: 'UTF-8', LANG: 'en_US.UTF-8' }, '#', '#'],
  ])('of %j draws %s on a terminal, and %s in a pipe', (env, terminal, pipe) => {
    expect([true, false].map((isTerminal) => glyphsFor(env, isTerminal).pen.bars([1], 1)[0])).toEqual([terminal, pipe])
  })

  it.each([true, false])('is that of everything on a terminal (%s), and of pictures alone in a pipe', (isTerminal) => {
    const { frame, ellipsis, arrow, adapt } = glyphsFor({ LANG: 'C' }, isTerminal)
    expect([frame('┌─┬─┐ │ ├─┼─┤ └─┴─┘'), ellipsis, arrow, adapt('✔ ⚠ ✖ – × …')]).toEqual(
      isTerminal
        ? ['+-+-+ | +-+-+ +-+-+', '...', '->', 'ok ! x - x ...']
        : ['┌─┬─┐ │ ├─┼─┤ └─┴─┘', '…', '→', '✔ ⚠ ✖ – × …'],
    )
  })
})

const look = (width?: number) => ({ colour: new Chalk({ level: 0 }), glyphs: glyphsFor({}, true), width })
const view = (kind: keyof Pen = 'bars'): View => ({
  columns: [number('id'), text('name'), number('sold')],
  id: 'id',
  chart: { column: 'sold', kind },
})
const rows = [
  { id: 1, name: 'Green tea from the slopes', sold: '20.00' },
  { id: 2, name: 'Cup', sold: null },
  { id: 3, name: 'Pot', sold: 10 },
]

describe('beside a table', () => {
  it('is a column of its own with its largest value, named after the figures, with nothing for NULL', () => {
    expect(listTable(view(), rows, look(57)).split('\n')).toEqual([
      '┌────┬─────────────────────────┬───────┬────────────────┐',
      '│ id │ name                    │  sold │ sold           │',
      '│    │                         │       │ 0        20.00 │',
      '├────┼─────────────────────────┼───────┼────────────────┤',
      '│  1 │ Green tea from the slo… │ 20.00 │ ██████████████ │',
      '│  2 │ Cup                     │  NULL │                │',
      '│  3 │ Pot                     │    10 │ ███████        │',
      '└────┴─────────────────────────┴───────┴────────────────┘',
    ])
  })

  it.each([200, 100, 57, 56, 50, 38, 34])('in %i columns fills them, and texts give way to its narrowest', (width) => {
    const lines = listTable(view(), rows, look(width)).split('\n')
    expect(lines.map(widthOf)).toEqual(lines.map(() => width))
    expect(lines[4]).toMatch(/█{10,} │$/)
  })

  it.each([33, 30])('in %i columns has no room, and there is the table without it', (width) => {
    const { chart, ...plain } = view()
    expect(chart).toBeDefined()
    expect(listTable(view(), rows, look(width))).toBe(listTable(plain, rows, look(width)))
  })

  it('has forty columns where nobody knows how many there are', () => {
    expect(listTable(view(), rows, look())).toContain(`│ ${'█'.repeat(40)} │`)
    expect(listTable(view('line'), rows, look())).toContain(`│ ╭${'─'.repeat(38)}╯ │`)
  })

  it('has a colour of its own', () => {
    expect(listTable(view(), rows, { ...look(57), colour: new Chalk({ level: 1 }) })).toContain(
      '\u001b[36m███████\u001b[39m',
    )
  })
})
