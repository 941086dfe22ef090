import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'dotenv'
import { maskedUrl } from '../connection-url.ts'
import { DbtoolError } from '../errors.ts'
import { reasonOf } from './reason.ts'
import { unknownNames } from './unknown-names.ts'

export interface EnvFile {
  readonly name: string
  readonly texts: Record<string, string>
  /** A sentence for each line that cannot be read, and each name that means nothing. */
  readonly faults: readonly string[]
}

/** The variables of the env file: the one that was asked for, or `.env` if there is one. Rejects with BAD_CONFIG. */
export function readEnvFile(asked: string | undefined, cwd: string): EnvFile {
  const name = asked ?? '.env'
  const path = resolve(cwd, name)
  // A file that was not asked for need not be there.
  if (asked === undefined && statSync(path, { throwIfNoEntry: false }) === undefined) return { name, texts: {}, faults: [] }
  const content = contentOf(path, name)
  const texts = parse(content)
  if (holdsPassword(texts) && readableByAll(path)) {
    throw new DbtoolError('BAD_CONFIG', `${name} holds a password and every user of this machine can read it`, { hint: `run: chmod 600 ${name}` })
  }
  return { name, texts, faults: [...unreadableLines(name, content), ...unknownNames(name, Object.keys(texts))] }
}

function contentOf(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  } catch (cause) {
    throw new DbtoolError('BAD_CONFIG', `cannot read the environment file ${name}: ${reasonOf(cause)}`, { cause, hint: 'mend that, or name another file with --env-file' })
  }
}

/** What dotenv takes for an assignment; the quoted values may have several lines. */
const assignment = /^\s*(?:export\s+)?[\w.-]+(?:\s*=\s*?|:\s+?)(?:\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

/** dotenv passes over these without a word. The line itself is not repeated: it may hold a password. */
function unreadableLines(name: string, content: string): string[] {
  const left = content.replace(assignment, (lines) => lines.replace(/[^\n]/g, ''))
  return left.split('\n').flatMap((line, index) => (/^\s*(#|$)/.test(line) ? [] : [`line ${index + 1} of ${name} must read NAME=value, or be a comment that starts with #`]))
}

function holdsPassword({ DB_PASSWORD: password = '', DB_URL: url = '' }: Record<string, string>): boolean {
  return password !== '' || maskedUrl(url) !== url
}

function readableByAll(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0
}
