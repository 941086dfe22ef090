import { PassThrough } from 'node:stream'
import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { formats, type Format } from '../../src/output/choices.ts'
import { chosen, unknownFields } from '../../src/output/fields.ts'
import { writerFor } from '../../src/output/formats.ts'
import { glyphsFor } from '../../src/output/glyphs.ts'
import { Output } from '../../src/output/output.ts'
import type { Style } from '../../src/output/sheet.ts'
import { below, data, detail, heading, number, orNone, sign, text, type Row, type View } from '../../src/output/view.ts'
import { widthOf } from '../../src/output/width.ts'

const asItIs = (one: string): string => one
const style: Style = {
  colour: new Chalk({ level: 0 }),
  glyphs: glyphsFor({}, false),
  width: undefined,
  escapeControls: asItIs,
  escapeFormula: (one) => (one.startsWith('=') ? `'${one}` : one),
}

const tea: View = {
  columns: [number('id'), text('name'), detail('note'), number('price'), data('parts')],
  id: 'id',
  empty: 'No tea.',
}
const green = { id: 1, name: 'Green', note: null, price: '4.50', parts: [{ of: 'leaf' }] }
const black = { id: 12, name: '紅茶 | black', note: 'two\nlines\tand \\', price: null, parts: [] }
const order: View = {
  columns: [number('id'), text('who')],
  id: 'id',
  nested: { name: 'items', view: { columns: [number('id'), text('sku')], id: 'id' } },
}
const full = {
  id: 7,
  who: 'ada',
  items: [
    { id: 1, sku: 'TEA-1' },
    { id: 2, sku: null },
  ],
}
const empty = { id: 8, who: null, items: [] }

const list = (format: Format, view: View, ...rows: Row[]): string[] =>
  writerFor(format, false).list(view, rows, style).split('\n')
const item = (format: Format, view: View, row: Row): string[] =>
  writerFor(format, false).item(view, row, style).split('\n')

describe('vertical', () => {
  it('is a block a row, with names and values, also where a table would fit', () => {
    expect(list('vertical', tea, green, black)).toEqual([
      'id     1',
      'name   Green',
      'note   NULL',
      'price  4.50',
      '',
      'id     12',
      'name   紅茶 | black',
      'note   two\\nlines\\tand \\',
      'price  NULL',
      '',
    ])
    expect(list('vertical', tea, green)).toEqual(item('vertical', tea, green))
    expect(item('vertical', tea, green)).toEqual(item('table', tea, green))
    expect(list('vertical', tea)).toEqual([''])
  })

  it('is a block for what would be a line to copy', () => {
    expect(list('vertical', { ...tea, script: () => 'GRANT' }, green)).toEqual(list('vertical', tea, green))
  })

  it('has the list of each below it', () => {
    expect(list('vertical', order, full, empty)).toEqual([
      'id   7',
      'who  ada',
      '┌────┬───────┐',
      '│ id │ sku   │',
      '├────┼───────┤',
      '│  1 │ TEA-1 │',
      '│  2 │ NULL  │',
      '└────┴───────┘',
      '',
      'id   8',
      'who  NULL',
      '',
    ])
  })
})

describe('tsv', () => {
  it('is a head and a line a row, with escapes for what would end a cell or a line, and NULL as no text can be', () => {
    expect(list('tsv', tea, green, black)).toEqual([
      'id\tname\tnote\tprice\tparts',
      '1\tGreen\t\\N\t4.50\t[{"of":"leaf"}]',
      '12\t紅茶 | black\ttwo\\nlines\\tand \\\\\t\\N\t[]',
      '',
    ])
    expect(list('tsv', tea, { ...green, name: '\\N', note: 'NULL', price: '\r\0' })[1]).toBe(
      '1\t\\\\N\tNULL\t\\r\\0\t[{"of":"leaf"}]',
    )
    expect(list('tsv', tea)).toEqual(['id\tname\tnote\tprice\tparts', ''])
    expect(item('tsv', tea, green)).toEqual(list('tsv', tea, green))
  })

  it('is guarded like csv, but for numbers', () => {
    expect(list('tsv', tea, { ...green, name: '=1+1', price: '=1' })[1]).toBe('1\t\'=1+1\t\\N\t=1\t[{"of":"leaf"}]')
  })

  it('has a line for each thing in a list, like csv', () => {
    expect(list('tsv', order, full, empty)).toEqual([
      'id\twho\titems_id\tsku',
      '7\tada\t1\tTEA-1',
      '7\tada\t2\t\\N',
      '8\t\\N\t\\N\t\\N',
      '',
    ])
  })
})

