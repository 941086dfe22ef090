import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DumpFile } from '../../src/client/dump-file.ts'
import type { Unpacking } from '../../src/client/physical/unpack.ts'
import { isUserDatabase } from '../../src/client/physical/user-databases.ts'
import type { Context } from '../../src/context/context.ts'
import type { Queries } from '../../src/db/queries.ts'
import { DbtoolError } from '../../src/errors.ts'
import { number, text, type View } from '../../src/output/view.ts'
import type { ServerPaths } from '../../src/server/home.ts'
import type { Finding } from '../../src/shop/invariants.ts'
import { counted } from '../../src/in-words.ts'
import { assertSound, invariants, soundText } from './check.ts'
import { sizeOf } from './client-for.ts'

export const folderView: View = { columns: [text('folder'), text('version'), number('bytes')], id: 'folder' }

/** Makes a data directory of a physical backup, on which a server can be started. */
export async function restoreInto(ctx: Context, file: DumpFile, typed: string): Promise<void> {
  if (file.kind !== 'physical')
    throw new DbtoolError('USAGE', `--into is for physical backups, and ${file.name} is a dump of one database`, {
      hint: 'leave --into away',
    })
  const { unpackInto } = await import('../../src/client/physical/unpack-into.ts')
  const unpacking = await unpackingOf(ctx, file)
  const version = await unpackInto({ ...unpacking, typed, path: resolve(ctx.io.cwd, typed) })
  ctx.out.itemForScripts(folderView, { folder: typed, version, bytes: unpacking.bytes() })
  ctx.out.success(`prepared ${file.name} in ${typed}, for mariadbd ${version}`)
}

export interface Replacing {
  readonly confirm?: string
  readonly dryRun?: boolean
}

/** Replaces the private server by a physical backup. */
export async function restoreServer(
  ctx: Context,
  file: DumpFile,
  view: View,
  { confirm: given, dryRun = false }: Replacing,
): Promise<void> {
  const { paths, database } = await privateServer(ctx, file)
  const unpacking = await unpackingOf(ctx, file)
  const now = await ctx.connection(contents)
  if (!dryRun) await confirm(ctx, now, { name: database, given })
  const { restoreServer: restore } = await import('../../src/client/physical/restore-server.ts')
  const check = (trial: ServerPaths): Promise<Checked> => checked(ctx, trial)
  const { restored, isSound } = await restore({ ...unpacking, paths, dryRun, check }).catch((error: unknown) => {
    if (!ctx.io.signal.aborted) throw error
    const failure = error instanceof DbtoolError && error.code === 'SERVER_FAILED' ? error.message : undefined
    const message = `interrupted: ${failure ?? 'the private server has its earlier data'}`
    throw new DbtoolError('INTERRUPTED', message, { cause: error })
  })
  const row = { database, bytes: unpacking.bytes(), dropped: tablesIn(now), is_sound: isSound }
  ctx.out.itemForScripts(view, row)
  if (dryRun) ctx.out.note(`would replace ${described(now)} by ${described(restored)}`)
  else ctx.out.success(`restored ${file.name} to the private server: ${described(restored)}`)
  if (isSound === true) ctx.out.success(soundText)
  if (!restored.some(({ name }) => name === database)) ctx.out.notice(`the backup has no database ${database}`)
  if (dryRun) ctx.out.note('dry run: a server started with the backup; nothing was changed')
}

