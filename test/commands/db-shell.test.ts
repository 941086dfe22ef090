import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findClient } from '../../src/server/programs.ts'
import { binary, environment, spawned } from '../support/binary.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilRuns } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { terminal } from '../support/terminal.ts'

const shop = testDatabase()
const { name: database } = shop
const folder = join(temporaryFolder(), 'tmp')
mkdirSync(folder)
const env = { TMPDIR: folder }

/** Pipes SQL into the shell. */
function piped(
  sql: string,
  argv: readonly string[] = [],
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [binary, 'db', 'shell', ...argv], { env: environment(database, env), cwd: '/' })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (texts.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (texts.stderr += String(chunk)))
  child.stdin.end(sql)
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, ...texts })))
}

describe('dbtool db shell', () => {
  it('runs SQL in the configured database, with further options of the client', async () => {
    expect(await piped('SELECT DATABASE(), CURRENT_USER();', ['--', '--skip-column-names'])).toEqual({
      exitCode: 0,
      stdout: `${database}\tdbtool_app@localhost\n`,
      stderr: '',
    })
  })

  it('passes the exit code of the client on', async () => {
    const { exitCode, stderr } = await piped('SELECT nothing;')
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^ERROR 1054 .* at line 1: Unknown column/m)])
  })

  it('is a shell on a terminal, in which Ctrl-C stops a statement and not the shell', async () => {
    const tty = terminal(['db', 'shell'], database, { env })
    await tty.see(`MariaDB [${database}]>`)
    const running = untilRuns(shop, "SELECT 'hel', SLEEP(60)")
    // Its first look comes before the statement.
    await shop.connection.rows('SELECT 1')
    tty.type("SELECT 'hel', SLEEP(60);\r")
    await running
    tty.type('\u0003')
    await tty.see(`MariaDB [${database}]>`)
    tty.type('SELECT 6 * 7 AS answer;\r')
    await tty.see('42')
    tty.type('exit\r')
    expect(await tty.ended()).toBe(0)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves no file behind, and none is visible meanwhile: %s',
    async (signal) => {
      // After SIGKILL the client goes on, and holds the streams of dbtool.
      const sql = `SELECT '${signal}', SLEEP(5)`
      const seen: string[] = []
      await spawned(['db', 'shell', '--', '--execute', sql], {
        database,
        env,
        working: async () => {
          await untilRuns(shop, sql)
          seen.push(...readdirSync(folder))
        },
        signals: [[0, signal]],
      })
      expect([...seen, ...readdirSync(folder)]).toEqual([])
    },
  )

  it('says that a client is missing, and how to install it', () => {
    expect(() => findClient({}, { names: ['mariadb-nothing'], component: 'client' })).toThrow(
      expect.objectContaining({
        code: 'CLIENT_FAILED',
        message: 'mariadb-nothing is not installed here',
        hint: expect.stringMatching(/^install (it with: |the package of your system that has mariadb-nothing)/),
      }) as Error,
    )
  })

  it('explains a failed login as every command does, before the client runs', async () => {
    const { exitCode, error } = await dbtool('db shell --json', {
      database,
      env: { DB_USER: 'nobody_here', DB_PASSWORD: 'x' },
    })
    expect([exitCode, error.code]).toEqual([4, 'ACCESS_DENIED'])
  })

  it('needs the name of a protected database', async () => {
    const { exitCode, error } = await dbtool('db shell --json', { database, env: { DB_PROTECTED: '1' } })
    expect([exitCode, error.message]).toEqual([2, expect.stringMatching(/Run dbtool db shell\?/)])
  })
})
