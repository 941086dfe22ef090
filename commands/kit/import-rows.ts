import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { number, type View } from '../../src/output/view.ts'
import type { OnConflict } from '../../src/shop/import/draft-row.ts'
import type { RowImport } from '../../src/shop/import/import-rows.ts'
import type { RowSummary } from '../../src/shop/import/tally.ts'
import type { ImportTable } from '../../src/shop/import/tables.ts'
import { parseChoice } from '../../src/values.ts'
import { withView } from './command.ts'
import { value } from './flags.ts'

export interface ImportRowsOptions {
  readonly map?: string
  readonly delimiter?: string
  readonly onConflict: OnConflict
  readonly onError: 'abort' | 'skip'
  readonly rejects?: string
  readonly dryRun?: boolean
}

const summaryView: View = {
  columns: ['rows_read', 'created', 'updated', 'unchanged', 'skipped', 'rejected', 'seconds', 'rows_per_second'].map(
    number,
  ),
  id: 'rows_read',
  empty: '',
}

/**
 * Adds the argument and flags of an import of rows. `key` is the column that identifies an existing row, `mapped` is an
 * example of `--map`.
 */
export function importFlags(command: Command, key: string, mapped: string): Command {
  return withView(command, summaryView)
    .argument('[file]', 'the file; - is standard input')
    .option('--map <pairs>', `columns in the file: ${mapped},…`)
    .option('--delimiter <character>', "column separator of a CSV file (default: ',')")
    .option(
      '--on-conflict <action>',
      `existing ${key}: error, skip it, or update from the file`,
      value(parseChoice(['error', 'skip', 'update'] as const)),
      'error',
    )
    .option(
      '--on-error <action>',
      'abort: change nothing on any fault; skip: skip such rows',
      value(parseChoice(['abort', 'skip'] as const)),
      'abort',
    )
    .option('--rejects <file>', 'write rejected rows to this file, with line and reason')
    .option('-n, --dry-run', 'check and count everything, and change nothing')
}

export async function importInto(
  ctx: Context,
  kind: ImportTable,
  given: string | undefined,
  options: ImportRowsOptions,
): Promise<void> {
  checkRejects(options)
  const { path } = await ctx.ask.resolve({
    path: { given, flag: '<file>', message: `File of ${kind.table} (CSV or NDJSON)`, parse: (text: string) => text },
  })
  const summary = await importPath(ctx, kind, path, options)
  ctx.out.item(summaryView, summary)
  if (options.dryRun === true) ctx.out.note('dry run: nothing was changed')
  if (summary.rejected > 0) throw partlyRejected(`${summary.rejected} of ${summary.rows_read} rows`, options.rejects)
}

/**
 * Imports one file. With `--on-error skip`, the file's structure and the server are checked first. Only then is the
 * rejects file of an earlier run replaced.
 */
async function importPath(
  ctx: Context,
  kind: ImportTable,
  path: string,
  options: ImportRowsOptions,
): Promise<RowSummary> {
  const [{ checkRecordFile, openRecordFile }, { parseMap }, { RejectsFile }, { importRows }, { fieldsOf }] =
    await Promise.all([
      import('../../src/files/record-file.ts'),
      import('../../src/files/map.ts'),
      import('../../src/files/rejects.ts'),
      import('../../src/shop/import/import-rows.ts'),
      import('../../src/shop/import/tables.ts'),
    ])
  const { onConflict, onError, rejects: rejectsPath, dryRun = false, delimiter } = options
  const { signal, stdin } = ctx.io
  const fields = fieldsOf(kind)
  const map = options.map === undefined ? new Map<string, string>() : parseMap(options.map, fields)
  const file = await openRecordFile(path, { stdin, signal, fields, map, delimiter, raw: ctx.rawCells })
  const progress = ctx.out.progress()
  let rejects: Awaited<ReturnType<typeof RejectsFile.create>> | undefined
  try {
    if (onError === 'skip') await checkRecordFile(file, { signal })
    return await ctx.shop(
      async (db) => {
        rejects = rejectsPath === undefined ? undefined : await RejectsFile.create(rejectsPath, file)
        const work = { kind, file, db, author: ctx.author(), onConflict, onError, rejects, signal }
        return importRows({
          ...work,
          // A dry run cannot use chunks: each is rolled back, so the next one would not see its changes.
          inOne: onError === 'abort' || dryRun ? 'whole' : 'chunks',
          ...reporting(ctx.out, progress, { bytes: file.bytes, rejectsPath }),
        })
      },
      { dryRun },
    )
  } finally {
    progress.clear()
    await rejects?.close()
    await file.close()
  }
}

/** Callbacks that show progress on a terminal, and the first reasons of rejects if no rejects file receives them. */
function reporting(
  out: Output,
  progress: Progress,
  { bytes, rejectsPath }: { bytes: number; rejectsPath: string | undefined },
): Pick<RowImport, 'onProgress' | 'onReject'> {
  const [show, report] = [progressOf(progress, bytes), firstReasons(out, rejectsPath)]
  return {
    onProgress: (read, { counts: { created, updated, skipped }, rejected }) =>
      show(read, () => `${created} created, ${updated} updated, ${skipped} skipped, ${rejected} rejected`),
    onReject: ({ record, reason }) => report(`line ${record.line}: ${reason}`),
  }
}

const maxReasons = 5

/** Returns a function that shows the progress of an import, and the estimated time left. */
export function progressOf(progress: Progress, bytes: number): (bytesRead: number, done: () => string) => void {
  const started = performance.now()
  return (read, done) =>
    progress.show(() => {
      const share = bytes === 0 ? 1 : read / bytes
      const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
      return `${Math.floor(share * 100)} %  ${done()}, about ${left} s left`
    })
}

/** Returns a function that prints the first reasons of rejects, if no rejects file receives them. */
export function firstReasons(out: Output, rejectsPath: string | undefined): (reason: string) => void {
  let count = 0
  return (reason) => {
    count += 1
    if (rejectsPath !== undefined || count > maxReasons + 1) return
    out.note(count > maxReasons ? '… and more; --rejects FILE saves all of them' : `rejected: ${reason}`)
  }
}

/** The error of an import with rejects; `rejected` is such as `2 of 10 rows`. */
export function partlyRejected(rejected: string, rejectsPath: string | undefined): DbtoolError {
  const hint =
    rejectsPath === undefined
      ? 'add --rejects FILE to see the reasons'
      : `they are in ${rejectsPath}, with line and reason: fix them and import that file`
  return new DbtoolError('PARTLY_DONE', `${rejected} were rejected`, { hint })
}

/**
 * `--rejects` is of no use if no row is skipped.
 *
 * @throws DbtoolError USAGE if `--rejects` is given without `--on-error skip`.
 */
export function checkRejects({ rejects, onError }: { rejects?: string; onError: 'abort' | 'skip' }): void {
  if (rejects !== undefined && onError === 'abort')
    throw new DbtoolError('USAGE', '--rejects needs --on-error skip', { hint: 'add --on-error skip' })
}
