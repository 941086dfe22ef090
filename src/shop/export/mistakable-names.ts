import { allFaults, type DbtoolError } from '../../errors.ts'
import type { Condition } from '../filters.ts'
import { shortenedNumber } from '../rules.ts'

const digits = Array.from('0123456789')

/**
 * The condition on a column for names that an import refuses: earlier versions accepted NULL and numbers that a
 * spreadsheet shortened. Each pattern with a fixed beginning is a range of the index, so that no other name is read.
 */
export function isMistakable(column: string, prefixes: readonly string[] = ['']): Condition {
  const beginnings = prefixes.flatMap((prefix) =>
    digits.flatMap((digit) => ['.', ',', 'E'].map((next) => `${column} LIKE '${prefix}${digit}${next}%'`)),
  )
  const nulls = prefixes.map((prefix) => `${column} = '${prefix}NULL'`)
  const shortened = `^(?:${prefixes.join('|')})${shortenedNumber.source.slice(1)}`
  return {
    sql: `(${nulls.join(' OR ')} OR ((${beginnings.join(' OR ')}) AND ${column} REGEXP ?))`,
    values: [shortened],
  }
}

const faultsShown = 20

/** The error for rows that no import would read as they are. */
export function unexportable(what: string, faults: readonly string[], hint: string): DbtoolError {
  const more = faults.length > faultsShown ? ['and more'] : []
  return allFaults('CONSTRAINT', `these ${what} cannot be exported`, [...faults.slice(0, faultsShown), ...more], hint)
}

export const mostFaults = faultsShown + 1
