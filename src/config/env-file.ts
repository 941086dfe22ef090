import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'dotenv'
import { maskedUrl } from '../connection-url.ts'
import { DbtoolError } from '../errors.ts'
import { reasonOf } from './reason.ts'

/** The variables of the env file: the one that was asked for, or `.env` if there is one. Rejects with BAD_CONFIG. */
export function readEnvFile(asked: string | undefined, cwd: string): { readonly name: string; readonly texts: Record<string, string> } {
  const name = asked ?? '.env'
  const path = resolve(cwd, name)
  // A file that was not asked for need not be there.
  if (asked === undefined && statSync(path, { throwIfNoEntry: false }) === undefined) return { name, texts: {} }
  const texts = contentOf(path, name)
  if (holdsPassword(texts) && readableByAll(path)) {
    throw new DbtoolError('BAD_CONFIG', `${name} holds a password and every user of this machine can read it`, { hint: `run: chmod 600 ${name}` })
  }
  return { name, texts }
}

function contentOf(path: string, name: string): Record<string, string> {
  try {
    return parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new DbtoolError('BAD_CONFIG', `cannot read the environment file ${name}: ${reasonOf(cause)}`, { cause, hint: 'mend that, or name another file with --env-file' })
  }
}

function holdsPassword({ DB_PASSWORD: password = '', DB_URL: url = '' }: Record<string, string>): boolean {
  return password !== '' || maskedUrl(url) !== url
}

function readableByAll(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & 0o004) !== 0
}
