import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../../src/context/context.ts'
import type { DumpFile } from '../../src/client/dump-file.ts'
import type { ChangedValues, DatabaseObject } from '../../src/client/restore.ts'
import { DbtoolError } from '../../src/errors.ts'
import { number, text, type View } from '../../src/output/view.ts'
import { counted } from '../../src/in-words.ts'
import { withView, withEffect } from '../kit/command.ts'
import { examples } from '../kit/help.ts'
import type { Finding } from '../../src/shop/invariants.ts'
import { assertSound, invariants, soundText } from './check.ts'
import { clientFor, sizeOf } from './client-for.ts'
import { folderView, restoreInto, restoreServer } from './restore-physical.ts'

const view: View = {
  columns: [text('database'), number('bytes'), number('dropped'), text('is_sound')],
  id: 'database',
}

export interface RestoreOptions {
  readonly confirm?: string
  readonly dryRun?: boolean
  readonly into?: string
}

export function dbRestore(db: Command, ctx: Context, run = restoreDatabase): void {
  const restore = withView<RestoreOptions>(db.command('restore'), ({ into }) =>
    into === undefined ? view : folderView,
  )
  // With --into, it makes a folder.
  withEffect(restore, { changes: ({ dryRun, into }) => dryRun !== true && into === undefined })
    .description('Replace everything in the database by a dump, and check it. Asks first, unless it is empty')
    .argument('[file]', 'a dump or physical backup; - is standard input')
    .option('--confirm <database>', 'name of the database, instead of a prompt')
    .option('--into <folder>', 'only make a data directory of a physical backup')
    .option('-n, --dry-run', 'check the file, list what would be dropped, change nothing')
    .addHelpText(
      'after',
      examples(
        'dbtool db restore shop.sql.gz',
        'dbtool db restore shop.sql --confirm shop',
        'dbtool db restore server.mb.gz --into data',
      ),
    )
    .action((file: string | undefined, options: RestoreOptions) => run(ctx, file, options))
}

export async function restoreDatabase(ctx: Context, given: string | undefined, options: RestoreOptions): Promise<void> {
  const { openDump } = await import('../../src/client/dump-file.ts')
  const { path } = await ctx.ask.resolve({
    path: { given, flag: '<file>', message: 'File with the dump', parse: (typed: string) => typed },
  })
  const file = await openDump(path === '-' ? path : resolve(ctx.io.cwd, path), path, ctx.io.stdin)
  try {
    if (options.into !== undefined) await restoreInto(ctx, file, options.into)
    else if (file.kind === 'physical') await restoreServer(ctx, file, view, options)
    else await restoreSql(ctx, file, options)
  } finally {
    await file.handle.close()
  }
}

async function restoreSql(ctx: Context, file: DumpFile, options: RestoreOptions): Promise<void> {
  const { assertRestorable, checkDump, dropObjects, objectsIn, restore } = await import('../../src/client/restore.ts')
  const client = await clientFor(ctx, { names: ['mariadb', 'mysql'], component: 'client' })
  const progress = ctx.out.progress()
  const onChecked = (bytes: number): void => progress.show(() => `${sizeOf(bytes)} checked …`)
  const { bytes: all, needs } = await checkDump(file, ctx.io.signal, onChecked)
  const { found, later } = await ctx.connection(async (connection) => ({
    later: await assertRestorable(connection, file, needs),
    found: await objectsIn(connection),
  }))
  if (later !== undefined) ctx.out.notice(later)
  const row = { database: client.database, bytes: all, dropped: found.length, is_sound: null }
  if (options.dryRun === true) {
    show(ctx, row, found)
    return
  }
  progress.clear()
  await confirm(ctx, found, client.database, options)
  await ctx.connection((connection) => dropObjects(connection, found))
  const onBytes = (bytes: number): void => progress.show(() => `${sizeOf(bytes)} of ${sizeOf(all)} restored …`)
  const changed = await restore(file, { ...client, onBytes })
  ctx.out.success(`restored ${file.name} to ${client.database}`)
  await conclude(ctx, row)
  assertUnchanged(changed)
}

/** An empty database loses nothing. */
async function confirm(
  ctx: Context,
  found: readonly DatabaseObject[],
  name: string,
  given: RestoreOptions,
): Promise<void> {
  if (found.length > 0 || given.confirm !== undefined) {
    const message = `Drop everything in ${name} (${described(found)}), and restore the dump?`
    await ctx.ask.confirmName({ message, name, given: given.confirm, flag: '--confirm' })
  } else await ctx.ask.confirm({ message: `Restore the dump to ${name}?`, yes: true })
}

/** `2 tables, 1 view`. */
function described(found: readonly DatabaseObject[]): string {
  const types = [...new Set(found.map(({ type }) => type))]
  return types.map((type) => counted(found.filter((one) => one.type === type).length, type.toLowerCase())).join(', ')
}

function show({ out }: Context, row: object, found: readonly DatabaseObject[]): void {
  out.itemForScripts(view, row)
  for (const { type, name } of found) out.note(`would drop ${type.toLowerCase()} ${name}`)
  out.note('dry run: the dump is complete; nothing was changed')
}

function assertUnchanged({ count, warnings }: ChangedValues): void {
  if (count === 0) return
  throw new DbtoolError('PARTLY_DONE', `the server has changed what it cannot hold: ${warnings.join('; ')}`, {
    hint: `everything else is restored (${counted(count, 'warning')}); a server of the dump's version holds it all`,
  })
}

/** The copy of a shop must be as sound as the shop; another database has no invariants. */
async function conclude(ctx: Context, row: object): Promise<void> {
  const { appliedMigrations } = await import('../../src/db/migrations/schema-state.ts')
  const isShop = await ctx.connection(async (connection) => (await appliedMigrations(connection)).length > 0)
  const findings: readonly Finding[] = isShop ? await invariants(ctx) : []
  ctx.out.itemForScripts(view, { ...row, is_sound: isShop ? findings.every(({ ok }) => ok) : null })
  assertSound(findings)
  if (isShop) ctx.out.success(soundText)
  else ctx.out.note('this is no shop of dbtool, so db check does not apply')
}
