import { DbtoolError } from '../../errors.ts'
import { type Fields, foldName, hasAny } from '../../files/columns.ts'
import { type Head, readHead } from '../../files/head.ts'
import type { Source } from '../../files/source.ts'
import { listed } from '../../files/wording.ts'
import { guestOrderFields, orderFields } from './draft-order.ts'
import { describeFile, type FileFlags } from './file-flags.ts'
import { guesses } from './guess.ts'
import { presets } from './presets/index.ts'
import { type PresetNoun, presetNouns } from './presets/preset.ts'
import { fieldsOf, importedProducts, importedUsers, type ImportTable, type OnConflict } from './tables.ts'

/** A file with the contents and the flags with which it can be imported. */
export interface Recognized {
  readonly noun: PresetNoun
  /** Null: the columns are those of dbtool, or named by the flags. */
  readonly preset: string | null
  readonly fields: Fields
  readonly flags: FileFlags
  /** The user of a file whose orders name none. */
  readonly guest: string | undefined
  readonly onConflict: OnConflict
}

export const tables: Readonly<Record<'products' | 'users', ImportTable>> = {
  products: importedProducts,
  users: importedUsers,
}

const fieldsBy = (noun: PresetNoun, onConflict: OnConflict = 'error'): Fields =>
  noun === 'orders' ? orderFields : fieldsOf(tables[noun], onConflict)

/**
 * Finds the contents and the preset of a file. The given flags replace the parts of a preset.
 *
 * Throws USAGE for flags that fit no import, and BAD_INPUT for columns that fit none.
 */
export async function recognize(source: Source, given: FileFlags): Promise<Recognized> {
  const { own, refusal } = ownNouns(given)
  const isKnown = (names: readonly string[]): boolean =>
    guesses(names).length > 0 || own(names) !== undefined || isProductList(names)
  const head = await readHead(source, given, isKnown)
  const { names } = head
  const [best] = guesses(names)
  if (best !== undefined) {
    const { noun, preset } = best
    return { ...withUser(noun, { ...given, preset }, hasUser(preset, names)), noun, preset, onConflict: 'error' }
  }
  if (refusal !== undefined) throw refusal
  const flags = withSeparator(given, head)
  const noun = own(names)
  if (noun !== undefined) {
    const named = describeFile(noun, fieldsBy(noun), given, undefined).layout.columns?.['user'] ?? []
    const isNamed = hasAny(named, names)
    return { ...withUser(noun, flags, isNamed), noun, preset: null, onConflict: 'error' }
  }
  if (!isProductList(names)) throw unknownColumns(names)
  const onConflict = 'update'
  return {
    noun: 'products',
    preset: null,
    fields: fieldsBy('products', onConflict),
    flags,
    guest: undefined,
    onConflict,
  }
}

const ofOrders = ['skuFrom', 'lineTotal', 'discountLines', 'statusWords', 'skipCancelled'] as const

/** Throws USAGE for flags of orders beside a file of something else, whose import does not know them. */
export function assertFlagsFit({ noun, flags }: Recognized): void {
  const [flag] = ofOrders.filter((name) => flags[name] !== undefined)
  if (noun === 'orders' || flag === undefined) return
  throw new DbtoolError('USAGE', `${typedFlag(flag)} is a flag of orders import, and the file has ${noun}`, {
    hint: 'Omit it, or name the columns of orders: --map order_ref=…,user=…,sku=…,quantity=….',
  })
}

export const typedFlag = (name: keyof FileFlags): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const withUser = (
  noun: PresetNoun,
  flags: FileFlags,
  isNamed: boolean,
): Pick<Recognized, 'fields' | 'flags' | 'guest'> =>
  noun === 'orders' && !isNamed
    ? { fields: guestOrderFields, flags, guest: 'guest' }
    : { fields: fieldsBy(noun), flags, guest: undefined }

function withSeparator(given: FileFlags, { format, delimiter }: Head): FileFlags {
  if (format !== 'csv' || delimiter === ',' || given.delimiter !== undefined) return given
  return { ...given, delimiter: delimiter === '\t' ? '\\t' : delimiter }
}

function unknownColumns(names: readonly string[]): DbtoolError {
  return new DbtoolError('BAD_INPUT', `no preset fits the columns ${listed(names)}`, {
    hint:
      'Name the columns: dbtool orders import FILE --map order_ref=…,user=…,sku=…,quantity=…,price=…; ' +
      'products need name and price, users email. import guess takes --map, too.',
  })
}

interface OwnNouns {
  /** Finds the contents of a file with columns of dbtool, or with columns that the flags name. */
  readonly own: (names: readonly string[]) => PresetNoun | undefined
  /** The error for flags that name a field of no import. */
  readonly refusal: Error | undefined
}

function ownNouns(given: FileFlags): OwnNouns {
  const needed: { noun: PresetNoun; columns: (readonly string[])[] }[] = []
  const refusals: DbtoolError[] = []
  for (const noun of presetNouns)
    try {
      const own = noun === 'orders' ? guestOrderFields : fieldsBy(noun)
      const { fields, layout } = describeFile(noun, own, given, undefined)
      needed.push({
        noun,
        columns: fields.required
          .filter((field) => own.required.includes(field))
          .map((field) => layout.columns?.[field] ?? []),
      })
    } catch (error) {
      if (!(error instanceof DbtoolError)) throw error
      refusals.push(error)
    }
  return {
    own: (names) =>
      needed.find(
        ({ noun, columns }) => columns.every((one) => hasAny(one, names)) && !(noun === 'users' && isOfGoods(names)),
      )?.noun,
    refusal: needed.length === 0 ? refusals[0] : undefined,
  }
}

const ofGoods = new Set(['order_ref', 'sku', 'quantity', 'price', 'stock', 'product_name', 'ordered_at'].map(foldName))

/** Orders have the email of their customer, too, and are no list of users. */
const isOfGoods = (names: readonly string[]): boolean =>
  names.some((name) => ofGoods.has(foldName(name.split(/\.|\[\]/).at(-1) ?? name)))

/** Whether a file has nothing but columns of existing products, such as `sku,stock`. */
function isProductList(names: readonly string[]): boolean {
  const [fields, found] = [Object.keys(importedProducts.rules).map(foldName), names.map(foldName)]
  return found.includes('sku') && found.length > 1 && found.every((name) => fields.includes(name))
}

/** Whether the file of a preset names the users of its orders. */
function hasUser(preset: string, names: readonly string[]): boolean {
  const columns = presets.find(({ name }) => name === preset)?.files.orders?.columns?.['user'] ?? []
  return hasAny(columns, names)
}
