import { describe, expect, it } from 'vitest'
import { translate } from '../../src/db/failures.ts'
import { socketTarget, type Target } from '../../src/db/target.ts'

/** Words of the command line. A program cannot follow a hint with one of them; npx dbtool it can. */
const ofCommandLine = /--[a-z]|\bDB_[A-Z]|(?<!npx )\bdbtool (?!needs|does|requires)[a-z]/

const onSocket = { ...socketTarget('/run/mysqld.sock', 'ada', 'shop'), inCode: true }
const targets: Record<string, Target> = {
  'a socket': onSocket,
  'a port': { ...onSocket, socket: undefined, ssl: { mode: 'preferred' } },
  'a port without TLS': { ...onSocket, socket: undefined },
  'a verified server': { ...onSocket, socket: undefined, ssl: { mode: 'verify-ca' } },
}

/** All errors that have a sentence of their own, and some that have none. */
const numbers = [
  ...Array.from({ length: 4_200 }, (_, n) => 1_000 + n),
  ...Array.from({ length: 100 }, (_, n) => 45_000 + n),
]
const codes = ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'AUTH_SWITCH_PLUGIN_ERROR', 'HANDSHAKE_SSL_ERROR', 'ODD']
const texts = [
  "Unknown database 'x'",
  'self-signed certificate',
  "unsupported plugin 'mysql_clear_password'",
  'alert protocol version',
  "User 'ada' has exceeded the 'max_queries_per_hour' resource",
  'the server runs with --skip-grant-tables',
]

const errors = [
  ...numbers.flatMap((errno) => texts.map((text) => Object.assign(new Error(text), { errno, sqlMessage: text }))),
  ...codes.flatMap((code) => texts.map((text) => Object.assign(new Error(text), { code }))),
]

describe('the hint of an error of the server', () => {
  it.each(Object.entries(targets))('names options in code, over %s', (_what, target) => {
    const hints = new Set(errors.flatMap((error) => translate(error, target).hint ?? []))
    expect(hints.size).toBeGreaterThan(15)
    expect([...hints].filter((hint) => ofCommandLine.test(hint))).toEqual([])
  })

  it('names flags on the command line', () => {
    const target = { ...targets['a port']!, inCode: false }
    expect(translate(Object.assign(new Error('x'), { errno: 1045 }), target).hint).toContain('check --user')
    expect(translate(Object.assign(new Error('x'), { errno: 1045 }), targets['a port']!).hint).toBe(
      'check user and password of the pool; the account may also require a client certificate: sslCert and sslKey',
    )
  })
})
