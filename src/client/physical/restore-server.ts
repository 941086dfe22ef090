import { join } from 'node:path'
import { DbtoolError } from '../../errors.ts'
import { prepareDirectories } from '../../server/directories.ts'
import { withFreshFolder } from '../../server/fresh-folder.ts'
import type { ServerPaths } from '../../server/home.ts'
import { markData } from '../../server/install.ts'
import { findPrograms } from '../../server/programs.ts'
import { onTrial, replaceData } from '../../server/replace-data.ts'
import { seriesOf, versionOfProgram } from './programs.ts'
import { parts, unpack, type Unpacking } from './unpack.ts'

export interface ServerRestore<T> extends Omit<Unpacking, 'folder' | 'as'> {
  readonly paths: ServerPaths
  /** Everything but the replacement. */
  readonly dryRun: boolean
  /** Checks a server that runs on the new data beside the private server. If it rejects, nothing is replaced. */
  readonly check: (trial: ServerPaths) => Promise<T>
}

/** Replaces the private server, with all its databases and accounts, by a physical backup. Resolves to the check. */
export async function restoreServer<T>(restore: ServerRestore<T>): Promise<T> {
  const { paths, file, signal, dryRun, check, onStep } = restore
  const programs = findPrograms()
  const server = await versionOfProgram(programs.mariadbd)
  const user = prepareDirectories(paths)
  const folders = Object.values(parts)
  return withFreshFolder({ paths, user, folders, prepare: markData }, async (fresh) => {
    const version = await unpack({ ...restore, folder: fresh, as: user.spawn })
    if (seriesOf(version) !== seriesOf(server))
      throw new DbtoolError('BAD_INPUT', `${file.name} is from a server ${version}, and mariadbd here is ${server}`, {
        hint: `nothing was changed; DBTOOL_MARIADBD names the folder of another mariadbd`,
      })
    onStep('starting it beside the private server')
    const result = await onTrial({ paths, fresh, programs, user, signal }, check)
    if (dryRun) return result
    onStep('replacing the data of the private server')
    await replaceData(paths, join(fresh, parts.data), signal)
    return result
  })
}
