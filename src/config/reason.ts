import { isNodeError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'this user may not read it',
  ELOOP: 'its symbolic links go round in circles',
}

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  if (!isNodeError(error)) return 'it cannot be read'
  return reasons[error.code ?? ''] ?? error.message
}