/** Rejects with USAGE for another server: dbtool stops and starts only its own. */
async function privateServer(ctx: Context, file: DumpFile): Promise<{ paths: ServerPaths; database: string }> {
  const [{ serverPaths }, { databaseName }, { target }] = await Promise.all([
    import('../../src/server/home.ts'),
    import('../../src/server/status.ts'),
    ctx.config(),
  ])
  const paths = serverPaths(ctx.io.env)
  if (target.socket !== undefined && realPath(target.socket) === realPath(paths.socket))
    return { paths, database: target.database ?? databaseName }
  const isStopped = existsSync(paths.data) && !existsSync(paths.socket)
  throw new DbtoolError('USAGE', `${file.name} is a whole server, and dbtool can replace only its private server`, {
    hint: isStopped
      ? 'start the private server first, with dbtool server start'
      : 'prepare it with --into FOLDER; then stop your server, and start it on that folder',
  })
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

interface Content {
  readonly name: string
  readonly tables: number
}

const userDatabases = `
SELECT SCHEMA_NAME AS name, COUNT(TABLE_NAME) AS tables
  FROM information_schema.SCHEMATA LEFT JOIN information_schema.TABLES ON TABLE_SCHEMA = SCHEMA_NAME
  WHERE ${isUserDatabase}
  GROUP BY SCHEMA_NAME ORDER BY SCHEMA_NAME`

const contents = (queries: Queries): Promise<Content[]> => queries.rows<Content>(userDatabases)

const tablesIn = (found: readonly Content[]): number => found.reduce((sum, { tables }) => sum + tables, 0)

/** `dbtool (8 tables), test (1 table)`. */
const described = (found: readonly Content[]): string =>
  found.map(({ name, tables }) => `${name} (${counted(tables, 'table')})`).join(', ') || 'no database'

/** A server without tables loses nothing. */
async function confirm(
  ctx: Context,
  now: readonly Content[],
  { name, given }: { readonly name: string; readonly given: string | undefined },
): Promise<void> {
  if (tablesIn(now) > 0 || given !== undefined) {
    const message = `Replace all accounts and databases, ${described(now)}, by the backup?`
    await ctx.ask.confirmName({ message, name, given, flag: '--confirm' })
  } else await ctx.ask.confirm({ message: 'Replace all accounts and databases by the backup?', yes: true })
}

interface Checked {
  readonly restored: readonly Content[]
  /** Null if no database is a shop whose schema this dbtool knows. */
  readonly isSound: boolean | null
}

/** Checks every shop of a server on trial. Rejects with INVARIANT_BROKEN before anything is replaced. */
async function checked(ctx: Context, { socket }: ServerPaths): Promise<Checked> {
  const { loginName } = await import('../../src/server/login.ts')
  const address = { DB_SOCKET: socket, DB_USER: loginName(), DB_PASSWORD: '', DB_PROTECTED: '0', DB_READ_ONLY: '0' }
  const restored = await ctx.elsewhere(address, (other) => other.connection(contents))
  let isSound: boolean | null = null
  for (const { name } of restored) {
    const findings = await ctx.elsewhere({ ...address, DB_NAME: name }, (other) => findingsIn(other, name))
    if (findings === undefined) continue
    assertShop(name, findings)
    isSound = true
  }
  return { restored, isSound }
}

/** Resolves to nothing for a database that is no shop, or has the schema of another version. */
async function findingsIn(ctx: Context, name: string): Promise<readonly Finding[] | undefined> {
  const [{ appliedMigrations, migrationStates }, { loadMigrations }] = await Promise.all([
    import('../../src/db/migrations/schema-state.ts'),
    import('../../src/db/migrations/migration-files.ts'),
  ])
  const applied = await ctx.connection((connection) => appliedMigrations(connection).catch(unlessForeign))
  if (applied.length === 0) return undefined
  if (migrationStates(loadMigrations(), applied).every(({ state }) => state === 'applied')) return invariants(ctx)
  ctx.out.notice(`${name} has the schema of another dbtool: run db status and db check after the restore`)
  return undefined
}

function unlessForeign(error: unknown): [] {
  if (error instanceof DbtoolError && error.code === 'DUPLICATE') return []
  throw error
}

function assertShop(name: string, findings: readonly Finding[]): void {
  try {
    assertSound(findings)
  } catch (error) {
    if (!(error instanceof DbtoolError)) throw error
    throw new DbtoolError(error.code, `${name} of the backup has ${error.message}`, {
      faults: error.faults,
      hint: 'nothing was changed; --into FOLDER prepares the backup without a check',
    })
  }
}

interface UnpackingOf extends Omit<Unpacking, 'folder' | 'as'> {
  /** The bytes so far. */
  readonly bytes: () => number
}

async function unpackingOf({ io, out }: Context, file: DumpFile): Promise<UnpackingOf> {
  const { findBackupPrograms } = await import('../../src/client/physical/programs.ts')
  const [{ env, signal }, programs] = [io, await findBackupPrograms(io.env)]
  const progress = out.progress()
  let bytes = 0
  const onBytes = (count: number): void => {
    bytes = count
    progress.show(() => `${sizeOf(count)} unpacked …`)
  }
  return { file, programs, env, signal, onBytes, onStep: (step) => out.note(`${step} …`), bytes: () => bytes }
}
