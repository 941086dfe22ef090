import { type Command, Option } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { Queries } from '../../src/db/queries.ts'
import type { CsvStyle } from '../../src/output/delimited.ts'
import type { Produce } from '../../src/output/stream.ts'
import type { View } from '../../src/output/view.ts'
import type { ExportSink } from '../../src/shop/export/export-rows.ts'

/** The flags of an export for the CSV of spreadsheets. */
export interface CsvOptions {
  readonly delimiter?: string
  readonly bom?: true
  readonly crlf?: true
  readonly decimalComma?: true
}

/** Adds the flags of an export. */
export function csvFlags(command: Command): Command {
  const flags = [
    new Option('--delimiter <character>', "column separator (default: ',')"),
    new Option('--bom', 'begin with a byte order mark, for Excel'),
    new Option('--crlf', 'end lines with CR LF'),
    new Option('--decimal-comma', 'write amounts as 4,50'),
  ]
  for (const flag of flags) command.addOption(flag.helpGroup('CSV for spreadsheets:'))
  return command
}

/** Streams a list of any length from one consistent snapshot. */
export async function exportFrom(
  ctx: Context,
  view: View,
  options: CsvOptions,
  produce: (queries: Queries, sink: ExportSink) => Promise<void>,
): Promise<void> {
  const csv = await styleOf(options)
  const produceRows: Produce = async (write, openCells) => {
    const [{ withLease }, { transactionSnapshot }] = await Promise.all([
      import('../../src/db/pool/pool.ts'),
      import('../../src/db/snapshot.ts'),
    ])
    await ctx.shop((db) =>
      withLease(db.pool, (lease) => transactionSnapshot(lease, (queries) => produce(queries, { write, openCells }))),
    )
  }
  await ctx.out.stream(view, produceRows, { unlessGiven: 'csv', csv })
}

/** Undefined: none of the flags is given. */
async function styleOf({ delimiter, bom, crlf, decimalComma }: CsvOptions): Promise<CsvStyle | undefined> {
  if (delimiter === undefined && bom === undefined && crlf === undefined && decimalComma === undefined) return undefined
  const { parseDelimiter } = await import('../../src/files/header.ts')
  return { delimiter: delimiter === undefined ? undefined : parseDelimiter(delimiter), bom, crlf, decimalComma }
}
