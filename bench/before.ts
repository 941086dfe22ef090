import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const thisBuild = 'this build'
/** The peer that `--before` names. */
export const buildBefore = 'the build before'

/** The reason why the earlier build cannot run; `path` is a file of its build that is needed. */
export function missingBuild(directory: string | undefined, ...path: readonly string[]): string | undefined {
  if (directory === undefined) return '--before does not name a checkout of an earlier commit'
  return existsSync(join(directory, ...path)) ? undefined : `${directory} has no build: npm run build`
}
