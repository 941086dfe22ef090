import { callerVariable } from '../db/connection/caller-variables.ts'
import { sslModes, targetRoles, tlsVersions } from '../db/target.ts'
import { InvalidValue } from '../errors.ts'
import { parseHosts } from '../hosts.ts'
import { kindOf } from '../kind-of.ts'
import { orNearest } from '../nearest.ts'
import type { CreatePoolOptions } from './create-pool-options.ts'
import { openedFor } from './opened.ts'

const longestMs = 2 ** 31 - 1
const mostConnections = 10_000

/** Throws InvalidValue; the message continues the name of the option. */
type Rule = (value: unknown) => void

const invalid = (rule: string, value: unknown): InvalidValue =>
  new InvalidValue(`must be ${rule}, not ${kindOf(value)}${remedyFor(value)}`)

/** The end of a message about a value that is nearly what it should be. */
export function remedyFor(value: unknown): string {
  if (value instanceof URL) return ': use its href'
  return value instanceof Promise ? ': await it' : ''
}

const whole =
  (least: number, most: number): Rule =>
  (value) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      throw invalid(`a whole number from ${least} to ${most}`, value)
  }
const milliseconds =
  (least: number, most = longestMs): Rule =>
  (value) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      throw invalid(
        `a number of milliseconds ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}`,
        value,
      )
  }
const text: Rule = (value) => {
  if (typeof value !== 'string') throw invalid('text', value)
  if (value === '') throw new InvalidValue('must not be empty')
}
const oneOf =
  (choices: readonly string[]): Rule =>
  (value) => {
    if (choices.some((known) => known === value)) return
    const near = typeof value === 'string' ? orNearest(value, choices) : ''
    throw new InvalidValue(`must be one of ${choices.join(', ')}${near}`)
  }
const hosts: Rule = (value) => {
  text(value)
  parseHosts(value as string)
}
const versions: Rule = (value) => {
  const known: readonly unknown[] = tlsVersions
  if (!Array.isArray(value) || value.length === 0 || value.some((one) => !known.includes(one)))
    throw new InvalidValue(`must be a list of ${tlsVersions.join(' and ')}`)
}
const password: Rule = (value) => {
  if (typeof value !== 'string' && typeof value !== 'function') throw invalid('text or a function', value)
}
const pems: Rule = (value) => {
  const names: readonly string[] = ['ca', 'cert', 'key']
  if (typeof value !== 'object' || value === null) throw invalid('an object with ca, cert and key', value)
  for (const [name, pem] of Object.entries(value)) {
    if (!names.includes(name)) throw new InvalidValue(`has no part '${name}'${orNearest(name, names)}`)
    if (pem !== undefined && typeof pem !== 'string' && !Buffer.isBuffer(pem))
      throw new InvalidValue(`.${name} must be text or a Buffer in PEM format`)
  }
}
const ownPool: Rule = (value) => {
  if (openedFor(value) === undefined) throw new InvalidValue('must be a pool that createPool has returned')
}
const variables: Rule = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('an object of names and values', value)
  for (const [name, one] of Object.entries(value)) callerVariable(name, one)
}

/** The rule of each option of `createPool`. */
export const rules: Readonly<Record<keyof CreatePoolOptions, Rule>> = {
  url: text,
  host: hosts,
  port: whole(1, 65_535),
  target: oneOf(targetRoles),
  readAfter: ownPool,
  socket: text,
  user: text,
  password,
  database: text,
  sslMode: oneOf(sslModes),
  sslCa: text,
  sslCert: text,
  sslKey: text,
  tls: pems,
  tlsVersions: versions,
  sessionVariables: variables,
  size: whole(1, mostConnections),
  maxOverflow: whole(0, mostConnections),
  timeoutMs: milliseconds(1),
  recycleMs: milliseconds(0),
  pingAfterIdleMs: milliseconds(0, Infinity),
  idleTimeoutMs: milliseconds(0),
  leakAfterMs: milliseconds(0),
  connectTimeoutMs: milliseconds(0),
  statementTimeoutMs: milliseconds(0),
  lockWaitMs: milliseconds(0),
}
