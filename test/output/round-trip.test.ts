import { PassThrough } from 'node:stream'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/output/choices.ts'
import { escapeFormula, unescapeFormula } from '../../src/csv-injection.ts'
import { Output } from '../../src/output/output.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { widthOf } from '../../src/output/width.ts'
import { readAll, scratch } from '../files/fixture.ts'
import { anyText, nasty, treacherous } from '../support/nasty.ts'

const view: View = { columns: [text('name'), number('price'), text('note')], id: 'name' }
const file = scratch()

interface Row {
  readonly name: string
  readonly price: string
  readonly note: string | null
}

const rowsOf = (texts: readonly string[]): Row[] =>
  texts.map((name, index) => ({ name, price: '-4.50', note: index % 3 === 0 ? null : name }))
const lists = fc.array(anyText, { minLength: 1, maxLength: 12 }).map(rowsOf)
const all = rowsOf(nasty)

/** What is written to a pipe, or on a terminal, all at once or piece by piece. */
async function written(
  rows: readonly Row[],
  format: Format,
  { raw = false, terminal = false, pieces = false } = {},
): Promise<string> {
  const chunks: Buffer[] = []
  const stdout = Object.assign(new PassThrough(), terminal ? { isTTY: true, columns: 80 } : {}).on(
    'data',
    (chunk: Buffer) => chunks.push(chunk),
  )
  const out = new Output({
    stdout,
    stderr: new PassThrough(),
    env: {},
    format,
    colour: 'never',
    quiet: true,
    raw,
    signal: new AbortController().signal,
  })
  if (pieces) {
    await out.stream(view, async (write) => {
      for (let at = 0; at < rows.length; at += 5) await write(rows.slice(at, at + 5))
    })
  } else out.list(view, rows)
  return Buffer.concat(chunks).toString('utf8')
}

/** As a program of somebody else reads it. */
const byLibrary = (csv: string): string[][] => parse(csv, { record_delimiter: '\n' })

/** As LOAD DATA reads a cell. */
function fromTsv(cell: string): string | null {
  const meaning: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', 0: '\0' }
  return cell === '\\N' ? null : cell.replace(/\\([^])/g, (_all, letter: string) => meaning[letter] ?? letter)
}

async function check(property: (rows: Row[]) => Promise<void>, numRuns = 75): Promise<void> {
  await property(all)
  await fc.assert(fc.asyncProperty(lists, property), { numRuns })
}

describe.each([{ pieces: false }, { pieces: true }])('what is written to a pipe, in pieces: $pieces', ({ pieces }) => {
  it.each(['json', 'ndjson'] as const)('is the same text again as %s', (format) =>
    check(async (rows) => {
      const json = await written(rows, format, { pieces })
      expect(
        format === 'json'
          ? JSON.parse(json)
          : json
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as unknown),
      ).toEqual(rows)
      expect(json.replaceAll('\n', '')).not.toMatch(treacherous)
    }),
  )

  it('is the same text again as csv --raw', () =>
    check(async (rows) => {
      expect(byLibrary(await written(rows, 'csv', { pieces, raw: true })).slice(1)).toEqual(
        rows.map(({ name, price, note }) => [name, price, note ?? '']),
      )
    }))

  it('is the same text again as csv, but for the quotes before what a spreadsheet would run; numbers have none', () =>
    check(async (rows) => {
      const cells = byLibrary(await written(rows, 'csv', { pieces })).slice(1)
      expect(cells.map(([, price]) => price)).toEqual(rows.map(({ price }) => price))
      const texts = cells.flatMap(([name = '', , note = '']) => [name, note])
      expect(texts.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([])
      expect(texts.map(unescapeFormula)).toEqual(rows.flatMap(({ name, note }) => [name, note ?? '']))
    }))

  it.each([false, true])('is the same text again as tsv, a line a row, and NULL no text; with --raw: %s', (raw) =>
    check(async (rows) => {
      const lines = (await written(rows, 'tsv', { pieces, raw })).split('\n')
      expect(lines).toHaveLength(rows.length + 2)
      const cells = lines.slice(1, -1).map((line) => line.split('\t').map(fromTsv))
      const wanted = (text: string): string => (raw ? text : escapeFormula(text))
      expect(cells).toEqual(
        rows.map(({ name, price, note }) => [wanted(name), price, note === null ? null : wanted(note)]),
      )
    }),
  )

  it.each(['csv', 'tsv', 'ndjson', 'json'] as const)(
    'is the same text again for our own reader as %s, with --raw on both sides or on none',
    (format) =>
      check(async (rows) => {
        // No CSV file holds a NUL, and a cell is trimmed before it is read.
        const readable = format === 'csv' ? rows.filter(({ name }) => !name.includes('\0')) : rows
        for (const raw of [false, true]) {
          const path = file(`rows.${format}`, await written(readable, format, { pieces, raw }))
          const records = await readAll(path, { raw, fields: { required: ['name', 'price'], optional: ['note'] } })
          expect(records.map(({ fault }) => fault)).toEqual(readable.map(() => undefined))
          const texts = ({ name, note }: Record<string, string | null | undefined>): string[] =>
            [name, note].map((text) => (text ?? '').trim())
          expect(records.map(({ values }) => texts(values))).toEqual(readable.map((row) => texts({ ...row })))
        }
      }),
  )

  it('is every id as it is, and their number', () =>
    check(async (rows) => {
      expect(await written(rows, 'ids', { pieces })).toBe(rows.map(({ name }) => `${name}\n`).join(''))
      expect(await written(rows, 'count', { pieces })).toBe(`${rows.length}\n`)
    }))
})

