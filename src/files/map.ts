import { allFaults } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Fields } from './columns.ts'
import { quoted } from './wording.ts'

/**
 * Reads `order_ref=InvoiceNo,user="Customer, ID"`: field → column of the file. A column with a comma in its name is
 * quoted.
 *
 * Throws USAGE with all errors at once: an unknown field, a field given twice, a missing '=', a missing column.
 */
export function parseMap(text: string, fields: Fields): ReadonlyMap<string, string> {
  return parsePairs('--map', text, fields)
}

/** The same for another flag whose value is `field=text,…`. */
export function parsePairs(flag: string, text: string, fields: Fields): ReadonlyMap<string, string> {
  const known = [...fields.required, ...fields.optional]
  const map = new Map<string, string>()
  const faults: string[] = []
  for (const pair of text.match(/(?:"[^"]*"|[^,])+/g) ?? ['']) {
    const [, name = '', right = ''] = /^([^=]*)=(.*)$/s.exec(pair)?.map((part) => part.trim()) ?? []
    const fault = pairFault(pair.trim(), name, known, map)
    if (fault !== undefined) faults.push(`${flag}: ${fault}`)
    const bare = right.replace(/^"([^"]*)"$/, '$1')
    if (fault === undefined && bare === '') faults.push(`${flag}: no ${nounOf(flag)} is given for ${name}`)
    else if (fault === undefined) map.set(name, bare)
  }
  if (faults.length > 0) throw allFaults('USAGE', flag, faults, `${usageOf(flag)}; the fields are ${known.join(', ')}.`)
  return map
}

const nounOf = (flag: string): string => (flag === '--map' ? 'column' : 'value')
const usageOf = (flag: string): string => (flag === '--map' ? 'Write ours=theirs,…' : 'Write field=value,…')

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
  return `unknown field ${quoted(name)}${near === undefined ? '' : `; did you mean ${near}?`}`
}
