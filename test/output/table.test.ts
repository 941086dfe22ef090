import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { glyphsFor } from '../../src/output/glyphs.ts'
import { itemTable, listTable } from '../../src/output/table.ts'
import { below, detail, heading, number, sentence, sign, text, type View, whole } from '../../src/output/view.ts'
import { piecesOf, shorten, widthOf, wrapped } from '../../src/output/width.ts'

const look = (width?: number, env: NodeJS.ProcessEnv = {}) => ({
  colour: new Chalk({ level: 0 }),
  glyphs: glyphsFor(env, true),
  width,
})
const view: View = {
  columns: [number('id'), text('name'), detail('hidden'), number('price'), text('created_at')],
  id: 'id',
}
const rows = [
  {
    id: 1,
    name: '緑茶 Green tea 🍵 from the slopes of a far mountain',
    hidden: 'x',
    price: '12345678.90',
    created_at: new Date('2026-11-22T10:30:00Z'),
  },
  { id: 22, name: 'e\u0301te\u0301 👩‍👩‍👧 한국어', hidden: 'y', price: '1.00', created_at: null },
]

describe('columns of a terminal', () => {
  it.each([
    ['tea', 3],
    ['緑茶', 4],
    ['🍵', 2],
    ['👩‍👩‍👧', 2],
    ['한국어', 6],
    ['e\u0301', 1],
    ['ﾊﾝｶｸ', 4],
    ['Ａ', 2],
    ['…', 1],
    ['❤️', 2],
    ['', 0],
    // Flags, half a flag, shades of skin, a flag of tags, a sequence with a variation selector.
    ['🇪🇺', 2],
    ['🇪', 1],
    ['🇪🇺🇩', 3],
    ['👍🏽', 2],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
    ['❤️‍🔥', 2],
    ['☺', 1],
    ['⌚', 2],
    // A syllable of several letters, as a terminal draws it: Thai, Devanagari, Tamil, Hangul in parts.
    ['กำ', 2],
    ['ที่', 1],
    ['क्षि', 3],
    ['தமிழ்', 4],
    ['\u1112\u1161\u11ab', 2],
    ['\u0301', 0],
    ['\u200d', 0],
    // Ambiguous ones are narrow; wide ones outside of the usual blocks.
    ['Ω①±㉈', 4],
    // Wide since Unicode 16.
    ['☰𝌆', 4],
    ['〈', 2],
    ['︐', 2],
    ['𗀀', 2],
    ['𛀀', 2],
    ['🈂', 2],
  ])('%s takes %i', (output, width) => expect(widthOf(output)).toBe(width))

  it('a text is cut between characters, never inside of one', () => {
    expect(shorten('緑茶 Green', 6)).toBe('緑茶 …')
    expect(shorten('緑茶緑茶', 4)).toBe('緑…')
    expect(shorten('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
    expect(shorten('tea', 3)).toBe('tea')
    expect(shorten('Green tea', 6, '...')).toBe('Gre...')
    expect(piecesOf('abcdefg', 3)).toEqual(['abc', 'def', 'g'])
  })
})

describe('a list', () => {
  it('has one frame, as wide as its widest cells, and leaves details out', () => {
    const lines = listTable(view, rows, look()).split('\n')
    expect(lines).toHaveLength(6)
    expect(new Set(lines.map(widthOf)).size).toBe(1)
    expect(lines.join()).not.toMatch(/hidden/)
  })

  it.each([100, 80, 70, 66])('in %i columns cuts texts, never a number or a time', (width) => {
    const table = listTable(view, rows, look(width))
    for (const line of table.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(width)
    expect(table).toContain('12,345,678.90')
    expect(table).toContain('2026-11-22 10:30:00')
    expect(table.split('\n')).toHaveLength(6)
  })

  it.each([
    ['1234567.50', '1,234,567.50'],
    ['-1234', '-1,234'],
    ['−1234.5 %', '−1,234.5 %'],
    ['1333.6 / s', '1,333.6 / s'],
    ['12345 ms', '12,345 ms'],
    ['999 ms', '999 ms'],
    ['1234 5678', '1234 5678'],
    ['2026-11-29', '2026-11-29'],
    ['12345x', '12345x'],
  ])('groups the digits of an amount, also before its unit: %s', (amount, grouped) => {
    const [, , , line] = listTable({ columns: [number('n')], id: 'n' }, [{ n: amount }], look()).split('\n')
    expect(line).toBe(`│ ${grouped} │`)
  })

  it('cuts a text before a time that is wider', () => {
    const short = [{ id: 1, name: 'Oak tray, tall', price: '1.00', created_at: new Date('2026-11-22T10:30:00Z') }]
    expect(listTable(view, short, look(49))).toMatch(/│ Oak tray,… │ +1\.00 │ 2026-11-22 10:30:00 │/)
  })

  it('omits spare columns of a narrow terminal, the first one first, before texts are hard to read', () => {
    const omitted: (readonly string[])[] = []
    const spare = ['created_at', 'price']
    const narrow = { ...view, spare, onNarrowed: (names: readonly string[]) => omitted.push(names) }
    const headOf = (width: number): string[] => listTable(narrow, rows, look(width)).split('\n')[1]!.match(/\w+/g) ?? []
    expect(headOf(80)).toEqual(['id', 'name', 'price', 'created_at'])
    expect(headOf(40)).toEqual(['id', 'name', 'price'])
    expect(headOf(22)).toEqual(['id', 'name'])
    expect(omitted).toEqual([['created_at'], ['created_at', 'price']])
    // Where even the others have no space, nothing is omitted.
    expect(listTable(narrow, rows, look(9))).toBe(listTable(view, rows, look(9)))
  })

  const settings: View = { columns: [whole('name'), whole('value'), text('note')], id: 'name' }
  const setting = {
    name: 'DB_STATEMENT_TIMEOUT',
    value: '/srv/shop-1/run/mariadb.sock',
    note: 'a note that may be cut',
  }
  it.each([
    [80, ['DB_STATEMENT_TIMEOUT'], ['/srv/shop-1/run/mariadb.sock']],
    [60, ['DB_STATEMENT_', 'TIMEOUT'], ['/srv/shop-1/run/', 'mariadb.sock']],
    [40, ['DB_', 'STATEMENT_', 'TIMEOUT'], ['/srv/shop-1/', 'run/', 'mariadb.sock']],
  ])('in %i columns never cuts what somebody types elsewhere', (width, names, values) => {
    const lines = listTable(settings, [setting], look(width)).split('\n').slice(3, -1)
    const cells = (at: number): string[] => lines.flatMap((line) => line.split('│')[at]?.trim() || [])
    expect([cells(1), cells(2)]).toEqual([names, values])
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width)
  })

  it('that cannot fit shows every row on its own', () => {
    const lines = listTable(view, rows, look(30)).split('\n')
    expect(lines[0]).toBe('id          1')
    expect(lines.filter((line) => line === '')).toHaveLength(1)
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(30)
  })
})

describe('findings', () => {
  const findings: View = {
    columns: [
      heading('group'),
      sign('status', { ok: { text: '✔', colour: 'green' } }),
      text('check'),
      sentence('found'),
      below('fix'),
    ],
    id: 'check',
  }
  const healthy = [
    { group: 'Here', status: 'ok', check: 'one', found: 'all is well', fix: null },
    { group: 'There', status: 'ok', check: 'two', found: 'here too', fix: null },
    { group: 'There', status: 'other', check: 'three', found: null, fix: null },
  ]

  it('stand below the heading of their group, with a sign for each value that has one', () => {
    expect(listTable(findings, healthy, look()).split('\n')).toEqual([
      '┌────────┬───────┬─────────────┐',
      '│ status │ check │ found       │',
      '├────────┴───────┴─────────────┤',
      '│ Here                         │',
      '│ ✔      │ one   │ all is well │',
      '├────────┴───────┴─────────────┤',
      '│ There                        │',
      '│ ✔      │ two   │ here too    │',
      '│ other  │ three │ NULL        │',
      '└────────┴───────┴─────────────┘',
    ])
  })

  it('go on below themselves where there is no room, and what mends them stands under that', () => {
    const faulty = [
      {
        group: 'Here',
        status: 'ok',
        check: 'one',
        found: 'a sentence that is longer than the table is wide',
        fix: 'run this program, and then the other one',
      },
    ]
    expect(listTable(findings, faulty, look(45)).split('\n')).toEqual([
      '┌────────┬───────┬──────────────────────────┐',
      '│ status │ check │ found                    │',
      '│        │       │ → fix                    │',
      '├────────┴───────┴──────────────────────────┤',
      '│ Here                                      │',
      '│ ✔      │ one   │ a sentence that is       │',
      '│        │       │ longer than the table is │',
      '│        │       │ wide                     │',
      '│        │       │ → run this program, and  │',
      '│        │       │   then the other one     │',
      '└────────┴───────┴──────────────────────────┘',
    ])
  })

  it('show everything of each where a sentence has no room at all', () => {
    expect(listTable(findings, healthy.slice(0, 1), look(20))).toBe(
      'group   Here\nstatus  ok\ncheck   one\nfound   all is well\nfix     NULL',
    )
  })

  it('are drawn in ASCII where a terminal knows no more', () => {
    const faulty = [
      { group: 'Here', status: 'ok', check: 'a check with a name', found: 'a sentence that goes on', fix: 'run this' },
      { group: 'Here', status: 'other', check: '…茶', found: '…', fix: null },
    ]
    expect(listTable(findings, faulty, look(47, { LANG: 'C' })).split('\n')).toEqual([
      '+--------+----------+-------------------------+',
      '| status | check    | found                   |',
      '|        |          | -> fix                  |',
      '+--------+----------+-------------------------+',
      '| Here                                        |',
      '| ok     | a che... | a sentence that goes on |',
      '|        |          | -> run this             |',
      '| other  | …茶      | ...                     |',
      '+--------+----------+-------------------------+',
    ])
  })

  it('have coloured signs', () => {
    expect(listTable(findings, healthy, { ...look(80), colour: new Chalk({ level: 1 }) })).toContain(
      '\u001b[32m✔\u001b[39m',
    )
  })

  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one two three', Infinity, ['one two three']],
    ['緑茶 緑茶', 5, ['緑茶', '緑茶']],
    ['abcdefg hi', 3, ['abc', 'def', 'g', 'hi']],
    ['ab cdefg', 3, ['ab', 'cde', 'fg']],
    ['', 3, ['']],
  ])('%j in %i columns is broken between words', (whole, width, lines) => expect(wrapped(whole, width)).toEqual(lines))
})