it.each(['csv', 'tsv', 'vertical', 'markdown', 'ids'] as const)(
  '%s on a terminal shows what would move, colour or reverse it',
  (format) =>
    check(async (rows) => {
      for (const raw of [false, true]) {
        const output = await written(rows, format, { terminal: true, raw })
        // Between the cells stands a tab.
        expect(format === 'tsv' ? output.replaceAll('\t', '') : output).not.toMatch(treacherous)
      }
    }, 60),
)

it('markdown has as many lines as rows, each with as many cells as columns', () =>
  check(async (rows) => {
    const lines = (await written(rows, 'markdown')).trimEnd().split('\n')
    expect(lines).toHaveLength(rows.length + 2)
    for (const line of lines) expect(line.replace(/\\[^]/g, '').split('|')).toHaveLength(5)
  }, 60))

/** Without a look at each of the many characters that only fill it. */
const widthOfLine = (line: string): number =>
  line.split(/( {2,}(?= )|─+)/).reduce((sum, part, at) => sum + (at % 2 === 1 ? part.length : widthOf(part)), 0)

it.each([true, false])('a table shows it, on a terminal: %s, and its frame is straight', (terminal) =>
  check(async (rows) => {
    const table = await written(rows, 'table', { terminal })
    expect(table).not.toMatch(treacherous)
    const widths = table.trimEnd().split('\n').map(widthOfLine)
    if (table.startsWith('┌')) expect(new Set(widths).size).toBe(1)
    if (terminal) expect(Math.max(...widths)).toBeLessThanOrEqual(80)
  }, 30),
)

it('half a character is written by JSON alone, as an escape', async () => {
  const rows = rowsOf(['half \ud83c', '\udf75 half'])
  expect(JSON.parse(await written(rows, 'json'))).toEqual(rows)
})

describe('a list in pieces', () => {
  it.each(['json', 'ndjson', 'csv', 'tsv', 'vertical', 'ids', 'count'] as const)(
    'is the same as at once: %s',
    async (format) => {
      for (const rows of [all, all.slice(0, 5), [], all.slice(0, 1)])
        expect(await written(rows, format, { pieces: true })).toBe(await written(rows, format))
    },
  )

  it('waits for a slow reader, and holds no more than was asked for', async () => {
    const stdout = new PassThrough({ highWaterMark: 100 })
    const out = new Output({
      stdout,
      stderr: new PassThrough(),
      env: {},
      format: 'ndjson',
      colour: 'never',
      quiet: true,
      raw: false,
      signal: new AbortController().signal,
    })
    let pages = 0
    const streaming = out.stream(view, async (write) => {
      for (; pages < 20; pages += 1) await write(rowsOf(['a'.repeat(200)]))
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(pages).toBe(0)
    stdout.resume()
    await streaming
    expect(pages).toBe(20)
  })

  it('ends when nobody waits any more', async () => {
    const stop = new AbortController()
    const stdout = new PassThrough({ highWaterMark: 1 })
    const out = new Output({
      stdout,
      stderr: new PassThrough(),
      env: {},
      format: 'csv',
      colour: 'never',
      quiet: true,
      raw: false,
      signal: stop.signal,
    })
    const streaming = out.stream(view, (write) => write(all))
    stop.abort('SIGINT')
    await expect(streaming).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('writes nothing where the first rows cannot be had', async () => {
    const stdout = new PassThrough()
    const out = new Output({
      stdout,
      stderr: new PassThrough(),
      env: {},
      format: undefined,
      colour: 'never',
      quiet: true,
      raw: false,
      signal: new AbortController().signal,
    })
    await expect(out.stream(view, () => Promise.reject(new Error('no rows')))).rejects.toThrow('no rows')
    expect(stdout.readableLength).toBe(0)
  })
})
