import { DbtoolError } from '../../errors.ts'
import { type Fields, foldName } from '../../files/columns.ts'
import { parseMap, parsePairs } from '../../files/map.ts'
import { orNearest } from '../../nearest.ts'
import { quoteValue } from '../../values.ts'
import { amountFields, lineAmountFields, reportedAmountFields } from './amount-fields.ts'
import { cancelledRule, type Layout } from './layout.ts'
import { presets } from './presets/index.ts'
import type { PresetFile, PresetNoun } from './presets/preset.ts'
import { inWords } from '../../in-words.ts'
import { parseSkip, parseStatusWords, type SkipColumn } from './row-flags.ts'

/** The flags that describe a file; each replaces one part of the layout of the preset. */
export interface FileFlags {
  /** The name of a preset, or `auto`. */
  readonly preset?: string | undefined
  readonly map?: string | undefined
  readonly inputFormat?: Layout['inputFormat']
  readonly delimiter?: string | undefined
  readonly quote?: 'none' | undefined
  readonly encoding?: string | undefined
  readonly null?: readonly string[] | undefined
  readonly dateFormat?: string | undefined
  readonly timeZone?: string | undefined
  readonly decimalComma?: boolean | undefined
  readonly currencySign?: boolean | undefined
  readonly cents?: boolean | undefined
  readonly round?: 'half-up' | undefined
  /** `true`: the fields that an order has once. */
  readonly carryDown?: string | true | undefined
  readonly default?: string | undefined
  readonly skuFrom?: string | undefined
  readonly lineTotal?: boolean | undefined
  readonly discountLines?: boolean | undefined
  readonly skipCancelled?: boolean | undefined
  readonly skip?: string | undefined
  readonly statusWords?: string | undefined
}

/** Fields of an order that a file has only under the name that a map or a preset gives. */
const mappedOrderFields: readonly string[] = [...lineAmountFields, ...reportedAmountFields]

const ofOrder = ['order_ref', 'user', 'ordered_at']

/** A file as its preset and its flags describe it. */
export interface FileDescription {
  readonly layout: Layout
  readonly fields: Fields
  /** The columns that the file must have. */
  readonly map: ReadonlyMap<string, string>
  /** Whether a map gives the columns of another system, but not the one of the taxes. */
  readonly isForeign: boolean
}

/**
 * Puts each flag in the place of its part of the preset.
 *
 * Throws USAGE for a flag that names no field.
 */
export function describeFile(
  noun: PresetNoun,
  own: Fields,
  flags: FileFlags,
  preset: PresetFile | undefined,
): FileDescription {
  const names = new Set([...own.required, ...own.optional, ...Object.keys(preset?.columns ?? {})])
  if (noun === 'orders') for (const field of mappedOrderFields) names.add(field)
  const known = { required: [], optional: [...names] }
  const map = flags.map === undefined ? new Map<string, string>() : parseMap(flags.map, known)
  // A column that the map gives to another field is not read under its own name, too: a tax would be counted twice.
  const mappedNames = new Set([...map.values()].map(foldName))
  const isCounted = (field: string): boolean =>
    amountFields.some((amount) => amount === field && mappedNames.has(field))
  const ownFields = [...own.required, ...own.optional.filter((field) => !isCounted(field))]
  const ownColumns = Object.fromEntries(ownFields.map((field) => [field, [field]]))
  const mapped = Object.fromEntries([...map].map(([field, column]) => [field, [column]]))
  const rules = { ...withoutRulesOf(map, preset), ...definedOnly(partsOf(flags, noun, known)) }
  const columns = { ...(preset?.columns ?? ownColumns), ...mapped }
  const skips = flags.skip === undefined ? [] : parseSkip(flags.skip, new Set(Object.keys(columns)))
  for (const { field } of skips) names.add(field)
  const skip = [
    ...(rules.skip ?? []),
    ...skips.map(({ rule }) => rule),
    ...(flags.skipCancelled === true ? [cancelledRule] : []),
  ]
  const hasPrices = noun === 'orders' && (preset !== undefined || map.has('price'))
  const foreignStatus =
    map.has('status') || preset?.columns?.['status'] !== undefined || flags.statusWords !== undefined
  const layout = { ...rules, columns: { ...columns, ...columnsOf(skips, columns) }, skip, foreignStatus }
  const needed = skips.filter(({ isField }) => !isField).map(({ field, column }) => [field, column] as const)
  // Without the column, the flag would have no effect.
  if (noun === 'orders' && flags.statusWords !== undefined && !hasStatus(rules, preset))
    needed.push(['status', map.get('status') ?? 'status'])
  return {
    layout,
    map: new Map([...map, ...needed]),
    fields: fieldsOf(layout, hasPrices ? withPrices(own) : own, names),
    isForeign: map.size > 0 && !map.has('tax'),
  }
}

