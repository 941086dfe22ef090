import { connect as dial } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import { Secret, type Trace } from '../../../src/db/queries.ts'
import { defaultLimits, type Target } from '../../../src/db/target.ts'
import { withSession } from '../../../src/server/session.ts'
import { startServer } from '../../../src/server/start.ts'
import { freePort } from '../../server/free-port.ts'
import { killServer, furnishedHome } from '../../server/temporary-home.ts'
import { testDatabase } from '../../support/database.ts'
import { expectFailure, password, secret } from '../expect-failure.ts'
import { brokenNetwork } from '../proxy.ts'

const database = testDatabase({ migrated: false })

describe('a connection', () => {
  it('is closed when the server is silent, shortly after it should have stopped the statement itself', async () => {
    const network = await brokenNetwork(database.target)
    const db = await connect(network.target, { ...defaultLimits, statementTimeoutMs: 100 })
    network.swallow()
    await expectFailure(db.rows('SELECT 1'), {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: /^127\.0\.0\.1:\d+ has not answered for 2100 ms$/,
      hint: 'the connection was closed',
    })
    expect(db.usable).toBe(false)
    await expectFailure(db.rows('SELECT 1'), {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: 'is closed',
      hint: 'try again',
    })
  })

  it('gives up on a ping', async () => {
    const network = await brokenNetwork(database.target)
    const db = await connect(network.target)
    expect(await db.ping(5_000)).toBe(true)
    network.swallow()
    expect(await db.ping(50)).toBe(false)
    expect(db.usable).toBe(false)
  })

  it('says good-bye to a silent server without waiting for long', async () => {
    const network = await brokenNetwork(database.target)
    const db = await connect(network.target)
    network.swallow()
    await db.close()
    expect(db.usable).toBe(false)
  })

  // After its good-bye, the connector would answer no statement that is still running.
  it.each<[string, (db: Connection) => unknown]>([
    ['destroyed', (db) => db.destroy()],
    ['closed', (db) => db.close()],
  ])('that is %s in the middle of a statement fails there, and everywhere after', async (_how, end) => {
    const db = await connect(database.target)
    const statement = expectFailure(db.rows('SELECT SLEEP(30)'), {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: 'was closed while a statement was running',
      hint: 'took effect',
    })
    expect(db.busy).toBe(true)
    await end(db)
    expect([db.usable, db.busy]).toEqual([false, false])
    await statement
    await expect(db.execute('DO 0')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await db.close()
  })

  it('tells what it did, with stars for secrets', async () => {
    const traces: Trace[] = []
    const db = await connect(database.target, defaultLimits, { onTrace: (trace) => traces.push(trace) })
    onTestFinished(() => db.close())
    await db.rows('SELECT ?', [new Secret(secret)])
    await db.rows('SELECT nonsense').catch(() => undefined)
    expect(traces.map(({ sql, failed }) => [sql, failed])).toEqual([
      ['SELECT ?', false],
      ['SELECT nonsense', true],
    ])
    expect(traces.every(({ ms }) => ms > 0)).toBe(true)
    expect(JSON.stringify(traces)).toContain('["********"]')
    expect(JSON.stringify(traces)).not.toContain(secret)
    expect(`${String(new Secret(secret))} ${JSON.stringify({ it: new Secret(secret) })}`).toBe(
      '******** {"it":"********"}',
    )
  })
})

describe('a server of its own', { timeout: 120_000 }, () => {
  it('that is read-only and then dies: every statement rejects, and this process survives', async () => {
    const paths = furnishedHome()
    const port = await freePort()
    await startServer(paths, { port })
    await withSession(paths, (db) => db.execute(`CREATE USER 'clerk'@'%' IDENTIFIED BY '${password}'`))
    await withSession(paths, (db) => db.execute("GRANT ALL ON dbtool.* TO 'clerk'@'%'"))
    const target: Target = {
      host: '127.0.0.1',
      port,
      socket: undefined,
      user: 'clerk',
      password,
      database: 'dbtool',
      ssl: { mode: 'disabled' },
    }
    const [idle, busy] = [await connect(target), await connect(target)]

    await withSession(paths, (db) => db.execute('SET GLOBAL read_only = 1'))
    await expectFailure(idle.execute('CREATE TABLE shelf (id INT)'), {
      code: 'READ_ONLY',
      exitCode: 1,
      message: 'read-only',
      hint: 'accepts no writes',
    })

    const pool = openPool('fair', {
      target,
      limits: defaultLimits,
      options: { ...defaultPoolOptions, size: 3, maxOverflow: 0 },
    })
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()])
    leases[0].release()
    const lost = {
      code: 'CONNECTION_LOST',
      exitCode: 4,
      message: `the connection to 127.0.0.1:${port} was lost`,
      hint: 'try again',
    }
    const failures = [busy, leases[1]].map((session) => expectFailure(session.rows('SELECT SLEEP(60)'), lost))
    await killServer(paths)
    await Promise.all(failures)
    while (idle.usable) await sleep(5)
    await expectFailure(idle.rows('SELECT 1'), lost)
    for (const lease of leases) lease.release()
    // A process that is killed closes its connections and its port one after the other.
    while (await isOpen(port)) await sleep(5)
    await expectFailure(pool.acquire(), {
      code: 'UNREACHABLE',
      exitCode: 4,
      message: `cannot reach MariaDB at 127.0.0.1:${port} (ECONNREFUSED)`,
      hint: 'dbtool server start',
    })
    expect(pool.stats()).toMatchObject({ open: 0, opened: 3, closed: 3 })
    await pool.close()

    await startServer(paths, { port })
    const again = openPool('fair', { target, limits: defaultLimits, options: defaultPoolOptions })
    const lease = await again.acquire()
    expect(await lease.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    lease.release()
    await again.close()
  })
})

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
