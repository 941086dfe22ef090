import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { accountSql } from '../db/privileges/accounts.ts'
import { DbtoolError, messageOf } from '../errors.ts'
import { createFile } from '../write-file.ts'
import { discard, trialPaths } from './fresh-folder.ts'
import type { ServerPaths } from './home.ts'
import { launch } from './launch.ts'
import { loginName } from './login.ts'
import { previousData } from './previous-data.ts'
import type { Programs } from './programs.ts'
import { startServer } from './start.ts'
import { serverStatus } from './status.ts'
import { stopServer } from './stop.ts'
import type { ServerUser } from './user.ts'

export interface Trial {
  readonly paths: ServerPaths
  /** A folder with the data in `data`, and an empty `tmp`. */
  readonly fresh: string
  readonly programs: Programs
  readonly user: ServerUser
  readonly signal: AbortSignal
}

/**
 * Runs a server on new data beside the private server, while `work` uses it, and shuts it down. Creates the account of
 * this user in it, since the data may be from another machine.
 * @throws DbtoolError SERVER_FAILED if it does not start.
 */
export async function onTrial<T>(trial: Trial, work: (paths: ServerPaths) => Promise<T>): Promise<T> {
  const { fresh, programs, user, signal } = trial
  const paths = trialPaths(trial.paths, fresh)
  const logins = join(fresh, 'login.sql')
  createFile(logins, ownLogin(), { mode: 0o644 })
  const withLogin = { ...user, arguments: [...user.arguments, `--init-file=${logins}`] }
  try {
    const launched = await launch({ paths, programs, user: withLogin, port: undefined, signal })
    try {
      const result = await work(paths)
      await stopServer(paths)
      return result
    } catch (error) {
      launched.kill()
      await launched.failure()
      throw error
    }
  } finally {
    rmSync(paths.socket, { force: true })
  }
}

function ownLogin(): string {
  const account = accountSql({ user: loginName(), host: 'localhost' })
  return `CREATE USER IF NOT EXISTS ${account} IDENTIFIED VIA unix_socket;
ALTER USER ${account} IDENTIFIED VIA unix_socket ACCOUNT UNLOCK;
GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION;
`
}

/**
 * Replaces the data directory of the private server by another one, and restarts the server. If it does not start, or
 * the signal aborts, the earlier data is in its place again, and runs.
 */
export async function replaceData(paths: ServerPaths, data: string, signal: AbortSignal): Promise<void> {
  const { port } = await serverStatus(paths)
  const options = { port: port ?? undefined }
  const previous = previousData(paths)
  try {
    signal.throwIfAborted()
    await stopServer(paths)
    renameSync(paths.data, previous)
    renameSync(data, paths.data)
    await startServer(paths, { ...options, signal })
  } catch (error) {
    await takeBack(paths, previous)
    await startServer(paths, options).catch((cause: unknown) => {
      throw new DbtoolError(
        'SERVER_FAILED',
        `${messageOf(error)}; the earlier data does not start: ${messageOf(cause)}`,
        {
          cause,
          hint: `it is complete, in ${paths.data}`,
        },
      )
    })
    throw error
  }
  await discard(paths, previous)
}

async function takeBack(paths: ServerPaths, previous: string): Promise<void> {
  if (!existsSync(previous)) return
  await stopServer(paths)
  if (existsSync(paths.data)) await discard(paths, paths.data)
  renameSync(previous, paths.data)
}
