import { statSync, type Stats } from 'node:fs'

/** Undefined for whatever this user cannot look at: whoever opens it will be told why. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
