import { allFaults, DbtoolError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Fields } from './header.ts'
import { quoted } from './wording.ts'

/**
 * Reads `order_ref=InvoiceNo,user="Customer, ID"`: our name → the column of the file; one with a comma in it stands in
 * quotes.
 * Throws USAGE with all the faults at once: a name that `fields` does not have, a name twice, no '=', no column.
 */
export function parseMap(text: string, fields: Fields): ReadonlyMap<string, string> {
  const known = [...fields.required, ...fields.optional]
  const map = new Map<string, string>()
  const faults: string[] = []
  for (const pair of text.match(/(?:"[^"]*"|[^,])+/g) ?? ['']) {
    const [, name = '', column = ''] = /^([^=]*)=(.*)$/s.exec(pair)?.map((part) => part.trim()) ?? []
    const fault = pairFault(pair.trim(), name, known, map)
    if (fault !== undefined) faults.push(`--map: ${fault}`)
    const bare = column.replace(/^"([^"]*)"$/, '$1')
    if (fault === undefined && bare === '') faults.push(`--map: no column is given for ${name}`)
    else if (fault === undefined) map.set(name, bare)
  }
  if (faults.length > 0)
    throw allFaults('USAGE', '--map', faults, `Write ours=theirs,…; our names are ${known.join(', ')}.`)
  return map
}

function pairFault(
  pair: string,
  name: string,
  known: readonly string[],
  map: ReadonlyMap<string, string>,
): string | undefined {
  if (!pair.includes('=')) return `${quoted(pair)} has no '='`
  if (map.has(name)) return `${name} is given twice`
  if (known.includes(name)) return undefined
  const near = nearest(name, known)
  return `${quoted(name)} is not one of our names${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** Reads `--delimiter`: one character, or `\t` or `tab`. Throws USAGE for anything that cannot separate cells. */
export function parseDelimiter(text: string): string {
  if (text === '\\t' || text === 'tab') return '\t'
  if (text.length === 1 && !/["\r\n\0]/.test(text)) return text
  const hint = "Usual ones are ',', ';', '|' and '\\t'."
  throw new DbtoolError('USAGE', `--delimiter must be one character and no quote or line end, not ${quoted(text)}`, {
    hint,
  })
}
