import { readFile, statSync } from 'node:fs'
import { DbtoolError, isNodeError } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { loginName } from './login.ts'

/** `unknown`: a process with this number exists, but the system does not reveal its command line. */
export type ProcessState = 'server' | 'gone' | 'unknown'

/** A server that takes longer to answer exists all the same. */
const answerLimits = { connectTimeoutMs: 2_000, statementTimeoutMs: 2_000, lockWaitMs: 2_000 }
/** The system's words for a socket on which nobody listens: a crash leaves one behind. */
const deserted: readonly unknown[] = ['ECONNREFUSED', 'ENOENT', 'ENOTDIR', 'ENOTSOCK', 'EACCES']

/**
 * Resolves to true if a server listens on this unix socket. Logs in and out, since the server logs a warning about a
 * connection
 * that closes without a login. A refused login, or none within two seconds, is an answer too. Never rejects.
 */
export async function answers(socket: string): Promise<boolean> {
  if (!isSocket(socket)) return false
  const [{ connect }, { socketTarget }] = await Promise.all([
    import('../db/connection/connect.ts'),
    import('../db/target.ts'),
  ])
  try {
    await (await connect(socketTarget(socket, loginName()), answerLimits)).close()
    return true
  } catch (error) {
    const cause = error instanceof DbtoolError ? error.cause : error
    return !(isNodeError(cause) && deserted.includes(cause.code))
  }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket()
  } catch {
    return false
  }
}

/**
 * Resolves to true if the private server runs. Its process answers that without a connection. The socket decides if the
 * process is not visible, as from another process space. Never rejects.
 */
export async function isRunning(paths: ServerPaths): Promise<boolean> {
  if (!isSocket(paths.socket)) return false
  return (await processState(await readPid(paths), paths)) === 'server' || answers(paths.socket)
}

/** Reads the number in the pid file. It proves nothing: after a crash, it may belong to another process. */
export async function readPid(paths: ServerPaths): Promise<number | undefined> {
  const text = (await textOf(paths.pidFile)) ?? ''
  const pid = Number(text.trim())
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/**
 * Distinguishes the private server from another process that got its number after a crash, by the pid file on its
 * command line.
 */
export async function processState(pid: number | undefined, paths: ServerPaths): Promise<ProcessState> {
  if (pid === undefined || !exists(pid)) return 'gone'
  const command = await commandLine(pid)
  if (command === undefined) return 'unknown'
  // A dying process, or a zombie, has a number but no command line. It may still hold its socket.
  return command.includes(`--pid-file=${paths.pidFile}`) ? 'server' : 'gone'
}

/** A process that this user may not signal is not the private server either. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Reads /proc on Linux, where a minimal system has no ps, and runs ps elsewhere. */
async function commandLine(pid: number): Promise<string | undefined> {
  if ((await procFile('self')) !== undefined) return (await procFile(String(pid))) ?? ''
  return (await import('./ps.ts')).commandLineOfPs(pid)
}

function procFile(id: string): Promise<string | undefined> {
  return textOf(`/proc/${id}/cmdline`)
}

function textOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => readFile(path, 'utf8', (error, text) => resolve(error === null ? text : undefined)))
}
