import { InvalidValue } from '../../errors.ts'
import { parseChoice, quoteValue } from '../../values.ts'
import { parseMoment } from '../rules.ts'
import { cachingLast } from './caching-last.ts'
import { keyColumns, type KeyRule } from './order-groups.ts'
import { instantText } from './order-head.ts'

/** Makes the key of orders from a list of columns such as `order_ref,ordered_at`. Throws InvalidValue. */
export function parseKeyRule(text: string): KeyRule {
  const columns = text.split(',').map((name) => parseChoice(keyColumns)(name.trim()))
  if (!columns.includes('order_ref')) throw new InvalidValue(`must include order_ref, not ${quoteValue(text)}`)
  return {
    columns: keyColumns.filter((column) => columns.includes(column)),
    normalize: (column, value) => (column === 'ordered_at' ? normalInstant(value) : value),
  }
}

const momentOf = cachingLast(parseMoment)

function normalInstant(text: string): string {
  try {
    return instantText(momentOf(text))
  } catch (error) {
    // The fault is reported when the line is read.
    if (error instanceof InvalidValue) return text
    throw error
  }
}
