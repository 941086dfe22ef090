import { spawnSync } from 'node:child_process'
import { chownSync, lchownSync } from 'node:fs'
import { binary } from './binary.ts'

/** Whether the tests run as root: only root can make files of other users. */
export const isRoot = process.getuid?.() === 0

/** Two users without privileges; neither needs an account. */
export const somebody = 54_321
export const stranger = 54_322

export function giveTo(uid: number, ...paths: readonly string[]): void {
  for (const path of paths) chownSync(path, uid, uid)
}

export const giveLinkTo = (uid: number, path: string): void => lchownSync(path, uid, uid)

interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the compiled tool as another user. A process that hangs is killed, and its exit code is null. */
export function runAs(
  uid: number | undefined,
  argv: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = {},
): Finished {
  const { PATH = '' } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, [binary, ...argv], {
    ...(uid === undefined ? {} : { uid, gid: uid }),
    cwd,
    env: { PATH, HOME: cwd, NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  })
  return { exitCode: status, stdout, stderr }
}

/** Whether another user can run the compiled tool: not if it lies in root's home. */
export const othersCanRun = isRoot && runAs(somebody, ['--version'], '/').exitCode === 0
