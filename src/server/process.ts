import { readFile } from 'node:fs'
import type { ServerPaths } from './home.ts'

/** `unknown`: a process with this number exists, but the system does not reveal its command line. */
export type ProcessState = 'server' | 'gone' | 'unknown'

/** Reads the number in the pid file. It proves nothing: after a crash, it may belong to another process. */
export async function readPid(paths: Pick<ServerPaths, 'pidFile'>): Promise<number | undefined> {
  const text = (await textOf(paths.pidFile)) ?? ''
  const pid = Number(text.trim())
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/**
 * Distinguishes the private server from another process that got its number after a crash, by the pid file on its
 * command line.
 */
export async function processState(
  pid: number | undefined,
  paths: Pick<ServerPaths, 'pidFile'>,
): Promise<ProcessState> {
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
