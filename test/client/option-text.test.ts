import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { optionText } from '../../src/client/option-text.ts'
import type { Target } from '../../src/db/target.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const target: Target = {
  host: 'db.example.com',
  port: 3307,
  socket: undefined,
  user: 'ada',
  password: '',
  database: 'shop',
  ssl: { mode: 'preferred' },
}

/** The options as MariaDB's own programs read them. */
function readBack(text: string, group = 'client'): string[] {
  const path = join(folder, 'options.cnf')
  writeFileSync(path, text, { mode: 0o600 })
  const printed = execFileSync('my_print_defaults', [`--defaults-file=${path}`, group], { encoding: 'utf8' })
  return printed.split('\n--').map((line, at) => (at === 0 ? line : `--${line}`).replace(/\n$/, ''))
}

describe('the option file of a client', () => {
  it.each([
    '',
    'plain',
    'a#b',
    'a;b',
    "it's",
    'say "hi"',
    'back\\slash',
    'ends\\',
    ' spaces ',
    'tab\tand\nline',
    '#',
    'é緑',
    '\\n',
  ])('holds the password %j as it is', (password) => {
    expect(readBack(optionText({ target: { ...target, password }, encrypted: false }))).toContain(
      `--password=${password}`,
    )
  })

  it('names the place, and nothing else decides', () => {
    const tcp = readBack(optionText({ target, encrypted: false }))
    expect(tcp).toEqual([
      '--host=db.example.com',
      '--port=3307',
      '--protocol=tcp',
      '--user=ada',
      '--password=',
      '--default-character-set=utf8mb4',
      '--skip-ssl',
    ])
    const socket = readBack(optionText({ target: { ...target, socket: '/run/a b.sock' }, encrypted: false }))
    expect(socket.slice(0, 2)).toEqual(['--socket=/run/a b.sock', '--protocol=socket'])
  })

  it.each([
    [{ mode: 'required' }, ['--ssl', '--skip-ssl-verify-server-cert']],
    [{ mode: 'verify-identity' }, ['--ssl', '--ssl-verify-server-cert']],
    [{ mode: 'verify-ca' }, ['--ssl', '--ssl-verify-server-cert']],
    [{ mode: 'required', versions: ['TLSv1.3'] }, ['--ssl', '--skip-ssl-verify-server-cert', '--tls-version=TLSv1.3']],
  ] as const)('encrypts as the target does: %j', (ssl, options) => {
    const read = readBack(optionText({ target: { ...target, ssl }, encrypted: true }))
    expect(read.slice(read.indexOf('--ssl'))).toEqual(options)
  })

  it('makes the sessions of a read-only database read-only', () => {
    const text = optionText({ target: { ...target, readOnly: true }, encrypted: false })
    expect(readBack(text, 'mysql')).toContain('--init-command=SET SESSION tx_read_only = ON')
  })

  it.each([[{ mode: 'verify-fingerprint' } as const, "MariaDB's client has no option to verify a fingerprint"]])(
    'refuses what a client would not verify: %j',
    (ssl, message) => {
      expect(() => optionText({ target: { ...target, ssl }, encrypted: true })).toThrow(message)
    },
  )
})
