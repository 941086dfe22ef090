import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { binary, environment } from '../support/binary.ts'
import { testDatabase } from '../support/database.ts'
import { login } from '../support/people.ts'

const database = testDatabase()

/** The contents of a file, and the command that reads it. */
const readers: readonly [name: string, text: string, argv: string, printed: RegExp][] = [
  ['--password-file', login('app').DB_PASSWORD ?? '', "sql 'SELECT 7' --field 7 --password-file FILE", /^7\n$/],
  ['--defaults-file', '[client]\nssl-ca=/ca.pem\n', 'config show --json --defaults-file FILE', /"\/ca.pem"/],
  ['sql @', 'SELECT 7', 'sql @FILE --field 7', /^7\n$/],
]

// Not for --env-file: Node 20 reads that file itself before dbtool starts, and so empties the pipe.
describe('an open pipe counts as a file', () => {
  it.each(readers)('%s', (_name, text, argv, printed) => {
    const { DB_PASSWORD = '', ...env } = environment(database.name)
    const own = argv.startsWith('config') ? { PATH: env['PATH'], HOME: env['DBTOOL_HOME'] } : env
    const secret = argv.includes('--password-file') ? {} : { DB_PASSWORD }
    const run = (line: string) =>
      spawnSync('bash', ['-c', `dbtool() { "${process.execPath}" "${binary}" "$@"; }; ${line}`], {
        encoding: 'utf8',
        env: { ...own, ...secret, TEXT: text },
      })
    for (const line of [
      `dbtool ${argv.replace('FILE', '<(printf %s "$TEXT")')}`,
      `printf %s "$TEXT" | dbtool ${argv.replace('FILE', '/dev/stdin')}`,
    ])
      expect(run(line), line).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(printed) })
  })
})
