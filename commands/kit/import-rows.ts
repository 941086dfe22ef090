import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError } from '../../src/errors.ts'
import type { Output } from '../../src/output/output.ts'
import type { Progress } from '../../src/output/progress.ts'
import { number, type View } from '../../src/output/view.ts'
import type { OnConflict } from '../../src/shop/import/draft-row.ts'
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
 * The arguments and flags of an import of rows; `key` is what a row is found again by, `mapped` an example of `--map`.
 */
export function importFlags(command: Command, key: string, mapped: string): Command {
  return withView(command, summaryView)
    .argument('[file]', 'the file; - is standard input')
    .option('--map <pairs>', `what the file calls our columns: ${mapped},…`)
    .option('--delimiter <character>', "what separates the columns of a CSV file (default: ',')")
    .option(
      '--on-conflict <what>',
      `a row whose ${key} is there already: error: it is a fault; skip: leave it as it is; update: write what the file has`,
      value(parseChoice(['error', 'skip', 'update'] as const)),
      'error',
    )
    .option(
      '--on-error <what>',
      'abort: change nothing if there is any fault; skip: leave such rows out',
      value(parseChoice(['abort', 'skip'] as const)),
      'abort',
    )
    .option('--rejects <file>', 'write the rows left out here, with line and reason')
    .option('-n, --dry-run', 'try everything, and change nothing')
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
  if (summary.rejected > 0) throw leftOut(`${summary.rejected} of ${summary.rows_read} rows`, options.rejects)
}

/**
 * Where rows are left out, the structure of the file is checked, and the server is there, before the rejects of an
 * earlier run are replaced.
 */
async function importPath(
  ctx: Context,
  kind: ImportTable,
  path: string,
  options: ImportRowsOptions,
): Promise<RowSummary> {
  const [{ openRecordFile }, { parseMap }, { RejectsFile }, { checkRecordFile }, { importRows }, { fieldsOf }] =
    await Promise.all([
      import('../../src/files/record-file.ts'),
      import('../../src/files/header.ts'),
      import('../../src/files/rejects.ts'),
      import('../../src/files/record-file.ts'),
      import('../../src/shop/import/import-rows.ts'),
      import('../../src/shop/import/tables.ts'),
    ])
  const { onConflict, onError, rejects: rejectsPath, dryRun = false, delimiter } = options
  const { signal, stdin } = ctx.io
  const fields = fieldsOf(kind)
  const map = options.map === undefined ? new Map<string, string>() : parseMap(options.map, fields)
  const file = await openRecordFile(path, { stdin, signal, fields, map, delimiter, raw: ctx.rawCells })
  const progress = ctx.out.progress()
  const [show, report] = [progressOf(progress, file.bytes), firstReasons(ctx.out, rejectsPath)]
  let rejects: Awaited<ReturnType<typeof RejectsFile.create>> | undefined
  try {
    if (onError === 'skip') await checkRecordFile(file, { signal })
    return await ctx.shop(
      async (db) => {
        rejects = rejectsPath === undefined ? undefined : await RejectsFile.create(rejectsPath, file)
        return importRows({
          kind,
          file,
          db,
          author: ctx.author(),
          onConflict,
          onError,
          rejects,
          signal,
          // A dry run in chunks would not know in the next one what the last one would have done.
          inOne: onError === 'abort' || dryRun ? 'whole' : 'chunks',
          onProgress: (read, { counts: { created, updated, skipped }, rejected }) =>
            show(read, () => `${created} created, ${updated} updated, ${skipped} skipped, ${rejected} rejected`),
          onReject: ({ record, reason }) => report(`line ${record.line}: ${reason}`),
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

const reasonsShown = 5

/** Tells how far an import is, and how long it will take. */
export function progressOf(progress: Progress, bytes: number): (bytesRead: number, done: () => string) => void {
  const started = performance.now()
  return (read, done) =>
    progress.show(() => {
      const share = bytes === 0 ? 1 : read / bytes
      const left = Math.ceil(((performance.now() - started) / 1_000) * (1 / Math.max(share, 0.001) - 1))
      return `${Math.floor(share * 100)} %  ${done()}, about ${left} s left`
    })
}

/** Where no file keeps what is left out, the first reasons for everybody. */
export function firstReasons(out: Output, rejectsPath: string | undefined): (what: string) => void {
  let count = 0
  return (what) => {
    count += 1
    if (rejectsPath !== undefined || count > reasonsShown + 1) return
    out.note(count > reasonsShown ? '… and more; --rejects FILE keeps them all' : `left out: ${what}`)
  }
}

/** The error of an import that left something out: `2 of 10 rows`. */
export function leftOut(what: string, rejectsPath: string | undefined): DbtoolError {
  const hint =
    rejectsPath === undefined
      ? 'see why with --rejects FILE'
      : `they are in ${rejectsPath}, with line and reason: mend them and import that file`
  return new DbtoolError('PARTLY_DONE', `${what} were left out`, { hint })
}

/** Rejects are of no use where nothing is left out. */
export function checkRejects({ rejects, onError }: { rejects?: string; onError: 'abort' | 'skip' }): void {
  if (rejects !== undefined && onError === 'abort')
    throw new DbtoolError('USAGE', '--rejects is for what is left out', { hint: 'add --on-error skip' })
}
