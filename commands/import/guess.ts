import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { orNone, sentence, text, type View } from '../../src/output/view.ts'
import { withView } from '../kit/command.ts'
import { type FileOptions, guessFlags } from '../kit/file-flags.ts'
import { examples } from '../kit/help.ts'
import { noteReading, readingColumns, readingRow } from '../kit/reading-notes.ts'

const previewView: View = {
  columns: [text('name'), sentence('contents'), orNone(sentence('fault'), 'none')],
  id: 'name',
  omitsNull: true,
}

const guessView: View = {
  columns: [text('file'), text('format'), text('preset'), text('system'), text('command'), ...readingColumns],
  id: 'preset',
  omitsNull: true,
  nested: { name: 'first', view: previewView },
}

export function importGuess(noun: Command, ctx: Context, run = guessFile): void {
  guessFlags(withView(noun.command('guess'), guessView))
    .description('Find the preset for a file, and show the first three orders or rows as an import would read them')
    .argument('[file]', 'the file; - is standard input')
    .addHelpText(
      'after',
      examples(
        'dbtool import guess orders_export.csv',
        'dbtool import guess orders.csv --encoding windows-1252 ' +
          '--map order_ref=Beleg,user=Kunde,sku=Artikel,quantity=Menge',
      ),
    )
    .action((file: string | undefined, options: FileOptions) => run(ctx, file, options))
}

export async function guessFile(ctx: Context, given: string | undefined, flags: FileOptions): Promise<void> {
  const { path } = await ctx.ask.resolve({
    path: { given, flag: '<file>', message: 'File (CSV, TSV or JSON)', parse: (typed: string) => typed },
  })
  const { previewFile } = await import('../../src/shop/import/preview.ts')
  const { reading, ...preview } = await previewFile(path, flags, ctx.io)
  ctx.out.item(guessView, { ...readingRow(reading), ...preview })
  if (preview.preset === null && flags.map === undefined)
    ctx.out.note('no preset is needed: the columns are those of dbtool')
  noteReading(ctx.out, reading)
}
