import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'dotenv'
import { maskedUrl } from '../connection-url.ts'
import { wrongValue, type ConfigFault } from './fault.ts'
import { exposure, readableByAll } from './file-access.ts'
import { reasonOf } from './reason.ts'
import { unknownNames } from './unknown-names.ts'

export interface EnvFile {
  readonly name: string
  readonly state: 'absent' | 'unreadable' | 'read'
  readonly texts: Record<string, string>
  readonly holdsPassword: boolean
  /** It holds a password and everybody can read it. */
  readonly exposed?: ConfigFault | undefined
  /** One for each line that cannot be read, and each name that means nothing. */
  readonly faults: readonly ConfigFault[]
}

/** The variables of the env file: the one that was asked for, or `.env` if there is one. */
export function readEnvFile(asked: string | undefined, cwd: string): EnvFile {
  const name = asked ?? '.env'
  const path = resolve(cwd, name)
  const nothing: EnvFile = { name, state: 'absent', texts: {}, holdsPassword: false, faults: [] }
  // A file that was not asked for need not be there.
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
          fix: 'mend that, or name another file with --env-file',
        },
      ],
    }
  }
}

function contentsOf(name: string, content: string): EnvFile {
  const texts = parse(content)
  const faults = [...unreadableLines(name, content), ...unknownNames(name, Object.keys(texts))].map(wrongValue)
  return { name, state: 'read', texts, holdsPassword: holdsPassword(texts), faults }
}

/** What dotenv takes for an assignment; the quoted values may have several lines. */
const assignment =
  /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

/** dotenv passes over these without a word. The line itself is not repeated: it may hold a password. */
function unreadableLines(name: string, content: string): string[] {
  const left = content.replace(assignment, (lines) => lines.replace(/[^\n]/g, ''))
  return left
    .split('\n')
    .flatMap((line, index) =>
      /^\s*(#|$)/.test(line)
        ? []
        : [`line ${index + 1} of ${name} must read NAME=value, or be a comment that starts with #`],
    )
}

export function holdsPassword({ DB_PASSWORD: password = '', DB_URL: url = '' }: Record<string, string>): boolean {
  return password !== '' || maskedUrl(url) !== url
}
