import { setFlagsFromString } from 'node:v8'
import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import { DbtoolError, InvalidValue } from '../../src/errors.ts'
import type { Fields } from '../../src/files/columns.ts'
import type { RecordFile } from '../../src/files/record-file.ts'
import type { RejectsFile, RejectsPlace } from '../../src/files/rejects.ts'
import { isStandardOutput } from '../../src/output/choices.ts'
import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { type Column, money, number, text, type View } from '../../src/output/view.ts'
import type { ImportFile, Reading } from '../../src/shop/import/open-import.ts'
import type { PresetNoun } from '../../src/shop/import/presets/preset.ts'
import { parseChoice, quoteValue } from '../../src/values.ts'
import { engineFlags } from './engine-flags.ts'
import { fileFlags, type FileOptions } from './file-flags.ts'
import { FileOption, unlessDryRun, withEffect } from './command.ts'
import { value } from './flags.ts'
import { nameColumn, noteReading, readingColumns, readingRow } from './reading-notes.ts'

/** The flags of every import. */
export interface ImportOptions extends FileOptions {
  readonly onError: 'abort' | 'skip'
  readonly rejects?: string
  readonly dryRun?: boolean
}

/** The tools of an open import for the work on its file. */
export interface ImportSession {
  readonly rejects: RejectsFile | undefined
  readonly signal: AbortSignal
  /** Shows the progress on a terminal, and the estimated time left. */
  readonly onProgress: (bytesRead: number, done: () => string) => void
  /** Prints the first reasons of rejects, if no rejects file receives them. */
  readonly onReject: (reason: string) => void
  /** Prints the first of the notes. */
  readonly onNote: (note: string) => void
}

/** The work of one import between opening its file and printing its summary. */
export interface ImportJob<S extends object> {
  /** The contents of the file, for its presets and, in words, for the prompt. */
  readonly noun: PresetNoun
  readonly contents: string
  readonly fields: Fields
  readonly view: View
  /** The unchanged things, for the note of a dry run: `nothing was placed`. */
  readonly unchanged: string
  /** Reads the file before the server is asked and anything is changed; resolves to the import. */
  readonly check: (
    file: RecordFile,
    signal: AbortSignal,
  ) => Promise<(db: Database, session: ImportSession) => Promise<S>>
  /** Whether the database rolls a dry run back. */
  readonly rollsBack: boolean
  /** Prints the parts of the summary that are for people only. */
  readonly note?: (out: Output, summary: S) => void
  /** The rejects, such as `2 of 10 rows`; undefined if there are none. */
  readonly rejected: (summary: S) => string | undefined
}

/** Adds the flags of every import. `mapped` is an example of `--map`, `unit` a row or an order. */
export function importFlags(command: Command, { mapped, unit }: { mapped: string; unit: 'row' | 'order' }): Command {
  withEffect(command, { isWholesale: unlessDryRun })
  return fileFlags(command, { mapped, ofOrders: unit === 'order' })
    .argument('[file]', 'the file; - is standard input')
    .option(
      '--on-error <action>',
      `abort: change nothing on any fault; skip: skip such ${unit}s`,
      value(parseChoice(['abort', 'skip'] as const)),
      'abort',
    )
    .addOption(
      new FileOption('--rejects <file>', `write rejected ${unit}s to this file, with line and reason`).argParser(
        value(parseRejectsPath),
      ),
    )
    .option('-n, --dry-run', 'check and count everything, and change nothing')
}

/** The summary goes to standard output, so the rejects cannot. */
function parseRejectsPath(text: string): string {
  if (text === '' || isStandardOutput(text)) throw new InvalidValue(`must be a file, not ${quoteValue(text)}`)
  return text
}

/** The view of a summary; the first of its counts is its id. */
export const summaryView = (names: readonly [string, ...string[]], more: readonly Column[] = []): View => ({
  columns: [
    ...names.map((name) => (name === 'revenue' ? money : number)(name)),
    ...readingColumns,
    nameColumn,
    ...more,
  ],
  id: names[0],
})

/**
 * Runs an import: opens and checks the file, then the server and the schema, and only then creates the rejects file.
 * Prints the summary; rejects with PARTLY_DONE if anything was rejected.
 */
