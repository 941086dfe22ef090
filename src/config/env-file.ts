import { resolve } from 'node:path'
import { readableByAll } from '../file-trust.ts'
import { readRegularFile, type RegularFile } from '../regular-file.ts'
import { maskedUrl, quotedForShell } from '../values.ts'
import { changedValues } from './changed-values.ts'
import { parseEnvText } from './env-text.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import { exposure } from './file-access.ts'
import { readFound } from './found-file.ts'
import { maxConfigBytes, type Ignored } from './own-file.ts'
import { exists, type PathContext } from './paths.ts'
import { reasonOf } from './reason.ts'
import { unknownNames } from './unknown-names.ts'

export interface EnvFile {
  readonly name: string
  readonly state: 'absent' | 'unreadable' | 'ignored' | 'read'
  readonly texts: Record<string, string>
  readonly holdsPassword: boolean
  /** The folder of a file that dbtool has found by itself; undefined for a file named by the user. */
  readonly found?: string | undefined
  readonly ignored?: Ignored | undefined
  /** Set if the file contains a password and every user can read it. */
  readonly exposed?: ConfigFault | undefined
  /** A fault for each line that cannot be parsed and each misspelled name. */
  readonly faults: readonly ConfigFault[]
}

/** Reads the env file: the file named by the user, or else `.env` if it exists. Faults are part of the result. */
export function readEnvFile(asked: string | undefined, { cwd, env }: PathContext): EnvFile {
  const name = asked ?? '.env'
  const path = resolve(cwd, name)
  const nothing: EnvFile = { name, state: 'absent', texts: {}, holdsPassword: false, faults: [] }
  // `.env` is optional, a file named by the user is not.
  if (asked === undefined && !exists(path)) return nothing
  try {
    if (asked !== undefined) return contentsOf(name, readRegularFile(path, { maxBytes: maxConfigBytes }))
    const found = readFound({ path, name, cwd, env })
    if ('ignored' in found) return { ...nothing, state: 'ignored', ignored: orNamed(found.ignored, name) }
    return { ...contentsOf(name, found.file), found: cwd }
  } catch (cause) {
    const sentence = `cannot read the environment file ${name}: ${reasonOf(cause)}`
    const fix = 'check its path and permissions, or choose another file with --env-file'
    return { ...nothing, state: 'unreadable', faults: [{ sentence, fix }] }
  }
}

const orNamed = (ignored: Ignored, name: string): Ignored => ({
  ...ignored,
  fix: `${ignored.fix}; or name it: --env-file ${quotedForShell(name)}`,
})

function contentsOf(name: string, { text, stats }: RegularFile): EnvFile {
  const { texts, assignments, unreadable } = parseEnvText(text)
  const secret = holdsPassword(texts)
  return {
    name,
    state: 'read',
    texts,
    holdsPassword: secret,
    exposed: secret && readableByAll(stats) ? exposure(name) : undefined,
    faults: [
      ...unreadable.map((line) => unreadableLine(name, line)),
      ...unknownNames(name, Object.keys(texts)),
      ...changedValues(name, assignments, texts),
    ].map(wrongValue),
  }
}

/** The message omits the line itself, as it may contain a password. */
const unreadableLine = (name: string, line: number): string =>
  `line ${line} of ${name} must have the form NAME=value, or be a comment that starts with #`

export function holdsPassword({ DB_PASSWORD: password = '', DB_URL: url = '' }: Record<string, string>): boolean {
  return password !== '' || maskedUrl(url) !== url
}
