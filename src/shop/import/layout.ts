import type { Format } from '../../files/record-file.ts'
import type { OrderStatus } from '../rules.ts'

/** The texts by which a rule applies, in any case: `''` is an empty cell, `*` any other, and `-` a negative number. */
export type Condition = Readonly<Record<string, readonly string[]>>

/** A record that is not imported, or is to be noticed, and the reason. */
export interface SkipRule {
  readonly when: Condition
  readonly reason: string
  /** Whether a flag names the text, which may be misspelt: the number of its records is reported, even if it is 0. */
  readonly isAsked?: boolean | undefined
}

/** The rule of `--skip-cancelled`, which holds for all lines of an order. */
export const cancelledRule: SkipRule = { when: { status: ['cancelled'] }, reason: 'cancelled or refunded' }

/** A value of a field that follows from other values of its record. */
export interface Derivation {
  readonly when: Condition
  readonly is: string
  /** The reason, if such records are reported. */
  readonly note?: string
}

/** A field that is joined from others: the second text follows the first separator, and so on. */
export interface Join {
  readonly of: readonly string[]
  readonly with: readonly string[]
  /** Texts that say nothing, such as the name of the only variant of a product. */
  readonly without?: readonly string[]
}

/**
 * How the files of another system are written. A preset is such a layout as data; each flag of an import replaces one
 * of its parts. Besides the fields of dbtool, the columns may fill fields that only the other parts of the layout read.
 */
export interface Layout {
  /** Field → its columns in the file, preferred first: a name, or a path such as `line_items[].sku`. */
  readonly columns?: Readonly<Record<string, readonly string[]>>
  readonly inputFormat?: Format | undefined
  readonly delimiter?: string | undefined
  /** `none`: the file quotes nothing, and a quote is text. */
  readonly quote?: 'none' | undefined
  readonly encoding?: string | undefined
  /** Texts of cells that mean no value. */
  readonly nulls?: readonly string[] | undefined
  /** The format of times other than ISO 8601. */
  readonly dateFormat?: string | undefined
  /** The zone of times without an offset; the default is UTC. */
  readonly timeZone?: string | undefined
  readonly decimalComma?: boolean | undefined
  readonly currencySign?: boolean | undefined
  /** Amounts are whole cents. */
  readonly cents?: boolean | undefined
  readonly round?: 'half-up' | undefined
  /** The column of the price holds the total of the line. */
  readonly lineTotal?: boolean | undefined
  /** A line with a negative price is a discount of its order. Undefined: the file has no orders. */
  readonly discountLines?: boolean | undefined
  /** Fields whose empty cells repeat the line above, as long as the field `carryBy` is the same or empty. */
  readonly carryDown?: readonly string[] | undefined
  readonly carryBy?: string | undefined
  readonly join?: Readonly<Record<string, Join>>
  /** Field → the amounts that add up to it. */
  readonly add?: Readonly<Record<string, readonly string[]>>
  /** Field → the amounts by which it is less, such as refunded units, unless the order is cancelled. */
  readonly subtract?: Readonly<Record<string, readonly string[]>>
  /** Field → the condition under which it is read. */
  readonly only?: Readonly<Record<string, Condition>>
  /** Field → its value by the first rule that applies; otherwise the text of its own column. */
  readonly derive?: Readonly<Record<string, readonly Derivation[]>>
  /** Field → the value of its empty cells. */
  readonly defaults?: Readonly<Record<string, string>> | undefined
  /** The words of `status` are those of another system. */
  readonly foreignStatus?: boolean | undefined
  /** Its words that have another meaning than elsewhere, folded, and their statuses. */
  readonly statusWords?: ReadonlyMap<string, OrderStatus> | undefined
  /** The field whose text is the SKU where the file has none. */
  readonly skuFrom?: string | undefined
  readonly skip?: readonly SkipRule[]
  /** Records that are imported, and whose number is reported with the reason. */
  readonly notice?: readonly SkipRule[]
  /** Texts of the lines below the rows, which are no rows. */
  readonly remarks?: readonly string[]
}

/** The values of a record by field. */
export type Values = Record<string, string | undefined>

export function applies(condition: Condition, values: Readonly<Values>): boolean {
  return Object.entries(condition).every(([field, texts]) => {
    const text = (values[field] ?? '').toLowerCase()
    return texts.some((wanted) => isLike(wanted, text))
  })
}

function isLike(wanted: string, text: string): boolean {
  if (wanted === '*') return text !== ''
  if (wanted === '-') return /^[-(]/.test(text)
  return wanted === text || (text !== '' && wanted === text.replace(/^(\d+)[.,]0+$/, '$1'))
}
