import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'dotenv'
import { maskedUrl } from '../values.ts'
import { changedValues } from './changed-values.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import { exposure, readableByAll } from './file-access.ts'
import { reasonOf } from './reason.ts'
import { unknownNames } from './unknown-names.ts'

export interface EnvFile {
  readonly name: string
  readonly state: 'absent' | 'unreadable' | 'read'
  readonly texts: Record<string, string>
  readonly holdsPassword: boolean
  /** Set if the file contains a password and every user can read it. */
  readonly exposed?: ConfigFault | undefined
  /** A fault for each line that cannot be parsed and each misspelled name. */
  readonly faults: readonly ConfigFault[]
}

/** Reads the env file: the file named by the user, or else `.env` if it exists. Faults are part of the result. */
export function readEnvFile(asked: string | undefined, cwd: string): EnvFile {
  const name = asked ?? '.env'
  const path = resolve(cwd, name)
  const nothing: EnvFile = { name, state: 'absent', texts: {}, holdsPassword: false, faults: [] }
  // `.env` is optional, a file named by the user is not.
  if (asked === undefined && statSync(path, { throwIfNoEntry: false }) === undefined) return nothing
  try {
    const content = readFileSync(path, 'utf8')
      .replace(/^\ufeff/, '')
      .replace(/\r\n?/g, '\n')
    return {
      ...contentsOf(name, content),
      exposed: holdsPassword(parse(content)) && readableByAll(statSync(path)) ? exposure(name) : undefined,
    }
  } catch (cause) {
    return {
      ...nothing,
      state: 'unreadable',
      faults: [
        {
          sentence: `cannot read the environment file ${name}: ${reasonOf(cause)}`,
          fix: 'check its path and permissions, or choose another file with --env-file',
        },
      ],
    }
  }
}

function contentsOf(name: string, content: string): EnvFile {
  const texts = parse(content)
  const faults = [
    ...unreadableLines(name, content),
    ...unknownNames(name, Object.keys(texts)),
    ...changedValues(name, content, texts),
  ].map(wrongValue)
  return { name, state: 'read', texts, holdsPassword: holdsPassword(texts), faults }
}

/** An assignment as dotenv parses it; quoted values may span several lines. */
const assignment =
  /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

/** Reports the lines that dotenv silently ignores. The message omits the line itself, as it may contain a password. */
function unreadableLines(name: string, content: string): string[] {
  const left = content.replace(assignment, (lines) => lines.replace(/[^\n]/g, ''))
  return left
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(#|$)/.test(line)
        ? []
        : [`line ${index + 1} of ${name} must have the form NAME=value, or be a comment that starts with #`],
    )
}

export function holdsPassword({ DB_PASSWORD: password = '', DB_URL: url = '' }: Record<string, string>): boolean {
  return password !== '' || maskedUrl(url) !== url
}