describe('markdown', () => {
  it('is a table of GitHub: numbers to the right, NULL to be seen, wide characters in line', () => {
    expect(list('markdown', tea, green, black)).toEqual([
      '|  id | name          | price |',
      '| --: | ------------- | ----: |',
      '|   1 | Green         |  4.50 |',
      '|  12 | 紅茶 \\| black |  NULL |',
      '',
    ])
    expect(new Set(list('markdown', tea, green, black).slice(0, -1).map(widthOf)).size).toBe(1)
    expect(list('markdown', tea)).toEqual(['|  id | name | price |', '| --: | ---- | ----: |', ''])
  })

  it('is names and values for one thing, and its list below', () => {
    expect(item('markdown', tea, black)).toEqual([
      '| field | value                 |',
      '| ----- | --------------------- |',
      '| id    | 12                    |',
      '| name  | 紅茶 \\| black         |',
      '| note  | two<br>lines\\\\tand \\\\ |',
      '| price | NULL                  |',
      '',
    ])
    expect(item('markdown', order, full)).toEqual([
      '| field | value |',
      '| ----- | ----- |',
      '| id    | 7     |',
      '| who   | ada   |',
      '',
      '|  id | sku   |',
      '| --: | ----- |',
      '|   1 | TEA-1 |',
      '|   2 | NULL  |',
      '',
    ])
    expect(item('markdown', order, empty)).toHaveLength(5)
  })

  it('is one table for a list of lists, with a line for each thing in them', () => {
    expect(list('markdown', order, full, empty)).toEqual([
      '|  id | who  | items_id | sku   |',
      '| --: | ---- | -------: | ----- |',
      '|   7 | ada  |        1 | TEA-1 |',
      '|   7 | ada  |        2 | NULL  |',
      '|   8 | NULL |     NULL | NULL  |',
      '',
    ])
  })

  it.each([
    ['a*b*', 'a\\*b\\*'],
    ['snake_case', 'snake_case'],
    ['_it_', '\\_it\\_'],
    ['`code`', '\\`code\\`'],
    ['<b>&amp;</b>', '\\<b\\>\\&amp;\\</b\\>'],
    ['[x](y)', '\\[x\\](y)'],
    ['~~no~~', '\\~\\~no\\~\\~'],
    ['a\\|b', 'a\\\\\\|b'],
    ['1\r\n2\n3\r4', '1<br>2<br>3<br>4'],
    ['\u001b[2J', '\\\\u001b\\[2J'],
    ['-1', '-1'],
  ])('%j is %s', (given, escaped) => {
    expect(item('markdown', { columns: [text('t')], id: 't' }, { t: given })[2]).toBe(
      `| t     | ${escaped.padEnd(Math.max(5, escaped.length))} |`,
    )
  })

  it('has headings, what stands below, and signs as columns', () => {
    const findings: View = {
      columns: [heading('group'), sign('status', { ok: { text: '✔', colour: 'green' } }), below('fix')],
      id: 'group',
    }
    expect(list('markdown', findings, { group: 'Here', status: 'ok', fix: null })).toEqual([
      '| group | status | fix |',
      '| ----- | ------ | --- |',
      '| Here  | ✔      |     |',
      '',
    ])
  })

  it('has the word of a column for a missing value', () => {
    const link: View = { columns: [orNone(text('tls'), 'none')], id: 'tls' }
    expect(list('markdown', link, { tls: null })[2]).toBe('| none |')
    expect(item('markdown', link, { tls: null })[2]).toBe('| tls   | none  |')
  })
})

