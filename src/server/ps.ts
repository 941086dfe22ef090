import { execFile } from 'node:child_process'
import { isNodeError } from '../errors.ts'

/**
 * Resolves to the command line of a process from ps: empty if no process has this number, undefined if ps is missing.
 */
export function commandLineOfPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], (error, stdout) => {
      const noSuchProgram = isNodeError(error) && error.code === 'ENOENT'
      resolve(noSuchProgram ? undefined : stdout)
    })
  })
}
