import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ServerPaths } from '../../src/server/home.ts'
import { resetServer } from '../../src/server/reset.ts'
import { withSession } from '../../src/server/session.ts'
import { startServer } from '../../src/server/start.ts'
import { findServer, serverStatus } from '../../src/server/status.ts'
import { stopServer } from '../../src/server/stop.ts'
import { loginName } from '../../src/server/login.ts'
import { dbtool } from '../support/cli.ts'
import { furnishedHome, killServer, temporaryHome } from './temporary-home.ts'

/** Counters of the server, by name. */
async function statusOf(paths: ServerPaths, ...names: readonly string[]): Promise<Record<string, number>> {
  const rows = await withSession(paths, (db) =>
    db.rows<{ Variable_name: string; Value: string }>(
      `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map(() => '?').join(', ')})`,
      names,
    ),
  )
  return Object.fromEntries(rows.map(({ Variable_name: name, Value: value }) => [name, Number(value)]))
}

const aborted = (paths: ServerPaths): Promise<Record<string, number>> =>
  statusOf(paths, 'Aborted_clients', 'Aborted_connects')
const connections = async (paths: ServerPaths): Promise<number> =>
  (await statusOf(paths, 'Connections'))['Connections'] ?? NaN

describe('the private server', { timeout: 120_000 }, () => {
  it('creates its data, starts, and accepts the operating-system user without a password', async () => {
    const paths = temporaryHome()
    expect((await serverStatus(paths)).running).toBe(false)
    expect(await findServer(paths)).toBeUndefined()
    const messages: string[] = []
    const { started, status } = await startServer(paths, { progress: (message) => messages.push(message) })
    expect(started).toBe(true)
    expect(messages).toEqual(['creating the data directory', 'starting MariaDB'])
    const user = loginName()
    const where = { socket: paths.socket, user, database: 'dbtool' }
    expect(status).toMatchObject({ ...where, running: true, port: null, data_directory: paths.data })
    expect(status.version).toContain('MariaDB')
    expect(await findServer(paths)).toEqual(where)
    const [row] = await withSession(paths, (db) =>
      db.rows<{ name: string; charset: string }>(
        `SELECT CURRENT_USER() AS name, DEFAULT_CHARACTER_SET_NAME AS charset
         FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'dbtool'`,
      ),
    )
    expect(row).toEqual({ name: `${user}@localhost`, charset: 'utf8mb4' })
  })

  it('lives in a folder with any characters in its path', async () => {
    const paths = temporaryHome(`a b:c 'd' "e" $F`, '`g` \\n ;&|(h)*?[i]#%', 'ü')
    expect(await startServer(paths)).toMatchObject({ started: true, status: { data_directory: paths.data } })
    // A result that does not fit into memory goes to the folder for temporary files.
    const sorted = await withSession(paths, async (db) => {
      await db.execute('USE dbtool')
      await db.execute('SET max_heap_table_size = 16384, tmp_table_size = 16384')
      const all = 'SELECT DISTINCT REPEAT(seq, 100) AS text FROM dbtool.seq_1_to_5000'
      return db.rows(`SELECT COUNT(*) AS n FROM (${all}) AS distinct_texts`)
    })
    expect(sorted).toEqual([{ n: 5_000 }])
    const situation = { env: { DBTOOL_HOME: paths.home } }
    expect((await dbtool('server status --json', situation)).json()).toMatchObject({
      running: true,
      socket: paths.socket,
    })
    expect(await dbtool('db migrate', situation)).toMatchObject({ exitCode: 0 })
    expect((await dbtool('db check', situation)).exitCode).toBe(0)
    expect((await dbtool('connection test', situation)).stderr).toMatch(/^✔ connected as \w+ to the private server\n/)
    const url = (await dbtool('config show --json', situation))
      .json<{ name: string; value: string }[]>()
      .find(({ name }) => name === 'DB_URL')?.value
    expect(await dbtool(['users', 'list', '--url', url ?? ''])).toMatchObject({ exitCode: 0, stderr: 'No users.\n' })
    expect(await stopServer(paths)).toEqual({ stopped: true })
  })

  it('is left alone by a second start', async () => {
    const paths = furnishedHome()
    const first = await startServer(paths)
    expect(await startServer(paths)).toEqual({ started: false, status: first.status, warnings: [] })
  })

  it('is never asked over a connection that hangs up: none is aborted, and its log has no warning', async () => {
    const paths = furnishedHome()
    const env = { DBTOOL_HOME: paths.home }
    await startServer(paths)
    for (const line of ['server start', 'server status', 'connection test', 'doctor'])
      await dbtool(`${line} --json`, { env })
    expect(await findServer(paths)).toBeDefined()
    expect(await aborted(paths)).toEqual({ Aborted_clients: 0, Aborted_connects: 0 })
    await stopServer(paths)
    expect(readFileSync(paths.log, 'utf8')).not.toMatch(/Aborted connection|without authentication/)
  })

  it('costs a command one connection: its own', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    const before = await connections(paths)
    expect((await dbtool('connection test --json', { env: { DBTOOL_HOME: paths.home } })).exitCode).toBe(0)
    // One is that of the second count.
    expect((await connections(paths)) - before - 1).toBe(1)
  })

  it('is one server when started three times at once, from nothing and from its data', async () => {
    const paths = temporaryHome()
    for (const round of ['from nothing', 'from its data']) {
      const results = await Promise.all([startServer(paths), startServer(paths), startServer(paths)])
      expect(results.map((result) => result.started).sort(), round).toEqual([false, false, true])
      expect(new Set(results.map((result) => result.status.pid)).size, round).toBe(1)
      expect(await stopServer(paths), round).toEqual({ stopped: true })
    }
    expect(readdirSync(paths.directory).sort()).toEqual(['data', 'mariadb.log', 'run'])
  })

  it('stops cleanly, leaves neither socket nor pid file, and reports that it was not running', async () => {
    const paths = furnishedHome()
    expect(await stopServer(paths)).toEqual({ stopped: false })
    await startServer(paths)
    expect(await stopServer(paths)).toEqual({ stopped: true })
    expect([paths.socket, paths.pidFile].filter((path) => existsSync(path))).toEqual([])
    expect(await stopServer(paths)).toEqual({ stopped: false })
    expect(await findServer(paths)).toEqual({ isStopped: true })
  })

  it('starts again with its data after kill -9, over the pid file and the socket left behind', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    await withSession(paths, async (db) => {
      await db.execute('CREATE TABLE dbtool.kept (id INT PRIMARY KEY)')
      await db.execute('INSERT INTO dbtool.kept VALUES (42)')
    })
    await killServer(paths)
    expect([existsSync(paths.socket), existsSync(paths.pidFile)]).toEqual([true, true])
    expect(await findServer(paths)).toEqual({ isStopped: true })
    expect((await serverStatus(paths)).running).toBe(false)
    expect((await startServer(paths)).started).toBe(true)
    expect(await withSession(paths, (db) => db.rows('SELECT id FROM dbtool.kept'))).toEqual([{ id: 42 }])
  })

  it('does not mistake another process with its old number for itself', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    await killServer(paths)
    writeFileSync(paths.pidFile, String(process.pid))
    expect(await findServer(paths)).toEqual({ isStopped: true })
    const { started, status } = await startServer(paths)
    expect(started).toBe(true)
    expect(status.pid).not.toBe(process.pid)
    await killServer(paths)
    writeFileSync(paths.pidFile, String(process.pid))
    expect(await stopServer(paths)).toEqual({ stopped: false })
  })

  it('is reset with all its data, and starts empty', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    await withSession(paths, (db) => db.execute('CREATE TABLE dbtool.gone (id INT PRIMARY KEY)'))
    const dry = await dbtool('server reset -n', { env: { DBTOOL_HOME: paths.home } })
    expect([dry.exitCode, dry.stderr]).toEqual([
      0,
      `would delete the private server and all its data in ${paths.data}; nothing was changed\n`,
    ])
    expect(await withSession(paths, (db) => db.rows('SHOW TABLES FROM dbtool'))).toHaveLength(1)
    expect(await resetServer(paths)).toEqual({ deleted: true })
    expect(readdirSync(paths.directory)).toEqual([])
    expect(await resetServer(paths)).toEqual({ deleted: false })
    await startServer(paths)
    expect(await withSession(paths, (db) => db.rows('SHOW TABLES FROM dbtool'))).toEqual([])
  })
})
