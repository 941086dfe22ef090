import type { Readable } from 'node:stream'
import { DbtoolError } from '../../errors.ts'
import { type Fields, foldName, positionsOf } from '../../files/columns.ts'
import { type Head, readHead } from '../../files/head.ts'
import type { SourceRecord } from '../../files/record.ts'
import { openSource, type Source } from '../../files/source.ts'
import { listed } from '../../files/wording.ts'
import { quotedForShell } from '../../values.ts'
import { fromCents, toCents } from '../orders/money.ts'
import { type DraftOrder, draftOrders, guestOrderFields, orderFields } from './draft-order.ts'
import { rowReader } from './draft-row.ts'
import { guesses } from './guess.ts'
import { keyByReference, OrderGroups } from './order-groups.ts'
import { type ImportFile, importFileOf, type Reading } from './open-import.ts'
import { presets } from './presets/index.ts'
import { type PresetNoun, presetNouns } from './presets/preset.ts'
import { type AmountOfOrders, OrderTally } from './tally.ts'
import { fieldsOf, importedProducts, importedUsers, type ImportTable, type OnConflict } from './tables.ts'

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

const tables: Readonly<Record<'products' | 'users', ImportTable>> = { products: importedProducts, users: importedUsers }
const fieldsBy = (noun: PresetNoun, onConflict: OnConflict): Fields =>
  noun === 'orders' ? orderFields : fieldsOf(tables[noun], onConflict)
const rowsShown = 3

/**
 * Finds the preset of a file, and reads the first orders or rows with it.
 *
 * Throws BAD_INPUT if no preset fits, and the columns are not dbtool's either.
 */
export async function previewFile(path: string, { stdin, signal }: Streams): Promise<Preview> {
  const source = await openSource(path, { stdin, signal })
  const { noun, preset, head, onConflict } = await recognize(source).catch(async (error: unknown) => {
    await source.handle.close()
    throw error
  })
  const guest = noun === 'orders' && !hasUser(preset, head.names) ? 'guest' : undefined
  const flags = { preset: preset ?? undefined, delimiter: preset === null ? separatorOf(head) : undefined }
  const opened = await importFileOf(source, {
    noun,
    fields: guest === undefined ? fieldsBy(noun, onConflict) : guestOrderFields,
    flags,
    stdin,
    signal,
    raw: false,
  })
  try {
    const tally = new OrderTally()
    const first =
      noun === 'orders'
        ? await firstOrders(opened, tally, { signal, guest })
        : await firstRows(opened, tables[noun], onConflict)
    return {
      file: opened.file.name,
      format: opened.file.format,
      preset,
      system: presets.find(({ name }) => name === preset)?.system ?? null,
      command: commandOf(noun, path, { ...flags, guest, onConflict }),
      first,
      amounts_not_imported: tally.notImported,
      reading: opened.reading(),
    }
  } finally {
    await opened.file.close()
  }
}

interface CommandFlags {
  readonly preset: string | undefined
  readonly delimiter: string | undefined
  readonly guest: string | undefined
  readonly onConflict: OnConflict
}

/** The command line of the import that the preview shows. */
function commandOf(noun: PresetNoun, path: string, { preset, delimiter, guest, onConflict }: CommandFlags): string {
  const flag = (name: string, given: string | undefined): string[] => (given === undefined ? [] : [name, given])
  return [
    ...['dbtool', noun, 'import', path],
    ...flag('--preset', preset),
    ...flag('--delimiter', delimiter),
    ...flag('--guest', guest),
    ...flag('--on-conflict', onConflict === 'update' ? onConflict : undefined),
  ]
    .map(quotedForShell)
    .join(' ')
}

const separatorOf = ({ format, delimiter }: Head): string | undefined =>
  format !== 'csv' || delimiter === ',' ? undefined : delimiter === '\t' ? '\\t' : delimiter

interface Recognized {
  readonly noun: PresetNoun
  readonly preset: string | null
  readonly head: Head
  readonly onConflict: OnConflict
}

/** Whether columns are those of a preset, or of dbtool. */
const isKnown = (names: readonly string[]): boolean =>
  guesses(names).length > 0 || ownNoun(names) !== undefined || isProductList(names)

const ownNoun = (names: readonly string[]): PresetNoun | undefined =>
  presetNouns.find((noun) => {
    const { required } = noun === 'orders' ? guestOrderFields : fieldsBy(noun, 'error')
    return required.every((field) => names.includes(field))
  })

async function recognize(source: Source): Promise<Recognized> {
  const head = await readHead(source, {}, isKnown)
  const { names } = head
  const [best] = guesses(names)
  if (best !== undefined) return { noun: best.noun, preset: best.preset, head, onConflict: 'error' }
  const own = ownNoun(names)
  if (own !== undefined) return { noun: own, preset: null, head, onConflict: 'error' }
  if (isProductList(names)) return { noun: 'products', preset: null, head, onConflict: 'update' }
  throw new DbtoolError('BAD_INPUT', `no preset fits the columns ${listed(names)}`, {
    hint: 'Name the columns with --map ours=theirs,… of orders import, products import or users import.',
  })
}

/** Whether a file has nothing but columns of existing products, such as `sku,stock`. */
function isProductList(names: readonly string[]): boolean {
  const [fields, found] = [Object.keys(importedProducts.rules).map(foldName), names.map(foldName)]
  return found.includes('sku') && found.length > 1 && found.every((name) => fields.includes(name))
}

/** Whether a file names the users of its orders. */
function hasUser(preset: string | null, names: readonly string[]): boolean {
  const columns = presets.find(({ name }) => name === preset)?.files.orders?.columns?.['user'] ?? ['user']
  return columns.some((column) => positionsOf(column, names).length > 0)
}

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

function orderRow({ ref, records, user, orderedAt, lines, faults, status, ...order }: DraftOrder): PreviewRow {
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
  const name = ref === '' ? `line ${records[0]?.line ?? 0}` : ref
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
