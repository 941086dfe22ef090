import type { Condition, Layout } from '../../src/shop/import/layout.ts'
import { type Preset, type PresetFile, presetNouns } from '../../src/shop/import/presets/preset.ts'

/** The page of presets, from the presets themselves. */
export function presetPage(presets: readonly Preset[]): string[] {
  return [
    'A preset describes the files of another system. `--preset NAME` reads such a file. `--preset auto` recognizes it',
    'by its columns, and `dbtool import guess FILE` shows its first orders or rows. Each flag of the import replaces',
    'one part of the preset. [Moving to dbtool](../moving.md) has examples.',
    '',
    ...presets.flatMap(presetSection),
  ]
}

function presetSection({ name, system, files }: Preset): string[] {
  const sections = presetNouns.flatMap((noun) => {
    const file = files[noun]
    return file === undefined ? [] : fileSection(name, noun, file)
  })
  return [`## ${name}`, '', `${system}.`, '', ...sections]
}

function fileSection(name: string, noun: string, file: PresetFile): string[] {
  const rows = Object.entries(file.columns ?? {}).map(
    ([field, columns]) => `| \`${field}\` | ${columns.map((column) => `\`${column}\``).join(', or ')} |`,
  )
  return [
    `### ${name} ${noun}`,
    '',
    `From: ${file.from}.`,
    '',
    '| field | column |',
    '|---|---|',
    ...rows,
    '',
    ...rulesOf(file).map((rule) => `- ${rule}`),
    ...(file.note === undefined ? [] : [`- ${file.note}`]),
    '',
  ]
}

const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ')

/** A sentence for each part of a layout besides its columns. */
function rulesOf(layout: Layout): string[] {
  const { delimiter, quote, dateFormat, decimalComma, currencySign, lineTotal, carryDown, carryBy, skuFrom } = layout
  const optional: (string | false | undefined)[] = [
    delimiter !== undefined && `The separator is ${delimiter === '\\t' ? 'a tab' : `\`${delimiter}\``}.`,
    quote === 'none' && 'Nothing is quoted: a quote is text.',
    dateFormat !== undefined && `Times are in the format \`${dateFormat}\`, or in ISO 8601.`,
    decimalComma === true && 'Amounts may have a decimal comma.',
    currencySign === true && 'Amounts may have a currency.',
    lineTotal === true && 'The price is the total of a line; the import divides it by the quantity.',
    carryDown !== undefined && `Empty cells repeat the line above${withinOne(carryBy)}: ${code(carryDown)}.`,
    skuFrom !== undefined && `The SKU of a line without one is its \`${skuFrom}\`.`,
  ]
  return [
    ...optional.filter((rule): rule is string => typeof rule === 'string'),
    ...Object.entries(layout.join ?? {}).map(([field, { of }]) => `\`${field}\` joins ${code(of)}.`),
    ...Object.entries(layout.add ?? {}).map(([field, parts]) => `\`${field}\` is the sum of ${code(parts)}.`),
    ...Object.entries(layout.subtract ?? {}).map(
      ([field, parts]) => `\`${field}\` is less by ${code(parts)}, unless the order is cancelled.`,
    ),
    ...Object.entries(layout.only ?? {}).map(
      ([field, when]) => `\`${field}\` counts only where ${conditionText(when)}.`,
    ),
    ...Object.entries(layout.derive ?? {}).flatMap(([field, rules]) =>
      rules.map(({ when, is }) => `\`${field}\` is \`${is}\` where ${conditionText(when)}.`),
    ),
    ...[...(layout.statusWords ?? [])].map(([word, status]) => `The status \`${word}\` means \`${status}\`.`),
    ...(layout.remarks === undefined ? [] : [`Skipped, where a short line has ${code(layout.remarks)}.`]),
    ...(layout.notice ?? []).map(({ when, reason }) => `Reported, where ${conditionText(when)}: ${reason}.`),
    ...(layout.skip ?? []).map(({ when, reason }) => `Skipped, where ${conditionText(when)}: ${reason}.`),
  ]
}

const withinOne = (field: string | undefined): string => (field === undefined ? '' : `, within one \`${field}\``)

function conditionText(condition: Condition): string {
  return Object.entries(condition)
    .map(([field, texts]) => `\`${field}\` is ${texts.map(textOf).join(' or ')}`)
    .join(' and ')
}

function textOf(text: string): string {
  if (text === '') return 'empty'
  if (text === '*') return 'not empty'
  return text === '-' ? 'negative' : `\`${text}\``
}
