import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DbtoolError, isNodeError } from '../../errors.ts'
import { namesFullDisk } from '../../full-disk.ts'
import { readRegularFile } from '../../regular-file.ts'
import type { Identity } from '../../server/home.ts'
import { counting } from '../byte-count.ts'
import { type ProgramRun, runProgram } from '../client.ts'
import { closedByReader, type DumpFile, plainStages } from '../dump-file.ts'
import { BackupMessages } from './messages.ts'
import { type BackupPrograms, seriesOf } from './programs.ts'

export interface Unpacking {
  readonly file: DumpFile
  readonly programs: BackupPrograms
  /** A folder with the empty folders of {@link parts}. The last one becomes a data directory. */
  readonly folder: string
  /** The user to whom these folders belong. */
  readonly as: Partial<Identity>
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
  /** Receives a line at the start of each slow step without a number of bytes. */
  readonly onStep: (message: string) => void
}

export const parts = { backup: 'backup', temporary: 'tmp', data: 'data' } as const

/**
 * Makes a data directory of a backup: unpacks it, applies its redo log, and moves its files. Resolves to the version of
 * its server. Rejects with BAD_INPUT for a file that is damaged, cut, or of another series than the programs.
 */
export async function unpack(unpacking: Unpacking): Promise<string> {
  const { file, programs, folder, onStep } = unpacking
  await extract(unpacking)
  const version = assertWhole(join(folder, parts.backup), file)
  if (seriesOf(version) !== seriesOf(programs.version))
    throw new DbtoolError('BAD_INPUT', `${file.name} is from a server ${version}, and needs its mariadb-backup`, {
      hint: `${nothingChanged}; this one is ${programs.version}: restore it where ${seriesOf(version)} is installed`,
    })
  onStep('applying the changes made during the backup')
  await run(unpacking, ['--prepare'])
  await run(unpacking, ['--move-back', '--force-non-empty-directories', `--datadir=../${parts.data}`])
  return version
}

const nothingChanged = 'nothing was changed'

async function extract(unpacking: Unpacking): Promise<void> {
  const { file, programs, signal } = unpacking
  let errors = ''
  const reading = runProgram(
    { ...ownRun(unpacking), program: programs.stream, args: ['-x'], stdio: ['pipe', 'ignore', 'pipe'] },
    async (child) => {
      child.stderr?.on('data', (chunk) => (errors += String(chunk)))
      const stages = [...plainStages(file), counting(unpacking.onBytes).stream, child.stdin as Writable]
      await pipeline(stages, { signal }).catch((cause: unknown) => {
        if (!isNodeError(cause) || !closedByReader.has(cause.code ?? '')) throw cause
      })
    },
  )
  const exitCode = await reading.catch((cause: unknown) => {
    signal.throwIfAborted()
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), cause)
  })
  signal.throwIfAborted()
  // For a name outside the folder, it stops with a message and without an exit code.
  if (exitCode === 0 && errors === '') return
  const [first = `exit code ${exitCode}`] = errors
    .split('\n')
    .map((line) => line.replace(/^\[\d+\] [\d-]+ [\d:]+ /, ''))
  if (namesFullDisk(errors))
    throw new DbtoolError('CLIENT_FAILED', `cannot unpack ${file.name}: the disk is full`, { hint: nothingChanged })
  throw damaged(file, first)
}

function damaged({ name }: DumpFile, reason: string, cause?: unknown): DbtoolError {
  return new DbtoolError('BAD_INPUT', `${name} is damaged: ${reason}`, { cause, hint: nothingChanged })
}

const ownRun = ({ folder, as, env, signal }: Unpacking): Pick<ProgramRun, 'as' | 'cwd' | 'env' | 'signal'> => ({
  as,
  cwd: join(folder, parts.backup),
  env,
  signal,
})

/** Paths are relative, since the programs give a meaning to some characters of a path. */
async function run(unpacking: Unpacking, args: readonly string[]): Promise<void> {
  const { programs, signal } = unpacking
  const messages = new BackupMessages()
  const all = ['--no-defaults', '--target-dir=.', `--tmpdir=../${parts.temporary}`, ...args]
  const exitCode = await runProgram(
    { ...ownRun(unpacking), program: programs.backup, args: all, stdio: ['ignore', 'ignore', 'pipe'] },
    messages.listen,
  )
  signal.throwIfAborted()
  if (exitCode !== 0 || !messages.isComplete)
    throw messages.error(`mariadb-backup ${args[0] ?? ''}`, exitCode, nothingChanged)
}

/** The last file of a backup, under its older and its newer name. */
const lastFiles = ['xtrabackup_info', 'mariadb_backup_info']
const mostBytes = 65_536

/** Returns the version of the server. @throws DbtoolError BAD_INPUT for a backup that is cut, or is not a whole one. */
function assertWhole(folder: string, { name }: DumpFile): string {
  const info = lastFiles.map((one) => join(folder, one)).find((path) => existsSync(path))
  const text = info === undefined ? '' : readRegularFile(info, { maxBytes: mostBytes, noLink: true }).text
  const values = new Map(text.split('\n').map((line) => line.split(' = ') as [string, string]))
  const [, version] = /^(\d+\.\d+\.\d+)/.exec(values.get('server_version') ?? '') ?? []
  if (version === undefined)
    throw new DbtoolError('BAD_INPUT', `${name} is not a complete backup: its last file is missing`, {
      hint: nothingChanged,
    })
  const kind = ['partial', 'incremental', 'compressed'].find((key) => values.get(key) === 'Y')
  const outside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((path) => path.endsWith('.isl'))
  if (kind === undefined && !outside) return version
  const what = outside ? 'has tables outside the data directory' : `is a ${kind ?? ''} backup`
  throw new DbtoolError('BAD_INPUT', `${name} ${what}`, {
    hint: `${nothingChanged}; restore it with mariadb-backup itself`,
  })
}
