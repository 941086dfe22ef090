import { readLines } from './lines.ts'
import type { Source } from './source.ts'
import { badFile } from './wording.ts'

export type Format = 'csv' | 'ndjson'

/**
 * NDJSON when the name says so or the first character is `{`, else CSV.
 * Throws BAD_INPUT for a file without any text, and for JSON that is not one object a line.
 */
export async function detectFormat(source: Source): Promise<Format> {
  const first = await firstLine(source)
  if (first === undefined) {
    throw badFile(source.name, undefined, 'is empty', 'A CSV file begins with a header; NDJSON has one object a line.')
  }
  const named = /\.(ndjson|jsonl)$/i.test(source.name)
  if (/^(\{|\[|\[\s*\{.*)$/s.test(first)) {
    const filter = first.startsWith('[') ? "jq -c '.[]'" : 'jq -c .'
    throw badFile(
      source.name,
      undefined,
      'is JSON, but not one object a line',
      `Convert it: ${filter} FILE > FILE.ndjson.`,
    )
  }
  return named || first.startsWith('{') ? 'ndjson' : 'csv'
}

async function firstLine(source: Source): Promise<string | undefined> {
  for await (const { lines } of readLines(source)) {
    const text = lines.find((line) => line.trim() !== '')
    if (text !== undefined) return text.trim()
  }
  return undefined
}
