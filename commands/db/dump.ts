import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import { DbtoolError, isNodeError } from '../../src/errors.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { counted } from '../../src/in-words.ts'
import { withView, writesStdout } from '../kit/command.ts'
import { examples } from '../kit/help.ts'
import { clientFor, serverClient, sizeOf } from './client-for.ts'

const view: View = { columns: [text('file'), number('bytes'), number('bytes_written')], id: 'file' }

const fileArgument = 'the file is the argument, as in dbtool db dump shop.sql.gz'

export interface DumpOptions {
  readonly force?: boolean
  readonly physical?: boolean
}

export function dbDump(db: Command, ctx: Context, run = dumpDatabase): void {
  writesStdout(withView(db.command('dump'), view), ([file = '-']) => (file === '-' ? fileArgument : undefined))
    .description('Copy the whole database to a file, by mariadb-dump; .gz and .zst compress it')
    .argument('[file]', 'complete or absent; without it, standard output')
    .option('--physical', 'copy the files of the whole server, by mariadb-backup')
    .option('--force', 'replace an existing file')
    .addHelpText(
      'after',
      examples('dbtool db dump shop.sql.gz', 'dbtool db dump > shop.sql', 'dbtool db dump --physical server.mb.gz'),
    )
    .action((file: string | undefined, options: DumpOptions) => run(ctx, file, options))
}

/** A copy that can be written to a stream. */
interface Copy {
  /** The copied thing, for messages. */
  readonly subject: string
  /** Resolves to the size before compression. */
  readonly write: (file: NodeJS.WritableStream, options?: { end: boolean }) => Promise<number>
  /** The parts that it lacks or could tear, as sentences. */
  readonly risks: readonly string[]
}

export async function dumpDatabase(ctx: Context, path = '-', options: DumpOptions = {}): Promise<void> {
  if (path === '-' && ctx.io.stdout.isTTY === true)
    throw new DbtoolError('USAGE', 'a dump does not belong on a terminal', { hint: 'name a file, or redirect it' })
  const copy = await (options.physical === true ? copyOfServer : copyOfDatabase)(ctx, path)
  if (path === '-') await copy.write(ctx.io.stdout, { end: false })
  else await writeToFile(ctx, path, { force: options.force === true, copy })
  for (const risk of copy.risks) ctx.out.notice(risk)
}

async function copyOfDatabase(ctx: Context, path: string): Promise<Copy> {
  const { dump, dumpRisks } = await import('../../src/client/dump.ts')
  const { compressionOf } = await import('../../src/client/compression.ts')
  const client = await clientFor(ctx, { names: ['mariadb-dump', 'mysqldump'], component: 'dump' })
  const { risks, withEvents } = await ctx.connection(dumpRisks)
  const request = { ...client, withEvents, compression: compressionOf(path), onBytes: showing(ctx) }
  return { subject: client.database, write: (file, ending) => dump(request, file, ending), risks }
}

async function copyOfServer(ctx: Context, path: string): Promise<Copy> {
  const [{ backUp }, { compressionOf }, { findBackupPrograms }, { assertCopyable }] = await Promise.all([
    import('../../src/client/physical/backup.ts'),
    import('../../src/client/compression.ts'),
    import('../../src/client/physical/programs.ts'),
    import('../../src/client/physical/source.ts'),
  ])
  const programs = await findBackupPrograms(ctx.io.env)
  let databases = 0
  const client = await serverClient(ctx, programs.backup, async (connection) => {
    databases = await assertCopyable(connection, connection.target, programs)
  })
  const request = { ...client, compression: compressionOf(path), onBytes: showing(ctx) }
  const subject = `the whole server (${counted(databases, 'database')})`
  return { subject, write: (file, ending) => backUp(request, file, ending), risks: [] }
}

function showing(ctx: Context): (bytes: number) => void {
  const progress = ctx.out.progress()
  return (bytes) => progress.show(() => `${sizeOf(bytes)} dumped …`)
}

/** The file has its name only when the dump is complete and on the disk. */
async function writeToFile(
  ctx: Context,
  path: string,
  { force, copy }: { readonly force: boolean; readonly copy: Copy },
): Promise<void> {
  const [{ writableTo }, { NewFile }] = await Promise.all([
    import('../../src/client/dump.ts'),
    import('../../src/new-file.ts'),
  ])
  const file = await NewFile.create({ path, cwd: ctx.io.cwd, force, flag: '<file>', mode: ctx.fileMode ?? 0o600 })
  const { handle } = file
  try {
    const bytes = await copy.write(writableTo(handle)).catch((cause: unknown) => {
      throw isNodeError(cause) && cause.syscall === 'write' ? file.failed(cause) : cause
    })
    const { size } = await handle.stat()
    await handle.sync()
    await handle.close()
    await file.commit()
    ctx.out.itemForScripts(view, { file: path, bytes, bytes_written: size })
    ctx.out.success(`dumped ${copy.subject} to ${path}: ${sizeOf(size)}`)
  } finally {
    await handle.close().catch(() => undefined)
    await file.cleanUp()
  }
}
