import { existsSync, readFileSync } from 'node:fs'

/** The version in package.json, which lies one folder higher from the compiled tool than from its source. */
export function version(): string {
  const manifest = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))
  const { version: text = 'unknown' } = manifest === undefined ? {} : (JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string })
  return text
}
