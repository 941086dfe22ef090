import type { Output } from '../../src/output/output.ts'
import { type Column, data } from '../../src/output/view.ts'
import type { Reading } from '../../src/shop/import/open-import.ts'
import type { OrderSummary } from '../../src/shop/import/tally.ts'
import { counted, firstOf } from '../../src/in-words.ts'
import { quotedForShell, quoteValue } from '../../src/values.ts'

/** The columns of a summary for the parts of a file that were not imported. */
export const readingColumns: readonly Column[] = [
  'columns_ignored',
  'columns_missing',
  'records_skipped',
  'records_noticed',
  'amounts_not_imported',
  'unknown_statuses',
  'amounts_rounded',
  'null_texts',
].map(data)

/** The values of these columns. */
export const readingRow = ({
  ignored,
  missing,
  unseen,
  skipped,
  noticed,
  unknownStatuses,
  rounded,
  nullTexts,
}: Reading): object => ({
  columns_ignored: ignored.map(({ column, meant = null }) => ({ column, meant })),
  columns_missing: [...missing, ...unseen],
  records_skipped: skipped,
  records_noticed: noticed,
  amounts_not_imported: [],
  unknown_statuses: unknownStatuses,
  amounts_rounded: rounded,
  null_texts: nullTexts.reduce((sum, { cells }) => sum + cells, 0),
})

const mostNames = 20

/** Prints the parts of a file that were not imported, so that nothing is lost in silence. */
export function noteReading(out: Output, { ignored, missing, unseen, skipped, noticed, ...more }: Reading): void {
  const plain = ignored.filter(({ meant }) => meant === undefined).map(({ column }) => `"${column}"`)
  if (plain.length > 0) out.note(`ignored ${plain.length === 1 ? 'column' : 'columns'}: ${listed(plain)}`)
  for (const { column, meant } of ignored)
    if (meant !== undefined)
      out.warn(`column "${column}" is ignored; if it is ${meant}, add --map ${meant}="${column}"`)
  for (const column of missing) out.warn(`the file lacks the column "${column}" of its preset`)
  for (const key of unseen) out.warn(`no object of the file has a value for "${key}"`)
  for (const { reason, records } of skipped) out.note(`skipped ${counted(records, 'record')}: ${reason}`)
  for (const { reason, records } of noticed) out.note(`${counted(records, 'record')}: ${reason}`)
  noteValues(out, more)
}

type ReadValues = Pick<Reading, 'unknownStatuses' | 'rounded' | 'nullTexts' | 'addsTax'>

function noteValues(out: Output, { unknownStatuses, rounded, nullTexts, addsTax }: ReadValues): void {
  if (addsTax) out.warn('the column tax is added to the prices; if they include it, add --map reported_tax=tax')
  for (const { text, cells } of nullTexts)
    out.warn(`${counted(cells, 'cell')} with the text ${text}; if they are empty, add --null ${quotedForShell(text)}`)
  if (unknownStatuses.length > 0)
    out.note(
      `unknown ${unknownStatuses.length === 1 ? 'status' : 'statuses'}, read as confirmed: ` +
        `${listed(unknownStatuses)}; --status-words gives them a meaning`,
    )
  if (rounded > 0) out.note(`${counted(rounded, 'amount')} rounded to cents`)
}

/** The column of a summary for the totals of orders that differ from the file. */
export const amountColumns: readonly Column[] = [data('differing_totals')]

/** The column of a summary for products with other names in the file. */
export const nameColumn: Column = data('differing_names')

const mostProducts = 5

/** Prints the names of the file that products do not have: one SKU is one product. */
export function noteNames(out: Output, { differing_names: names }: Pick<OrderSummary, 'differing_names'>): void {
  for (const { sku, kept, others } of names.slice(0, mostProducts)) {
    const more = others.map(quoteValue).join(', ')
    out.note(`SKU ${quoteValue(sku)} is one product, ${quoteValue(kept)}; the file also says ${more}`)
  }
  const more = names.length - mostProducts
  if (more > 0) out.note(`${counted(more, 'other product')} with several names; --json lists all`)
}

/** Prints the amounts that are no part of the imported orders. */
export function noteAmounts(
  out: Output,
  { amounts_not_imported: amounts, differing_totals: differing }: OrderSummary,
): void {
  for (const { kind, amount, orders } of amounts)
    out.note(`not imported: ${kind} ${out.units.money(amount)} of ${counted(orders, 'order')}`)
  const { orders, in_file: inFile, imported } = differing
  if (orders > 0)
    out.warn(
      `${counted(orders, 'order')} with another total than in the file: ${out.units.money(imported)} instead of ` +
        out.units.money(inFile),
    )
}

const listed = (names: readonly string[]): string =>
  `${firstOf(names, mostNames)}${names.length > mostNames ? '; --json lists all' : ''}`