describe('fields', () => {
  it.each<[fields: string[], format: Format, output: string[]]>([
    [['price', 'id'], 'csv', ['price,id', '4.50,1', '']],
    [['note', 'parts'], 'tsv', ['note\tparts', '\\N\t[{"of":"leaf"}]', '']],
    [['parts', 'note'], 'ndjson', ['{"parts":[{"of":"leaf"}],"note":null}', '']],
    [
      ['note', 'parts'],
      'table',
      [
        '┌──────┬─────────────────┐',
        '│ note │ parts           │',
        '├──────┼─────────────────┤',
        '│ NULL │ [{"of":"leaf"}] │',
        '└──────┴─────────────────┘',
        '',
      ],
    ],
    [['parts'], 'vertical', ['parts  [{"of":"leaf"}]', '']],
    [['note'], 'markdown', ['| note |', '| ---- |', '| NULL |', '']],
  ])('%j choose what %s shows, and in what order', (fields, format, output) =>
    expect(list(format, chosen(tea, fields), green)).toEqual(output),
  )

  it.each<[fields: string[], format: Format, output: string[]]>([
    [['id'], 'csv', ['id', '7', '']],
    [['items', 'who'], 'csv', ['id,sku,who', '1,TEA-1,ada', '2,,ada', '']],
    [['id', 'items'], 'csv', ['id,items_id,sku', '7,1,TEA-1', '7,2,', '']],
    [['items.sku', 'id', 'items.id'], 'csv', ['sku,items_id,id', 'TEA-1,1,7', ',2,7', '']],
    [
      ['who', 'items', 'id'],
      'ndjson',
      ['{"who":"ada","items":[{"id":1,"sku":"TEA-1"},{"id":2,"sku":null}],"id":7}', ''],
    ],
    [['items.sku'], 'ndjson', ['{"items":[{"sku":"TEA-1"},{"sku":null}]}', '']],
    [
      ['items'],
      'vertical',
      ['┌────┬───────┐', '│ id │ sku   │', '├────┼───────┤', '│  1 │ TEA-1 │', '│  2 │ NULL  │', '└────┴───────┘', ''],
    ],
  ])('%j choose of a list inside, too: %s', (fields, format, output) =>
    expect(list(format, chosen(order, fields), full)).toEqual(output),
  )

  it('that are not there are named, with what is meant and what there is', () => {
    expect(unknownFields(tea, ['id', 'nmae', 'colour'])).toEqual([
      "names the unknown field 'nmae' (did you mean name?)",
      "names the unknown field 'colour'; the fields are id, name, note, price, parts",
    ])
    expect(unknownFields(order, ['items.skuu'])).toEqual([
      "names the unknown field 'items.skuu' (did you mean items.sku?); the fields are id, who, items, items.id, " +
        'items.sku',
    ])
    expect(() => chosen(tea, ['nmae'])).toThrow("--fields names the unknown field 'nmae'")
  })
})

describe('one field', () => {
  const bare = (format: Format, field: string, view: View, ...rows: Row[]): string =>
    writerFor(format, true).list(chosen(view, [field]), rows, style)

  it('is its values, one a line, and nested ones as JSON', () => {
    expect(bare('table', 'name', tea, green, black)).toBe('Green\n紅茶 | black\n')
    expect(bare('table', 'note', tea, green, black)).toBe('\ntwo\nlines\tand \\\n')
    expect(bare('table', 'parts', tea, green, black)).toBe('[{"of":"leaf"}]\n[]\n')
    expect(bare('table', 'items', order, full)).toBe('[{"id":1,"sku":"TEA-1"},{"id":2,"sku":null}]\n')
    expect(bare('table', 'at', { columns: [text('at')], id: 'at' }, { at: new Date('2026-11-22T10:30:00Z') })).toBe(
      '2026-11-22T10:30:00Z\n',
    )
    expect(bare('table', 'name', tea)).toBe('')
  })

  it('is an array of the values as json, the value of one thing, and a value a line as ndjson', () => {
    expect(JSON.parse(bare('json', 'note', tea, green, black))).toEqual([null, 'two\nlines\tand \\'])
    expect(bare('ndjson', 'price', tea, green, black)).toBe('"4.50"\nnull\n')
    expect(bare('json', 'name', tea)).toBe('[]\n')
    expect(writerFor('json', true).item(chosen(tea, ['parts']), green, style)).toBe(
      '[\n  {\n    "of": "leaf"\n  }\n]\n',
    )
  })
})

