import { type Command, Option } from 'commander'
import type { FileFlags } from '../../src/shop/import/file-flags.ts'
import { parseChoice } from '../../src/values.ts'
import { lazyValue, value, values } from './flags.ts'

/** The values of `--preset`; a test compares them with the presets, which the help must not load. */
export const presetChoices = [
  'amazon',
  'ebay',
  'etsy',
  'magento',
  'prestashop',
  'shopify',
  'square',
  'squarespace',
  'wix',
  'woocommerce',
  'woocommerce-api',
  'woocommerce-lines',
  'auto',
  'help',
] as const

export type FileOptions = {
  -readonly [Flag in keyof FileFlags]: FileFlags[Flag]
}

/** Adds the flags that describe the file of an import. `mapped` is an example of `--map`. */
export function fileFlags(command: Command, { mapped, ofOrders }: { mapped: string; ofOrders: boolean }): Command {
  return add(command, [presetFlag(), ...layoutFlags(mapped), ...valueFlags(), ...(ofOrders ? orderFlags() : [])])
}

function add(command: Command, flags: readonly Option[]): Command {
  for (const flag of flags) command.addOption(flag.helpGroup('File:'))
  return command
}

/** Adds the flags that describe a file whose contents are unknown. */
export function guessFlags(command: Command): Command {
  return add(command, [...layoutFlags('order_ref=InvoiceNo'), ...valueFlags(), ...orderFlags()])
}

const presetFlag = (): Option =>
  new Option('--preset <name>', 'file of another system; help lists, auto guesses').argParser(
    value(parseChoice(presetChoices)),
  )

/** A flag of pairs that is repeated has the pairs of all. */
const joined = (text: string, before: string | undefined): string => (before === undefined ? text : `${before},${text}`)

const layoutFlags = (mapped: string): Option[] => [
  new Option('--map <pairs>', `columns in the file: ${mapped},…`).argParser(joined),
  new Option('--input-format <format>', 'csv, tsv, ndjson or json (default: by the file)').argParser(
    value(parseChoice(['csv', 'tsv', 'ndjson', 'json'] as const)),
  ),
  new Option('--delimiter <character>', 'column separator of a CSV file (default: by its header)'),
  new Option('--quote <rule>', 'none: a quote is text, and separates nothing').argParser(
    value(parseChoice(['none'] as const)),
  ),
  new Option('--encoding <name>', 'encoding of other text than UTF-8: windows-1252'),
]

const valueFlags = (): Option[] => [
  new Option('--null <text>', 'text of an empty cell, such as NULL; repeatable').argParser(
    values((text: string) => text),
  ),
  new Option('--date-format <format>', 'format of times: DD.MM.YYYY HH:mm').argParser(timeValue('format')),
  new Option('--time-zone <zone>', 'zone of times without an offset: Europe/Berlin').argParser(timeValue('zone')),
  new Option('--decimal-comma', 'amounts are written as 1.004,50'),
  new Option('--currency-sign', 'amounts have a currency: $4.50 or 4.50 EUR'),
  new Option('--cents', 'amounts are whole cents: 1999 is 19.99'),
  new Option('--round <rule>', 'half-up: round prices to cents, instead of refusing').argParser(
    value(parseChoice(['half-up'] as const)),
  ),
  new Option('--default <pairs>', 'values of empty cells: quantity=1,…').argParser(joined),
  new Option('--carry-down [fields]', 'empty cells repeat the line above'),
  new Option('--skip <pairs>', 'rows to skip, by column: Type=Payment,Quantity=-,…').argParser(joined),
]

/** The parser of a text that says how the times of a file are read; it stays a text. */
const timeValue = (part: 'format' | 'zone') =>
  lazyValue(async () => {
    const { timeReader } = await import('../../src/shop/import/times.ts')
    return (text) => {
      timeReader(part === 'format' ? text : undefined, part === 'zone' ? text : undefined)
      return text
    }
  })

const orderFlags = (): Option[] => [
  new Option('--sku-from <field>', 'SKU of a line without one: product_name'),
  new Option('--line-total', 'the price is the total of the line'),
  new Option('--discount-lines', 'a line with a negative price is a discount'),
  new Option('--status-words <pairs>', 'statuses in the file: cancelled=Storniert,…').argParser(joined),
  new Option('--skip-cancelled', 'skip orders that are cancelled or refunded'),
]
