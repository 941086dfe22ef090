import { spawnSync } from 'node:child_process'
import { lstatSync, rmdirSync, rmSync } from 'node:fs'

/**
 * Removes a path and everything below it. As root, a folder of the server's user is emptied as that user: a link that
 * appears meanwhile could lead root elsewhere.
 */
export function removeTree(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  const isOther = stats?.isDirectory() === true && process.geteuid?.() === 0 && stats.uid !== 0
  if (!isOther) {
    rmSync(path, { recursive: true, force: true })
    return
  }
  // The user may not remove the directory itself from root's directory.
  spawnSync('rm', ['-rf', path], { uid: stats.uid, gid: stats.gid, cwd: '/', stdio: 'ignore' })
  rmdirSync(path)
}