describe('a list piece by piece', () => {
  const streamed = async (format: Format, pieces: readonly Row[][]): Promise<string> => {
    let text = ''
    const stdout = new PassThrough().on('data', (chunk) => (text += String(chunk)))
    const out = new Output({
      stdout,
      stderr: new PassThrough(),
      env: {},
      format,
      colour: 'never',
      quiet: true,
      raw: true,
      signal: new AbortController().signal,
    })
    await out.stream(tea, async (write) => {
      for (const piece of pieces) await write(piece)
    })
    return text
  }

  it.each(formats)('is the same as at once: %s', async (format) => {
    for (const pieces of [[[green], [], [black]], [[]], []])
      expect(await streamed(format, pieces)).toBe(
        writerFor(format, false).list(tea, pieces.flat(), { ...style, escapeFormula: asItIs }),
      )
  })

  /** A thousand rows are drawn at once. */
  const window = (from: number, name = 'tea'): Row[] =>
    Array.from({ length: 1_000 }, (_, at) => ({ id: from + at, name, price: '1.00' }))

  it('as a table goes on in the same frame, and begins another one where a column must be wider', async () => {
    const lines = (await streamed('table', [window(1_000), window(2_000), window(10_000, 'Green tea')])).split('\n')
    const [narrow, wide] = [lines.slice(0, 2_004), lines.slice(2_004, -1)]
    expect(narrow.slice(0, 4)).toEqual([
      '┌──────┬──────┬───────┐',
      '│   id │ name │ price │',
      '├──────┼──────┼───────┤',
      '│ 1000 │ tea  │  1.00 │',
    ])
    expect(narrow.slice(-2)).toEqual(['│ 2999 │ tea  │  1.00 │', '└──────┴──────┴───────┘'])
    expect([wide.length, wide[1], wide.at(-1)]).toEqual([
      1_004,
      '│    id │ name      │ price │',
      '└───────┴───────────┴───────┘',
    ])
    for (const part of [narrow, wide]) expect(new Set(part.map(widthOf)).size).toBe(1)
  })

  it('as a table on a terminal becomes blocks where the rows do not fit any more', () => {
    const [short, long] = [window(1), window(1).map((row) => ({ ...row, price: '123456789.00' }))]
    const text = writerFor('table', false).list(tea, [...short, ...long], { ...style, width: 26 })
    expect(text).toMatch(/^┌─+┬─+┬─+┐\n[^]*\n└─+┴─+┴─+┘\n\nid {5}1\nname {3}tea\n[^]*\nprice {2}123456789\.00\n$/)
  })

  it('as markdown stays one table, of which a later line may be longer', async () => {
    const lines = (await streamed('markdown', [window(1_000), window(2_000, 'Green tea')])).split('\n')
    expect([lines[0], lines[1], lines[2], lines[1_002]]).toEqual([
      '|   id | name | price |',
      '| ---: | ---- | ----: |',
      '| 1000 | tea  |  1.00 |',
      '| 2000 | Green tea |  1.00 |',
    ])
    expect(lines).toHaveLength(2_003)
  })

  it('keeps a chart in scale with its largest value, wherever that is', () => {
    const view: View = { columns: [number('id')], id: 'id', chart: { column: 'id', kind: 'bars' } }
    const text = writerFor('table', false).list(view, [...window(1), ...window(1_001)], { ...style, width: 40 })
    const bars = text.split('\n').map((line) => (/█+/.exec(line)?.[0] ?? '').length)
    expect([bars.at(-3), bars.at(1_002)]).toEqual([29, 14])
  })
})
