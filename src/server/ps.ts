import { execFile } from 'node:child_process'
import { isNodeError } from '../errors.ts'

/**
 * The command line of a process, as ps tells it: empty where there is none with this number, undefined where there is
 * no ps.
 */
export function commandLineOfPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], (error, stdout) => {
      const noSuchProgram = isNodeError(error) && error.code === 'ENOENT'
      resolve(noSuchProgram ? undefined : stdout)
    })
  })
}
