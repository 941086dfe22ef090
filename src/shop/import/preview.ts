import type { Readable } from 'node:stream'
import { parseEncoding } from '../../files/decode.ts'
import type { SourceRecord } from '../../files/record.ts'
import { openSource } from '../../files/source.ts'
import { quotedForShell } from '../../values.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { type DraftOrder, draftOrders } from './draft-order.ts'
import { rowReader } from './draft-row.ts'
import type { FileFlags } from './file-flags.ts'
import { keyByReference, OrderGroups } from './order-groups.ts'
import { type ImportFile, importFileOf, type Reading } from './open-import.ts'
import { presets } from './presets/index.ts'
import { assertFlagsFit, recognize, tables, typedFlag } from './recognize.ts'
import { type AmountOfOrders, OrderTally } from './tally.ts'
import type { ImportTable, OnConflict } from './tables.ts'

/** A file as an import would read it, without asking the shop. */
export interface Preview {
  readonly file: string
  readonly format: string
  /** Null: the file has the columns of dbtool. */
  readonly preset: string | null
  readonly system: string | null
  /** The command line that imports it. */
  readonly command: string
  readonly first: readonly PreviewRow[]
  /** The amounts of these orders that are no part of them. */
  readonly amounts_not_imported: readonly AmountOfOrders[]
  readonly reading: Reading
}

export interface PreviewRow {
  readonly name: string
  readonly contents: string
  readonly fault: string | null
}

interface Streams {
  readonly stdin: Readable
  readonly signal: AbortSignal
}

const rowsShown = 3

/**
 * Finds the preset of a file, and reads the first orders or rows with it, as far as the flags say nothing else.
 *
 * Throws BAD_INPUT if no preset fits, and the columns are neither dbtool's nor named by the flags.
 */
export async function previewFile(path: string, given: FileFlags, { stdin, signal }: Streams): Promise<Preview> {
  const encoding = given.encoding === undefined ? undefined : await parseEncoding(given.encoding)
  const source = await openSource(path, { stdin, signal, encoding })
  const recognized = await recognize(source, given)
    .then((found) => {
      assertFlagsFit(found)
      return found
    })
    .catch(async (error: unknown) => {
      await source.handle.close()
      throw error
    })
  const { noun, preset, fields, flags, guest, onConflict } = recognized
  const opened = await importFileOf(source, { noun, fields, flags, stdin, signal, raw: false })
  try {
    const tally = new OrderTally()
    const first =
      noun === 'orders'
        ? await firstOrders(opened, tally, { signal, guest })
        : await firstRows(opened, tables[noun], onConflict)
    const belonging = guest === undefined ? [] : ['--guest', guest]
    const updating = onConflict === 'update' ? ['--on-conflict', 'update'] : []
    return {
      file: opened.file.name,
      format: opened.file.format,
      preset,
      system: presets.find(({ name }) => name === preset)?.system ?? null,
      command: ['dbtool', noun, 'import', path, ...typed(flags), ...belonging, ...updating]
        .map(quotedForShell)
        .join(' '),
      first,
      amounts_not_imported: tally.notImported,
      reading: seen(opened.reading()),
    }
  } finally {
    await opened.file.close()
  }
}

/** A reading of only the first rows, which says nothing about later ones. */
const seen = (reading: Reading): Reading => ({
  ...reading,
  unseen: [],
  skipped: reading.skipped.filter(({ records }) => records > 0),
})

/** The flags of a file in the order of a command line. */
const flagNames: readonly (keyof FileFlags)[] = [
  ...(['preset', 'inputFormat', 'delimiter', 'quote', 'encoding', 'map', 'null', 'dateFormat', 'timeZone'] as const),
  ...([
    'decimalComma',
    'currencySign',
    'cents',
    'round',
    'default',
    'carryDown',
    'skip',
    'skuFrom',
    'lineTotal',
  ] as const),
  ...(['discountLines', 'statusWords', 'skipCancelled'] as const),
]

/** The flags of a file as a person types them. */
const typed = (flags: FileFlags): string[] =>
  flagNames.flatMap((name) => {
    const flag = typedFlag(name)
    const value = flags[name]
    if (value === true) return [flag]
    return [value].flat().flatMap((text) => (text === undefined || text === false ? [] : [flag, text]))
  })

interface OrdersOf {
  readonly signal: AbortSignal
  readonly guest: string | undefined
}

async function firstOrders(
  { file }: ImportFile,
  tally: OrderTally,
  { signal, guest }: OrdersOf,
): Promise<PreviewRow[]> {
  const rows: PreviewRow[] = []
  const orders = await OrderGroups.scan(file, signal)
  for await (const draft of draftOrders(orders.groups(signal), { key: keyByReference, guest })) {
    rows.push(orderRow(draft))
    tally.addAmounts(draft.notImported, draft.difference)
    if (rows.length === rowsShown) break
  }
  return rows
}

function orderRow({ ref, line: at, user, orderedAt, lines, faults, status, ...order }: DraftOrder): PreviewRow {
  const fault = faults.size === 0 ? null : [...faults].map(([line, what]) => `line ${line}: ${what}`).join('; ')
  const items = lines.map(
    ({ quantity, sku, price }) => `${quantity} × ${sku}${price === undefined ? '' : ` at ${price}`}`,
  )
  // A line without a price takes that of its product, which the shop would have to tell.
  const isPriced = lines.length > 0 && lines.every(({ price }) => price !== undefined)
  const total = lines.reduce((sum, { quantity, price = '0' }) => sum + toCents(price) * BigInt(quantity), 0n)
  const parts = [
    user,
    orderedAt?.toISOString().replace('.000Z', 'Z'),
    status,
    ...items,
    isPriced ? `total ${fromCents(total)}` : undefined,
    ...order.adjustments.map(({ kind, amount }) => `${kind} ${amount}`),
    order.difference === undefined ? undefined : `${order.difference.inFile} in the file`,
  ]
  const name = ref === '' ? `line ${at}` : ref
  return { name, contents: parts.filter((part) => part !== undefined).join(', '), fault }
}

async function firstRows({ file }: ImportFile, table: ImportTable, onConflict: OnConflict): Promise<PreviewRow[]> {
  const read = rowReader(table, onConflict)
  const rows: PreviewRow[] = []
  for await (const record of file.records()) {
    const draft = read(record)
    rows.push(previewRow(record, table, 'reason' in draft ? draft.reason : null))
    if (rows.length === rowsShown) break
  }
  return rows
}

function previewRow(
  { line, values }: SourceRecord,
  { rules, unique: [key] }: ImportTable,
  fault: string | null,
): PreviewRow {
  const parts = Object.keys(rules).flatMap((field) =>
    values[field] === undefined ? [] : [`${field} ${values[field]}`],
  )
  return { name: values[key] ?? values['email'] ?? values['name'] ?? `line ${line}`, contents: parts.join(', '), fault }
}
