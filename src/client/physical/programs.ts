import { execFile } from 'node:child_process'
import { DbtoolError, messageOf } from '../../errors.ts'
import { findClient } from '../../server/programs.ts'

/** The programs of a physical backup. */
export interface BackupPrograms {
  readonly backup: string
  /** `mbstream`, which unpacks a backup. */
  readonly stream: string
  /** The version of both. */
  readonly version: string
}

/** Rejects with CLIENT_FAILED, and instructions to install them. */
export async function findBackupPrograms(env: NodeJS.ProcessEnv): Promise<BackupPrograms> {
  const found = (...names: readonly string[]): string => findClient(env, { names, component: 'backup' })
  const [backup, stream] = [found('mariadb-backup', 'mariabackup'), found('mbstream')]
  return { backup, stream, version: await versionOfProgram(backup) }
}

const version = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})-MariaDB/

/** Resolves to the version of a program of MariaDB, such as 10.11.19. */
export async function versionOfProgram(program: string): Promise<string> {
  const text = await new Promise<string>((resolve, reject) => {
    execFile(program, ['--version'], (error, stdout, stderr) => {
      if (error === null) resolve(stdout + stderr)
      else reject(new DbtoolError('CLIENT_FAILED', `cannot run ${program}: ${messageOf(error)}`, { cause: error }))
    })
  })
  const [, found] = version.exec(text) ?? []
  if (found !== undefined) return found
  throw new DbtoolError('CLIENT_FAILED', `${program} does not say its version`)
}

/** The series of a version, such as 10.11. The files of one series do not fit the programs of another. */
export const seriesOf = (text: string): string => /^\d+\.\d+/.exec(text)?.[0] ?? text
