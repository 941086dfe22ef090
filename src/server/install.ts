import { spawn } from 'node:child_process'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DbtoolError, isNodeError } from '../errors.ts'
import { createFile } from '../write-file.ts'
import { withFreshFolder } from './fresh-folder.ts'
import type { ServerPaths } from './home.ts'
import { openLog, type ServerLog } from './log.ts'
import type { Programs } from './programs.ts'
import { loginName } from './login.ts'
import type { ServerUser } from './user.ts'

/** A file that only data directories created by dbtool contain. */
const marker = '.dbtool-private-server'

export interface Installing {
  readonly paths: ServerPaths
  readonly programs: Programs
  readonly user: ServerUser
  readonly signal?: AbortSignal | undefined
}

/**
 * Creates the data directory under another name, then renames it atomically. Neither two starts at the same time nor a
 * kill can leave an incomplete one.
 * @throws DbtoolError SERVER_FAILED with the last lines of the log.
 */
export async function installData(installing: Installing): Promise<void> {
  const { paths, user } = installing
  await withFreshFolder({ paths, user, folders: ['data', 'tmp'], prepare: markData }, async (fresh) => {
    const log = openLog(paths)
    try {
      await runInstallDb(installing, fresh, log)
      moveIntoPlace(join(fresh, 'data'), paths.data)
    } finally {
      log.close()
    }
  })
}

/** Marks a data directory in this folder as one that dbtool has created. */
export function markData(fresh: string): void {
  createFile(join(fresh, 'data', marker), 'dbtool server reset deletes this directory\n', { mode: 0o600 })
}

/**
 * Checks whether the data directory exists.
 * @throws DbtoolError SERVER_FAILED if the path exists, but was not created by dbtool.
 */
export function hasData(paths: ServerPaths): boolean {
  if (!existsSync(paths.data)) return false
  if (existsSync(join(paths.data, marker)) && existsSync(join(paths.data, 'mysql'))) return true
  throw new DbtoolError('SERVER_FAILED', `${paths.data} is not a data directory of dbtool; nothing was changed`, {
    hint: 'move it away, or set DBTOOL_HOME to another directory',
  })
}

async function runInstallDb({ programs, user, signal }: Installing, fresh: string, log: ServerLog): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(programs.installDb, installArguments(programs, user), {
      ...user.spawn,
      cwd: fresh,
      stdio: ['ignore', log.descriptor, log.descriptor],
      signal,
    })
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw new DbtoolError('SERVER_FAILED', `cannot run ${programs.installDb}`, { cause })
  })
  if (code !== 0) throw log.failure('mariadb-install-db could not create the data directory')
}

/**
 * The script quotes few of its arguments, so a path with a space would become two. Relative paths have none: the data
 * is relative to the working directory, and other paths are relative to the data.
 */
function installArguments(programs: Programs, user: ServerUser): string[] {
  return [
    '--no-defaults',
    '--datadir=./data',
    '--tmpdir=../tmp',
    ...(programs.basedir === undefined ? [] : [`--basedir=${programs.basedir}`]),
    '--force',
    '--skip-name-resolve',
    '--skip-test-db',
    '--auth-root-authentication-method=socket',
    `--auth-root-socket-user=${loginName()}`,
    ...user.arguments,
  ]
}

function moveIntoPlace(fresh: string, data: string): void {
  try {
    renameSync(fresh, data)
  } catch (error) {
    // Another start was faster; its directory is just as good.
    if (!isNodeError(error) || (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')) throw error
  }
}
