import { asciiControls, isoInstant } from './cell.ts'
import { inSheets, lines, rowByRow, type OpenSheet, type Writer } from './sheet.ts'
import type { Row, View } from './view.ts'

export function json(value: unknown, indent?: number): string {
  // Date has a toJSON of its own, which runs before a replacer sees the value.
  const replace = function (this: Record<string, unknown>, key: string, shown: unknown): unknown {
    const original = this[key]
    return original instanceof Date ? isoInstant(original) : shown
  }
  const text = JSON.stringify(value instanceof Date ? isoInstant(value) : value, replace, indent)
  return asciiControls(text)
}

type ValueOf = (view: View, row: Row) => unknown

/** One array, however many pieces it comes in; `valueOf` makes one of its values. */
export function jsonWriter(valueOf: ValueOf): Writer {
  const open: OpenSheet = (view) => {
    let started = false
    const rows = (some: readonly Row[]): string => {
      if (some.length === 0) return ''
      const values = json(
        some.map((row) => valueOf(view, row)),
        2,
      ).slice('['.length, -'\n]'.length)
      const comma = started ? ',' : ''
      started = true
      return `${comma}${values}`
    }
    return { head: '[', rows, foot: () => (started ? '\n]\n' : ']\n') }
  }
  return { ...inSheets(open), item: (view, row) => lines([json(valueOf(view, row), 2)]) }
}

/** A value a line. */
export function ndjsonWriter(valueOf: ValueOf): Writer {
  return inSheets(rowByRow((view, row) => json(valueOf(view, row))))
}
