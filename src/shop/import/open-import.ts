import type { Readable } from 'node:stream'
import { DbtoolError } from '../../errors.ts'
import { type Fields, hasAny, hintForFewer, type IgnoredColumn } from '../../files/columns.ts'
import { parseEncoding } from '../../files/decode.ts'
import { type Head, readHead } from '../../files/head.ts'
import type { NullText } from '../../files/null-texts.ts'
import { type RecordFile, recordFileOf } from '../../files/record-file.ts'
import { openSource, type Source } from '../../files/source.ts'
import { listed } from '../../files/wording.ts'
import { describeFile, type FileFlags, presetFile } from './file-flags.ts'
import { type Guess, guesses } from './guess.ts'
import type { Layout } from './layout.ts'
import type { PresetNoun } from './presets/preset.ts'
import { ReadReport, type Skipped } from './read-report.ts'
import { reshaper } from './reshape.ts'

export interface OpenImportOptions {
  readonly noun: PresetNoun
  /** The fields that the import reads. */
  readonly fields: Fields
  readonly flags: FileFlags
  readonly stdin: Readable
  readonly signal: AbortSignal
  /** Cells are read literally, with the quote that guards spreadsheets. */
  readonly raw: boolean
}

/** An open file of an import. */
export interface ImportFile {
  readonly file: RecordFile
  /** The name of its preset; undefined if there is none. */
  readonly preset: string | undefined
  readonly layout: Layout
  /** The parts of the file that the last reading of it skipped. */
  readonly reading: () => Reading
}

export interface Reading {
  readonly ignored: readonly IgnoredColumn[]
  readonly skipped: readonly Skipped[]
  /** Records that are imported, but not quite as the file has them. */
  readonly noticed: readonly Skipped[]
  /** Columns of the preset without which something is assumed, such as the status of an order. */
  readonly missing: readonly string[]
  /** The keys of a JSON file that a flag names, and that have no value in any object. */
  readonly unseen: readonly string[]
  readonly unknownStatuses: readonly string[]
  readonly rounded: number
  /** The texts of cells that are probably empty, and not read so. */
  readonly nullTexts: readonly NullText[]
  /** Whether the taxes of a file with columns of its own are added, because one of them has the name of dbtool's. */
  readonly addsTax: boolean
}

/**
 * Opens the file of an import as its preset and its flags describe it.
 *
 * Throws USAGE for flags that name nothing, and BAD_INPUT for a file that they do not fit.
 */
export async function openImport(path: string, options: OpenImportOptions): Promise<ImportFile> {
  const { stdin, signal, flags } = options
  const encoding = flags.encoding === undefined ? undefined : await parseEncoding(flags.encoding)
  return importFileOf(await openSource(path, { stdin, signal, encoding }), options)
}

/** The same for an open source, which is closed if it does not fit. */
export async function importFileOf(source: Source, options: OpenImportOptions): Promise<ImportFile> {
  const { noun, stdin, raw, flags } = options
  try {
    const named = flags.preset === undefined || flags.preset === 'auto' ? undefined : presetFile(flags.preset, noun)
    const guessed =
      flags.preset === 'auto'
        ? guessFor(noun, options.fields, await readHead(source, flags, isKnownAs(noun, options.fields)))
        : {}
    const preset = guessed.preset ?? (named && flags.preset)
    const file = named ?? (guessed.preset === undefined ? undefined : presetFile(guessed.preset, noun))
    const { layout, fields, map, isForeign } = describeFile(noun, options.fields, { ...guessed.flags, ...flags }, file)
    const report = new ReadReport()
    const known = new Map(Object.entries(layout.columns ?? {}))
    const records = await recordFileOf(source, {
      ...{ stdin, raw, fields, map, known },
      inputFormat: layout.inputFormat,
      delimiter: layout.delimiter,
      quote: layout.quote,
      reshape: reshaper(layout, report, source.name),
    }).catch(async (error: unknown) => {
      throw await withPreset(error, source, options)
    })
    return {
      file: records,
      preset,
      layout,
      reading: () => readingOf(records, report, { layout, preset, isForeign }),
    }
  } catch (error) {
    await source.handle.close()
    throw error
  }
}

