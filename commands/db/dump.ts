import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { DumpRequest } from '../../src/client/dump.ts'
import { DbtoolError } from '../../src/errors.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { withView } from '../kit/command.ts'
import { examples } from '../kit/help.ts'
import { clientFor, sizeOf } from './client-for.ts'

const view: View = { columns: [text('file'), number('bytes'), number('bytes_written')], id: 'file', empty: '' }

export interface DumpOptions {
  readonly force?: boolean
}

export function dbDump(db: Command, ctx: Context, run = dumpDatabase): void {
  withView(db.command('dump'), view)
    .description('Copy the whole database to a file, by mariadb-dump; .gz and .zst compress it')
    .argument('[file]', 'complete or absent; without it, standard output')
    .option('--force', 'replace an existing file')
    .addHelpText('after', examples('dbtool db dump shop.sql.gz', 'dbtool db dump > shop.sql'))
    .action((file: string | undefined, options: DumpOptions) => run(ctx, file, options))
}

export async function dumpDatabase(ctx: Context, path = '-', { force = false }: DumpOptions = {}): Promise<void> {
  const { dump, dumpRisks } = await import('../../src/client/dump.ts')
  const { compressionOf } = await import('../../src/client/compression.ts')
  if (path === '-' && ctx.io.stdout.isTTY === true)
    throw new DbtoolError('USAGE', 'a dump does not belong on a terminal', { hint: 'name a file, or redirect it' })
  const client = await clientFor(ctx, { names: ['mariadb-dump', 'mysqldump'], debian: 'mariadb-client' })
  const { risks, withEvents } = await ctx.connection(dumpRisks)
  const progress = ctx.out.progress()
  const onBytes = (bytes: number): void => progress.show(() => `${sizeOf(bytes)} dumped …`)
  const request = { ...client, withEvents, compression: compressionOf(path), onBytes }
  if (path === '-') await dump(request, ctx.io.stdout, { end: false })
  else await dumpToFile(ctx, path, { force, request })
  for (const risk of risks) ctx.out.notice(risk)
}

/** The file has its name only when the dump is complete and on the disk. */
async function dumpToFile(
  ctx: Context,
  path: string,
  { force, request }: { readonly force: boolean; readonly request: DumpRequest },
): Promise<void> {
  const [{ dump, writableTo }, { NewFile }] = await Promise.all([
    import('../../src/client/dump.ts'),
    import('../../src/new-file.ts'),
  ])
  const file = await NewFile.create({ path, cwd: ctx.io.cwd, force, flag: '<file>', mode: ctx.fileMode ?? 0o600 })
  const { handle } = file
  try {
    const bytes = await dump(request, writableTo(handle))
    const { size } = await handle.stat()
    await handle.sync()
    await handle.close()
    await file.commit()
    ctx.out.itemForScripts(view, { file: path, bytes, bytes_written: size })
    ctx.out.success(`dumped ${request.database} to ${path}: ${sizeOf(size)}`)
  } finally {
    await handle.close().catch(() => undefined)
    await file.cleanUp()
  }
}