describe('a list of things that have lists', () => {
  const order: View = {
    columns: [number('id')],
    id: 'id',
    nested: { name: 'items', view: { columns: [text('name')], id: 'name' } },
  }

  it('is one block for each, with its own list below it', () => {
    const orders = [
      { id: 1, items: [{ name: 'tea' }, { name: 'cup' }] },
      { id: 2, items: [] },
    ]
    expect(listTable(order, orders, look())).toBe(
      ['id  1', '┌──────┐', '│ name │', '├──────┤', '│ tea  │', '│ cup  │', '└──────┘', '', 'id  2'].join('\n'),
    )
  })
})

describe('one thing', () => {
  it.each([
    ['Green tea, first harvest', ['Green tea,', 'first', 'harvest']],
    ['STRICT_ALL,NO_ZERO_DATE,ANSI', ['STRICT_ALL,', 'NO_ZERO_DAT', 'E,ANSI']],
  ])('breaks %s between its words', (name, lines) => {
    const row = { id: 1, name, hidden: null, price: '1.00', created_at: false }
    const nameLines = itemTable(view, row, look(23))
      .split('\n')
      .slice(1, lines.length + 1)
    expect(nameLines.map((line) => line.slice(12))).toEqual(lines)
  })

  it('shows details, and continues a long value below itself', () => {
    expect(
      itemTable(view, { id: 1, name: 'a'.repeat(25), hidden: null, price: '1.00', created_at: false }, look(24)),
    ).toBe(
      [
        'id          1',
        `name        ${'a'.repeat(12)}`,
        `            ${'a'.repeat(12)}`,
        '            a',
        'hidden      NULL',
        'price       1.00',
        'created_at  no',
      ].join('\n'),
    )
  })
})