interface ReadAs {
  readonly layout: Layout
  readonly preset: string | undefined
  /** Whether a map gives the columns of another system, but not the one of the taxes. */
  readonly isForeign: boolean
}

/** Fields whose values are assumed where the file has none: now, confirmed, and 0. */
const assumed = ['ordered_at', 'status', 'stock']

/** The columns that a file with a header lacks and that its preset reads for these fields. */
function missingColumns(
  { header, columns: found }: RecordFile,
  { columns = {}, derive = {}, join = {} }: Layout,
): string[] {
  if (header === undefined) return []
  const present = new Set(found.map(({ name }) => name))
  const sources = assumed.flatMap((field) => [
    field,
    ...(derive[field] ?? []).flatMap(({ when }) => Object.keys(when)),
    ...(join[field]?.of ?? []),
  ])
  return [...new Set(sources)].flatMap((field) => (present.has(field) ? [] : (columns[field]?.[0] ?? [])))
}

const linesAbove = ({ above }: RecordFile): Skipped[] =>
  above === 0 ? [] : [{ reason: 'line above the header', records: above }]

const readingOf = (file: RecordFile, report: ReadReport, { layout, preset, isForeign }: ReadAs): Reading => ({
  addsTax: isForeign && file.header !== undefined && file.columns.some(({ name }) => name === 'tax'),
  missing: preset === undefined ? [] : missingColumns(file, layout),
  unseen: file.unseen(),
  noticed: report.noticed,
  ignored: file.ignored(),
  skipped: [...linesAbove(file), ...report.skipped],
  unknownStatuses: report.unknownStatuses,
  rounded: report.rounded,
  nullTexts: file.nullTexts.without(layout.nulls ?? []),
})

/** The error for columns that do not fit, with the preset that they do fit. */
async function withPreset(error: unknown, source: Source, { noun, flags }: OpenImportOptions): Promise<unknown> {
  if (!(error instanceof DbtoolError) || error.code !== 'BAD_INPUT') return error
  const fitting = (names: readonly string[]): Guess | undefined =>
    guesses(names, [noun]).find(({ preset }) => preset !== flags.preset)
  const isKnown = (names: readonly string[]): boolean => fitting(names) !== undefined
  const head = await readHead(source, flags, isKnown).catch(() => undefined)
  const other = head === undefined ? undefined : fitting(head.names)?.preset
  if (other === undefined) return error
  const { code, message, faults, cause } = error
  return new DbtoolError(code, message, {
    faults,
    cause,
    hint: `The columns fit the preset ${other}: --preset ${other}`,
  })
}

/** Whether columns are those of a preset, or of dbtool. */
const isKnownAs =
  (noun: PresetNoun, { required }: Fields) =>
  (names: readonly string[]): boolean =>
    guesses(names, [noun]).length > 0 || required.every((field) => hasAny([field], names))

interface Guessed {
  readonly preset?: string
  /** The separator of the header, unless the preset names it. */
  readonly flags?: FileFlags
}

/** Throws BAD_INPUT if no preset fits, and the columns are not dbtool's own either. */
function guessFor(noun: PresetNoun, fields: Fields, { names, delimiter }: Head): Guessed {
  const [best] = guesses(names, [noun])
  const flags = delimiter === undefined || delimiter === ',' ? {} : { delimiter }
  if (best !== undefined) return { preset: best.preset, flags: best.file.delimiter === undefined ? flags : {} }
  if (fields.required.every((field) => hasAny([field], names))) return { flags }
  throw new DbtoolError('BAD_INPUT', `no preset of ${noun} fits the columns ${listed(names)}`, {
    hint: hintForFewer(fields, names) ?? 'Name the columns with --map ours=theirs,….',
  })
}
