import type { Column } from './header.ts'
import { readLines } from './lines.ts'
import type { Batch, SourceRecord } from './record.ts'
import type { Source } from './source.ts'
import { quoted } from './wording.ts'

/**
 * Yields the records of a file with one JSON object per line, block by block. A line without an object becomes a record
 * with a fault.
 */
export async function* ndjsonBatches(source: Source, columns: readonly Column[]): AsyncGenerator<Batch> {
  for await (const { first, lines, end } of readLines(source)) {
    const records: SourceRecord[] = []
    for (const [index, text] of lines.entries()) {
      const raw = text.endsWith('\r') ? text.slice(0, -1) : text
      if (text.trim() !== '') records.push({ line: first + index, raw, ...jsonValues(raw, columns) })
    }
    yield { records, end }
  }
}

export type JsonObject = Record<string, unknown>

/** Parses one line; undefined when it is not JSON or not an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** Strings, which are left unchanged, and numbers: the only two JSON tokens that contain digits. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d[\d.eE+-]*/g

function numbersAsText(json: string): string {
  return json.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${token}"`))
}

/**
 * Reads the named keys of one line as text. Numbers stay exactly as written: a quantity of 1e3 is not 1000, and
 * 9007199254740993 would be rounded. null becomes undefined; an absent key is absent from the result.
 */
function jsonValues(raw: string, columns: readonly Column[]): Pick<SourceRecord, 'values' | 'fault'> {
  const object = parseObject(raw)
  if (!object) return { values: {}, fault: 'is not a JSON object' }
  const hasNumber = columns.some(({ column }) => Object.hasOwn(object, column) && typeof object[column] === 'number')
  const exact = hasNumber ? parseObject(numbersAsText(raw)) : object
  const values: SourceRecord['values'] = {}
  const faults: string[] = []
  for (const { name, column } of columns) {
    const value = Object.hasOwn(object, column) ? exact?.[column] : undefined
    if (typeof value === 'string' || typeof value === 'boolean') values[name] = String(value).trim() || undefined
    else if (value === null) values[name] = undefined
    else if (value !== undefined) faults.push(`${quoted(column)} is not a single value`)
  }
  return { values, fault: faults.length > 0 ? faults.join('; ') : undefined }
}
