import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { DbtoolError } from '../../src/errors.ts'
import { readAll, scratch } from './fixture.ts'

const file = scratch()
const fields = { required: ['a', 'b'], optional: [] }
const pieces = ['x', ',', '"', '\n', '\r\n']

/**
 * Every text of up to three pieces behind three beginnings: short, but all the ways in which quotes, cells and lines
 * meet.
 */
const texts = ['', '"', 'x,"'].flatMap((start) => {
  const longer = (shorter: string[]): string[] => shorter.flatMap((text) => pieces.map((piece) => text + piece))
  const one = longer([start])
  return [...one, ...longer(one), ...longer(longer(one))]
})

test('lines are put together and cut exactly as csv-parse alone would do it, without rows of separators', async () => {
  expect(texts).toHaveLength(465)
  for (const text of texts) expect([text, await ours(`a,b\n${text}`)]).toEqual([text, theirs(text)])
})

type Row = [a: string | undefined, b: string | undefined, fits: boolean]

async function ours(content: string): Promise<Row[] | 'refused'> {
  try {
    const records = await readAll(file('in.csv', content), { fields })
    if (records.some(({ fault }) => fault?.includes('quote') === true)) return 'refused'
    return records.map(({ values, fault }) => [values.a, values.b, fault === undefined])
  } catch (error) {
    if (error instanceof DbtoolError) return 'refused'
    throw error
  }
}

function theirs(text: string): Row[] | 'refused' {
  try {
    const rows = parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true, skip_empty_lines: true })
    // In a line with another number of cells, only the first one is certainly in its column.
    const withText = rows.filter((cells) => cells.some((cell) => cell !== ''))
    return withText.map((cells) => [
      cells[0]?.trim() || undefined,
      (cells.length === 2 && cells[1]?.trim()) || undefined,
      cells.length === 2,
    ])
  } catch {
    return 'refused'
  }
}