export async function runImport<S extends object>(
  ctx: Context,
  given: string | undefined,
  options: ImportOptions,
  job: ImportJob<S>,
): Promise<void> {
  if (options.preset === 'help') {
    await listPresets(ctx)
    return
  }
  checkRejects(options)
  const { path } = await ctx.ask.resolve({
    path: { given, flag: '<file>', message: `File of ${job.contents} (CSV or NDJSON)`, parse: (text: string) => text },
  })
  const [summary, reading] = await importPath(ctx, path, options, job)
  job.note?.(ctx.out, summary)
  ctx.out.item(job.view, { ...readingRow(reading), ...summary })
  if (options.dryRun === true) ctx.out.note(`dry run: ${job.unchanged}`)
  const rejected = job.rejected(summary)
  if (rejected !== undefined) throw partlyRejected(rejected, options.rejects)
}

async function importPath<S extends object>(
  ctx: Context,
  path: string,
  options: ImportOptions,
  { check, fields, noun, rollsBack }: ImportJob<S>,
): Promise<[S, Reading]> {
  const { RejectsFile: Rejects } = await import('../../src/files/rejects.ts')
  for (const flag of engineFlags(process.versions.v8)) setFlagsFromString(flag)
  const { signal } = ctx.io
  const { file, preset, reading } = await openFile(ctx, path, options, { fields, noun })
  if (options.preset === 'auto') ctx.out.note(`preset: ${preset ?? 'none, these are the columns of dbtool'}`)
  const progress = ctx.out.progress()
  const place = options.rejects === undefined ? undefined : rejectsPlace(ctx, options.rejects)
  const onReject =
    place === undefined
      ? firstFew(ctx.out, '… and more; --rejects FILE saves all of them', 'rejected: ')
      : (): void => undefined
  let rejects: RejectsFile | undefined
  try {
    if (place !== undefined) await Rejects.assertFree(place, file)
    const run = await check(file, signal)
    const summary = await ctx.shop(
      async (db) => {
        if (place !== undefined) rejects = await Rejects.create(place, file)
        return run(db, {
          rejects,
          signal,
          onProgress: progressOf(progress, file.bytes),
          onReject,
          onNote: firstFew(ctx.out, '… and more'),
        })
      },
      { dryRun: rollsBack && options.dryRun === true, writesInSteps: rollsBack || options.dryRun !== true },
    )
    return [summary, reading()]
  } finally {
    progress.clear()
    noteReading(ctx.out, reading())
    await rejects?.close()
    await file.close()
  }
}

/** The place of `--rejects`. */
const rejectsPlace = ({ io: { cwd }, fileMode: mode, force }: Context, path: string): RejectsPlace => ({
  path,
  cwd,
  force,
  mode,
})

async function openFile(
  ctx: Context,
  path: string,
  flags: ImportOptions,
  what: { readonly fields: Fields; readonly noun: PresetNoun },
): Promise<ImportFile> {
  const { openImport } = await import('../../src/shop/import/open-import.ts')
  const { signal, stdin } = ctx.io
  return openImport(path, { ...what, flags, stdin, signal, raw: ctx.rawCells })
}

const presetView: View = {
  columns: [text('preset'), text('system'), text('files')],
  id: 'preset',
}

async function listPresets(ctx: Context): Promise<void> {
  const { presets } = await import('../../src/shop/import/presets/index.ts')
  const rows = presets.map(({ name, system, files }) => ({
    preset: name,
    system,
    files: Object.keys(files).join(', '),
  }))
  ctx.out.list(presetView, rows)
}

const maxReasons = 5

function progressOf(progress: Progress, bytes: number): ImportSession['onProgress'] {
  const started = performance.now()
  return (read, done) =>
    progress.show(() => {
      const share = bytes === 0 ? 1 : read / bytes
      const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
      return `${Math.floor(share * 100)} %  ${done()}, about ${left} s left`
    })
}

/** Prints the first few texts, and once that there are more. */
function firstFew(out: Output, more: string, before = ''): (text: string) => void {
  let count = 0
  return (text) => {
    count += 1
    if (count <= maxReasons) out.note(`${before}${text}`)
    else if (count === maxReasons + 1) out.note(more)
  }
}

function partlyRejected(rejected: string, rejectsPath: string | undefined): DbtoolError {
  const hint =
    rejectsPath === undefined
      ? 'add --rejects FILE to see the reasons'
      : `they are in ${rejectsPath}, with line and reason: fix them and import that file`
  return new DbtoolError('PARTLY_DONE', `${rejected} were rejected`, { hint })
}

/**
 * `--rejects` is of no use if nothing is skipped.
 *
 * @throws DbtoolError USAGE if `--rejects` is given without `--on-error skip`.
 */
function checkRejects({ rejects, onError }: ImportOptions): void {
  if (rejects !== undefined && onError === 'abort')
    throw new DbtoolError('USAGE', '--rejects needs --on-error skip', { hint: 'add --on-error skip' })
}
