import { statSync, type Stats } from 'node:fs'

/** The stats of a file; undefined on any error, because opening the file reports the error. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
