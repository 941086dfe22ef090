import type { Column } from './header.ts'
import { readLines } from './lines.ts'
import type { Batch, SourceRecord } from './record.ts'
import type { Source } from './source.ts'
import { quoted } from './wording.ts'

/**
 * The records of a file with one JSON object a line, block by block. A line that holds none is a record with a fault.
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

/** The object that a line holds, or undefined when it is no JSON or something else than an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** Strings, which are passed over, and numbers: the only two tokens of JSON that hold digits. */
const stringOrNumber = /"(?:[^"\\]+|\\.)*"|-?\d[\d.eE+-]*/g

function numbersAsText(json: string): string {
  return json.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${token}"`))
}

/**
 * Reads the named keys of one line as text; numbers exactly as they are written, because 1e3 is not 1000 to a rule
 * about
 * quantities and 9007199254740993 would be rounded. null is undefined, and so is an absent key, which is not there at
 * all.
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