const hasStatus = ({ defaults }: Layout, preset: PresetFile | undefined): boolean =>
  defaults?.['status'] !== undefined || preset?.columns?.['status'] !== undefined

/** Without its prices, the orders of a file would have today's prices of the shop. */
const withPrices = ({ required, optional, sufficient }: Fields): Fields => ({
  required: [...required, 'price'],
  optional,
  sufficient: sufficient && { ...sufficient, fields: [...sufficient.fields, 'price'] },
})

const columnsOf = (skips: readonly SkipColumn[], columns: Readonly<Record<string, readonly string[]>>): object =>
  Object.fromEntries(skips.map(({ field, column, isField }) => [field, isField ? columns[column] : [column]]))

/** A mapped column is the value of its field, whatever the preset makes of others. */
function withoutRulesOf(map: ReadonlyMap<string, string>, preset: PresetFile | undefined): Partial<PresetFile> {
  if (preset === undefined) return {}
  const kept = <T>(rules: Readonly<Record<string, T>> = {}): Record<string, T> =>
    Object.fromEntries(Object.entries(rules).filter(([field]) => !map.has(field)))
  const { add, derive, subtract, only } = preset
  return { ...preset, add: kept(add), derive: kept(derive), subtract: kept(subtract), only: kept(only) }
}

function partsOf(flags: FileFlags, noun: PresetNoun, known: Fields): Layout {
  const { inputFormat, delimiter, quote, encoding, dateFormat, timeZone } = flags
  const { decimalComma, currencySign, cents, round, lineTotal, carryDown } = flags
  const discountLines = noun === 'orders' ? (flags.discountLines ?? false) : undefined
  const carry = carryDown === true ? ofOrder : carryDown?.split(',').map((field) => field.trim())
  for (const field of carry ?? []) assertField('--carry-down', field, known)
  if (flags.skuFrom !== undefined) assertField('--sku-from', flags.skuFrom, known)
  const defaults = flags.default === undefined ? undefined : parsePairs('--default', flags.default, known)
  return {
    ...{ inputFormat, delimiter, quote, encoding, nulls: flags.null, dateFormat, timeZone },
    ...{ decimalComma, currencySign, cents, round, lineTotal, discountLines, skuFrom: flags.skuFrom },
    carryDown: carry,
    carryBy: carry !== undefined && noun === 'orders' ? 'order_ref' : undefined,
    statusWords: flags.statusWords === undefined ? undefined : parseStatusWords(flags.statusWords),
    defaults: defaults === undefined ? undefined : Object.fromEntries(defaults),
  }
}

const definedOnly = <T extends object>(parts: T): Partial<T> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Partial<T>

function assertField(flag: string, field: string, { optional: fields }: Fields): void {
  if (fields.includes(field)) return
  throw new DbtoolError('USAGE', `${flag}: unknown field ${quoteValue(field)}${orNearest(field, fields)}`, {
    hint: `The fields are ${fields.join(', ')}.`,
  })
}

/** A field that follows from others, or has a default, needs no column of its own. */
function fieldsOf({ join, defaults, skuFrom }: Layout, own: Fields, names: ReadonlySet<string>): Fields {
  const follows = new Set([
    ...Object.keys(join ?? {}),
    ...Object.keys(defaults ?? {}),
    ...(skuFrom === undefined ? [] : ['sku']),
  ])
  const required = own.required.filter((field) => !follows.has(field))
  const optional = [...names].filter((field) => !required.includes(field))
  const { sufficient } = own
  return {
    required,
    optional,
    sufficient: sufficient && { ...sufficient, fields: sufficient.fields.filter((field) => !follows.has(field)) },
  }
}

/** Throws USAGE for a name that is no preset, or of a system without such a file. */
export function presetFile(name: string, noun: PresetNoun): PresetFile {
  const names = presets.map((preset) => preset.name)
  const found = presets.find((preset) => preset.name === name)
  const hint = `dbtool ${noun} import --preset help lists the presets.`
  if (found === undefined)
    throw new DbtoolError('USAGE', `--preset: ${quoteValue(name)} is no preset${orNearest(name, names)}`, { hint })
  const file = found.files[noun]
  if (file !== undefined) return file
  const has = inWords(Object.keys(found.files))
  throw new DbtoolError('USAGE', `--preset ${name} describes no file of ${noun}, only of ${has}`, { hint })
}
