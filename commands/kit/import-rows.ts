import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { View } from '../../src/output/view.ts'
import type { ImportTable, OnConflict, SensitiveColumn } from '../../src/shop/import/tables.ts'
import { rowCounts, type RowSummary } from '../../src/shop/import/tally.ts'
import { parseChoice } from '../../src/values.ts'
import { withView } from './command.ts'
import { value } from './flags.ts'
import { importFlags, type ImportOptions, runImport, summaryView } from './import.ts'
import { noteNames } from './reading-notes.ts'

export interface ImportRowsOptions extends ImportOptions {
  readonly onConflict: OnConflict
}

type Count = SensitiveColumn['count']

const rowView = (counts: readonly Count[]): View => summaryView([...rowCounts, ...counts, 'seconds', 'rows_per_second'])

/**
 * Adds the argument and flags of an import of rows. `key` is the column that identifies an existing row, `mapped` is an
 * example of `--map`, `counts` are the sensitive columns that the summary counts.
 */
export function rowFlags(command: Command, key: string, mapped: string, counts: readonly Count[] = []): Command {
  return importFlags(withView(command, rowView(counts)), { mapped, unit: 'row' }).option(
    '--on-conflict <action>',
    `existing ${key}: error, skip it, or update from the file`,
    value(parseChoice(['error', 'skip', 'update'] as const)),
    'error',
  )
}

export async function importInto(
  ctx: Context,
  table: ImportTable,
  given: string | undefined,
  options: ImportRowsOptions,
): Promise<void> {
  const [{ checkRecordFile }, { importRows }, { fieldsOf }] = await Promise.all([
    import('../../src/files/record-file.ts'),
    import('../../src/shop/import/import-rows.ts'),
    import('../../src/shop/import/tables.ts'),
  ])
  const { onConflict, onError, dryRun = false } = options
  await runImport<RowSummary>(ctx, given, options, {
    noun: table.name,
    contents: table.name,
    fields: fieldsOf(table, onConflict),
    view: rowView(Object.values(table.sensitive).map(({ count }) => count)),
    unchanged: 'nothing was changed',
    rollsBack: true,
    note: noteNames,
    rejected: ({ rejected, rows_read: read }) => (rejected === 0 ? undefined : `${rejected} of ${read} rows`),
    check: async (file, signal) => {
      // With `abort`, the import itself reads the complete file before it commits anything.
      if (onError === 'skip') await checkRecordFile(file, { signal })
      return (db, { onProgress, onReject, onNote, ...session }) =>
        importRows({
          ...session,
          table,
          file,
          db,
          author: ctx.author(),
          onConflict,
          onError,
          // A dry run cannot use chunks: each is rolled back, so the next one would not see its changes.
          inOne: onError === 'abort' || dryRun ? 'whole' : 'chunks',
          onProgress: (read, { created, updated, skipped, rejected }) =>
            onProgress(read, () => `${created} created, ${updated} updated, ${skipped} skipped, ${rejected} rejected`),
          onReject: ({ record, reason }) => onReject(`line ${record.line}: ${reason}`),
          onNote: ({ record, note }) => onNote(`line ${record.line}: ${note}`),
        })
    },
  })
}
