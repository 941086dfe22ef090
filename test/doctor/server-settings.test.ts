import { expect, it } from 'vitest'
import { readPortAccess } from '../../src/server/port.ts'
import { withSession } from '../../src/server/session.ts'
import { startServer } from '../../src/server/start.ts'
import { freePort } from '../server/free-port.ts'
import { furnishedHome } from '../server/temporary-home.ts'
import { dbtool } from '../support/cli.ts'
import { examine } from './examine.ts'

/** On a separate server, whose global variables may change. */
it('judges the settings of a server, as its owner and over its port', { timeout: 120_000 }, async () => {
  const paths = furnishedHome()
  const port = await freePort()
  await startServer(paths, { port })
  const env = { DBTOOL_HOME: paths.home }
  const set = (...settings: string[]): Promise<unknown> =>
    withSession(paths, async (db) => {
      for (const setting of settings) await db.execute(`SET GLOBAL ${setting}`)
    })
  expect(await dbtool('db migrate', { env })).toMatchObject({ exitCode: 0 })
  const healthy = await examine({ env })
  expect(healthy.findings.filter(({ status }) => status !== 'ok')).toEqual([])
  expect(healthy.of('address').found).toBe(`${paths.socket}, the running private server`)

  const access = readPortAccess(paths)!
  const overPort = {
    env: {
      ...env,
      DB_HOST: '127.0.0.1',
      DB_PORT: String(access.port),
      DB_USER: access.user,
      DB_PASSWORD: access.password,
      DB_NAME: 'dbtool',
    },
  }
  const guest = await examine(overPort)
  expect(guest.findings.filter(({ status }) => status !== 'ok')).toEqual([])
  // From 11.4 on, MariaDB makes a certificate for itself.
  expect(guest.of('encryption').found).toMatch(
    /^not encrypted \(preferred\), but no data leaves|^encrypted with \S+; the certificate was not verified/,
  )
  expect(guest.of('excess-privileges').found).toBe(
    'dbtool@127.0.0.1 has further privileges, as intended on your private server',
  )

  await set(
    'max_connections = 20',
    'innodb_flush_log_at_trx_commit = 2',
    'wait_timeout = 60',
    'foreign_key_checks = OFF',
    'sql_select_limit = 3',
    "sql_mode = ''",
    'character_set_server = latin1',
  )
  const limit = (connections: number): Promise<unknown> =>
    withSession(paths, (db) => db.execute(`ALTER USER 'dbtool'@'127.0.0.1' WITH MAX_USER_CONNECTIONS ${connections}`))
  await limit(12)
  const lax = await examine(overPort)
  expect(lax.named('warning').sort()).toEqual([
    'character-set',
    'commit',
    'globals',
    'globals',
    'max-connections',
    'sql-mode',
  ])
  expect(lax.findings.filter(({ check }) => check === 'globals').map(({ found, fix }) => [found, fix])).toEqual([
    [
      'foreign_key_checks is OFF for other programs: rows can refer to rows that do not exist',
      expect.stringContaining('foreign_key_checks'),
    ],
    [
      'sql_select_limit is 3 for other programs: SELECT without LIMIT returns only the first rows',
      expect.stringContaining('sql_select_limit'),
    ],
  ])
  // The session sets wait_timeout, so only a pool that is slower than that is at risk.
  expect(lax.of('idle-time-out').status).toBe('ok')
  const slow = await examine({ env: { ...overPort.env, DB_POOL_RECYCLE: '12h' } })
  expect(slow.of('idle-time-out')).toMatchObject({
    found: expect.stringMatching(/after 8h of idle time \(wait_timeout\)/),
    fix: 'DB_POOL_RECYCLE=4h',
  })
  expect(lax.named('fault')).toEqual(['user-connections'])
  expect(lax.of('user-connections').fix).toBe(
    "ALTER USER 'dbtool'@'127.0.0.1' WITH MAX_USER_CONNECTIONS 15, or DB_POOL_SIZE=5 DB_MAX_OVERFLOW=7",
  )
  expect((await examine({ env: { ...overPort.env, DB_POOL_SIZE: '20' } })).named('fault')).toContain('max-connections')

  await limit(0)
  await set('max_connections = 200', 'read_only = ON')
  expect((await examine(overPort)).of('writes')).toMatchObject({
    status: 'fault',
    found: 'the server accepts no writes (read_only is ON): no order can be placed',
  })
  expect((await examine({ env })).of('writes').status).toBe('warning')
  await set('read_only = OFF', 'tx_read_only = ON')
  expect((await examine(overPort)).of('writes')).toMatchObject({
    status: 'fault',
    found: 'transactions are read-only (tx_read_only is ON): no order can be placed',
  })
})
