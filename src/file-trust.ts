import { existsSync, lstatSync, realpathSync, statSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Windows has neither owners nor permission bits: nothing can be checked there. */
const hasOwners = typeof process.geteuid === 'function'

type Owner = Pick<Stats, 'uid'>
type Mode = Pick<Stats, 'mode'>

/** Whether a file belongs to this user or to root. */
export function hasTrustedOwner({ uid }: Owner): boolean {
  return !hasOwners || uid === 0 || uid === process.geteuid?.()
}

export function readableByAll({ mode }: Mode): boolean {
  return hasOwners && (mode & 0o004) !== 0
}

export function writableByAll({ mode }: Mode): boolean {
  return hasOwners && (mode & 0o002) !== 0
}

const sticky = 0o1000

/** A folder such as /tmp: everybody may create files in it, and each file can be removed by its owner only. */
export function isSticky({ mode }: Mode): boolean {
  return writableByAll({ mode }) && (mode & sticky) !== 0
}

/**
 * The first folder or link on the way to `path` with which another user could replace what lies below it. Missing ones
 * are skipped. The owner of `/` counts as root: in a container, root may have another number.
 */
export function foreignFolder(path: string): string | undefined {
  if (!hasOwners) return undefined
  const top = statSync('/').uid
  return [...foldersTo(resolve(path)), ...foldersTo(realPathOfExisting(path))].find((folder) => {
    const stats = lstatSync(folder, { throwIfNoEntry: false })
    if (stats === undefined) return false
    if (stats.uid !== top && !hasTrustedOwner(stats)) return true
    return stats.isDirectory() && writableByAll(stats) && !isSticky(stats)
  })
}

/** The path itself and all folders above it, from the top. */
function foldersTo(path: string): string[] {
  return path === dirname(path) ? [path] : [...foldersTo(dirname(path)), path]
}

/** The real path of the nearest existing part of `path`, because a link leads to other folders. */
export function realPathOfExisting(path: string): string {
  let existing = path
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing)
  return realpathSync(existing)
}
