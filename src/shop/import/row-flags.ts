import { allFaults } from '../../errors.ts'
import { pairsOf } from '../../files/map.ts'
import { orNearest } from '../../nearest.ts'
import { type OrderStatus, orderStatuses } from '../rules.ts'
import { quoteValue } from '../../values.ts'
import type { SkipRule } from './layout.ts'
import { foldStatus } from './status-words.ts'

/** Reads `--status-words cancelled=Storniert,…`: the folded word → its status. Throws USAGE with all errors at once. */
export function parseStatusWords(text: string): ReadonlyMap<string, OrderStatus> {
  const flag = '--status-words'
  const words = new Map<string, OrderStatus>()
  const faults: string[] = []
  for (const { pair, left, right } of pairsOf(text)) {
    const status = orderStatuses.find((one) => one === left)
    const word = foldStatus(right)
    if (word === '') faults.push(`${flag}: ${quoteValue(pair)} names no word of the file`)
    else if (status === undefined)
      faults.push(`${flag}: unknown status ${quoteValue(left)}${orNearest(left, orderStatuses)}`)
    else if (words.has(word)) faults.push(`${flag}: ${quoteValue(right)} is given twice`)
    else words.set(word, status)
  }
  if (faults.length > 0)
    throw allFaults('USAGE', flag, faults, `Write status=word,…; the statuses are ${orderStatuses.join(', ')}.`)
  return words
}

/** A column of the file that decides whether its row is skipped. */
export interface SkipColumn {
  /** The field that holds its text: another one than dbtool's, because the text of that may be changed. */
  readonly field: string
  readonly column: string
  /** Whether the column is named by a field of dbtool, and so may have another name in the file. */
  readonly isField: boolean
  readonly rule: SkipRule
}

/**
 * Reads `--skip Type=Payment,…`: rows with one of these texts are skipped. A column is named as in the file, or by its
 * field. Throws USAGE with all errors at once.
 */
export function parseSkip(text: string, fields: ReadonlySet<string>): SkipColumn[] {
  const flag = '--skip'
  const pairs = pairsOf(text)
  const faults = pairs.flatMap(({ pair, left }) =>
    pair.includes('=') && left !== '' ? [] : [`${flag}: ${quoteValue(pair)} is no column=text`],
  )
  if (faults.length > 0)
    throw allFaults(
      'USAGE',
      flag,
      faults,
      'Write column=text,…; * is any text, - a negative number, and nothing empty.',
    )
  return pairs.map(({ left, right }) => {
    const field = `${flag} ${left}`
    const reason = `${left} is ${conditions.get(right) ?? quoteValue(right)}`
    const rule = { when: { [field]: [right.toLowerCase()] }, reason, isAsked: true }
    return { field, column: left, isField: fields.has(left), rule }
  })
}

const conditions = new Map([
  ['', 'empty'],
  ['*', 'not empty'],
  ['-', 'negative'],
])
