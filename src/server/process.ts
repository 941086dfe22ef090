import { readFile } from 'node:fs'
import { connect } from 'node:net'
import { isNodeError } from '../errors.ts'
import type { ServerPaths } from './home.ts'

/** `unknown`: some process has this number, and the system does not tell which. */
export type ProcessState = 'ours' | 'gone' | 'unknown'

/**
 * Does anybody listen on this unix socket? A socket left behind by a crash refuses; neither answer is ever waited for.
 * Never rejects.
 */
export function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    const finish = (listening: boolean): void => {
      connection.destroy()
      resolve(listening)
    }
    connection.once('connect', () => finish(true))
    // EAGAIN is a full queue, so somebody does listen.
    connection.once('error', (error) => finish(isNodeError(error) && error.code === 'EAGAIN'))
  })
}

/** The number in the pid file, which proves nothing: after a crash it may be anybody's. */
export async function readPid(paths: ServerPaths): Promise<number | undefined> {
  const text = (await textOf(paths.pidFile)) ?? ''
  const pid = Number(text.trim())
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/** Tells our server from a stranger who got its number after a crash, by the pid file on its command line. */
export async function processState(pid: number | undefined, paths: ServerPaths): Promise<ProcessState> {
  if (pid === undefined || !exists(pid)) return 'gone'
  const command = await commandLine(pid)
  if (command === undefined) return 'unknown'
  // A dying process, or a dead one that nobody has reaped, has a number but no command line. It may still hold its
  // socket.
  return command.includes(`--pid-file=${paths.pidFile}`) ? 'ours' : 'gone'
}

/** A process that we may not signal is not our server either. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** From /proc on Linux, where a minimal system has no ps; from ps elsewhere. */
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
