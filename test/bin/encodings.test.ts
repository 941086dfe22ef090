import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { binary, environment } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { login } from '../support/people.ts'

const folder = temporaryFolder()
const database = testDatabase()

const encodings: Record<string, (text: string) => Buffer> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE, as PowerShell writes it': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
}

/** The name and the contents of a file, the command that reads it, and its output. */
const files: readonly [file: string, text: string, argv: readonly string[], printed: RegExp][] = [
  ['.env', 'DB_POOL_SIZE=17\r\n', ['config', 'show', '--json'], /"17"/],
  [
    '.dbtool.json',
    '{ "profiles": { "a": { "user": "é", "poolSize": 17 } } }\r\n',
    ['config', 'show', '--profile', 'a', '--json'],
    /"17"/,
  ],
  ['my.cnf', '[client]\r\nssl-ca=/é.pem\r\n', ['config', 'show', '--json', '--defaults-file', 'my.cnf'], /"\/é.pem"/],
  ['q.sql', "SELECT 'é' AS a\r\n", ['sql', '@q.sql', '--format', 'csv'], /^a\né\n$/],
  [
    'pw',
    `${login('app').DB_PASSWORD ?? ''}\r\n`,
    ['sql', 'SELECT 7', '--field', '7', '--password-file', 'pw'],
    /^7\n$/,
  ],
]

function run(argv: readonly string[], file: string, contents: Buffer) {
  const cwd = mkdtempSync(join(folder, 'case-'))
  writeFileSync(join(cwd, file), contents, { mode: 0o600 })
  const { DB_PASSWORD, PATH, ...env } = environment(database.name)
  const needsServer = argv[0] === 'sql'
  const login = argv.includes('--password-file') ? env : { ...env, DB_PASSWORD }
  return spawnSync(process.execPath, [binary, ...argv], {
    cwd,
    encoding: 'utf8',
    env: needsServer ? { PATH, ...login } : { PATH, HOME: folder },
  })
}

describe('a text file', () => {
  it.each(files.flatMap((file) => Object.keys(encodings).map((encoding) => [file[0], encoding, file] as const)))(
    '%s may be %s',
    (_name, encoding, [file, text, argv, printed]) => {
      const found = run(argv, file, encodings[encoding]!(text))
      expect(found).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(printed) })
    },
  )

  it.each(files)('%s without a byte order mark in UTF-16 is named as no text', (file, text, argv) => {
    const { status, stderr } = run(argv, file, Buffer.from(text, 'utf16le'))
    expect([status, stderr]).toEqual([2, expect.stringContaining('it has NUL characters; save it as UTF-8')])
  })
})
