import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version in package.json, which is one folder further up for the compiled tool than for its source. */
export function version(): string {
  const manifest = ['../package.json', '../../package.json']
    .map((path) => join(import.meta.dirname, path))
    .find((path) => existsSync(path))
  const { version: text = 'unknown' } =
    manifest === undefined ? {} : (JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string })
  return text
}
