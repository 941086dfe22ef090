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
  for (const { pair, left, right } of pairsOf(text)) {
    const fault = pairFault(pair, left, known, map)
    if (fault !== undefined) faults.push(`${flag}: ${fault}`)
    else if (right === '') faults.push(`${flag}: no ${nounOf(flag)} is given for ${left}`)
    else map.set(left, right)
  }
  if (faults.length > 0) throw allFaults('USAGE', flag, faults, `${usageOf(flag)}; the fields are ${known.join(', ')}.`)
  return map
}

export interface Pair {
  readonly pair: string
  readonly left: string
  readonly right: string
}

/** The parts of `left=right,…`. A part with a comma is quoted. */
export const pairsOf = (text: string): Pair[] =>
  (text.match(/(?:"[^"]*"|[^,])+/g) ?? ['']).map((pair) => {
    const [, left = '', right = ''] = /^((?:"[^"]*"|[^"=])*)=(.*)$/s.exec(pair)?.map(bare) ?? []
    return { pair: pair.trim(), left, right }
  })

const bare = (text: string): string => text.trim().replace(/^"([^"]*)"$/, '$1')

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
