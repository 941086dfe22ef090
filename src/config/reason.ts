import { isNodeError, messageOf } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'permission denied',
  ELOOP: 'its symbolic links form a loop',
  ENXIO: 'it is not a regular file',
}

/** The reason why a file could not be read, as a clause. */
export function reasonOf(error: unknown): string {
  if (!isNodeError(error)) return messageOf(error)
  return reasons[error.code ?? ''] ?? error.message
}
