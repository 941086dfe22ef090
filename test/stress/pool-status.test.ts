import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { ServerSide } from '../../src/db/server-side.ts'
import { startServer } from '../../src/server/start.ts'
import { stopServer } from '../../src/server/stop.ts'
import { furnishedHome } from '../server/temporary-home.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase, untilWaiting } from '../support/database.ts'
import { keys, terminal } from '../support/terminal.ts'

describe('pool status', () => {
  const database = testDatabase({ migrated: false })

  it('shows who has a transaction open, and who waits for whom', async () => {
    await database.connection.execute('CREATE TABLE things (id INT PRIMARY KEY, n INT)')
    await database.connection.execute('INSERT INTO things VALUES (1, 1)')
    const [holder, waiter] = [await connect(database.target), await connect(database.target)]
    const [[{ id: holding } = { id: 0 }], [{ id: waiting } = { id: 0 }]] = [
      await holder.rows<{ id: number }>('SELECT CONNECTION_ID() AS id'),
      await waiter.rows<{ id: number }>('SELECT CONNECTION_ID() AS id'),
    ]
    await holder.execute('START TRANSACTION')
    await holder.execute('UPDATE things SET n = 2 WHERE id = 1')
    const waited = waiter.execute('UPDATE things SET n = 3 WHERE id = 1')
    await untilWaiting(database, 1)
    const { json } = await dbtool('pool status --json', { database: database.name, as: 'owner' })
    const { transactions, lock_waits, connections, unseen, ...status } = json<ServerSide & Record<string, number>>()
    await holder.execute('COMMIT')
    await waited
    await Promise.all([holder.close(), waiter.close()])
    expect(transactions.find(({ connection }) => connection === holding)).toMatchObject({
      state: 'idle',
      rows_changed: 1,
      statement: null,
    })
    expect(transactions.find(({ connection }) => connection === waiting)).toMatchObject({
      state: 'waiting',
      statement: 'UPDATE things SET n = 3 WHERE id = 1',
    })
    expect(lock_waits.find((wait) => wait.waiting === waiting)).toMatchObject({
      blocked_by: holding,
      statement: 'UPDATE things SET n = 3 WHERE id = 1',
    })
    expect(
      connections
        .filter((group) => group.database === database.name)
        .reduce((sum, group) => sum + group.connections, 0),
    ).toBeGreaterThanOrEqual(2)
    expect(unseen).toEqual([])
    expect(status['max_connections']).toBeGreaterThanOrEqual(status['threads_connected']!)
    expect(status['threads_connected']).toBeGreaterThan(2)
  })

  it('without the PROCESS privilege says what it could not see', async () => {
    const { exitCode, json } = await dbtool('pool status --json', { database: database.name })
    expect(exitCode).toBe(0)
    expect(json<ServerSide>()).toMatchObject({
      transactions: [],
      lock_waits: [],
      unseen: ['connections of other users', 'open transactions', 'waits for row locks'],
    })
    expect((await dbtool('pool status', { database: database.name })).stderr).toContain(
      'not shown: connections of other users, open transactions, waits for row locks: this user lacks the PROCESS',
    )
  })

  it('--watch repeats the query, and redraws in the same place', async () => {
    const session = terminal(['pool', 'status', '--watch', '200ms'], database.name)
    for (let look = 0; look < 3; look += 1) await session.see('repeated every 200ms; Ctrl-C stops')
    session.type(keys.ctrlC)
    expect(await session.ended()).toBe(130)
    expect(session.raw.match(/\x1b\[1;1H\x1b\[0J/g)?.length).toBeGreaterThanOrEqual(3)
  })

  it('--watch goes on over a restart of the server, and says that it is away', { timeout: 120_000 }, async () => {
    const paths = furnishedHome()
    await startServer(paths)
    const env = { DBTOOL_HOME: paths.home, DB_SOCKET: paths.socket }
    const session = terminal(['pool', 'status', '--watch', '200ms'], 'dbtool', { env, as: 'owner' })
    await session.see('repeated every 200ms; Ctrl-C stops')
    await stopServer(paths)
    await session.see('the server is away')
    await session.see('it is asked again every 200ms; Ctrl-C stops')
    await startServer(paths)
    await session.see('repeated every 200ms; Ctrl-C stops')
    session.type(keys.ctrlC)
    expect(await session.ended()).toBe(130)
  })

  it('--watch of a server that is not there ends at once, as without it', async () => {
    const env = { DB_SOCKET: '/nowhere/at.sock' }
    expect(await dbtool('pool status --watch 1s --json', { database: database.name, env })).toMatchObject({
      exitCode: 4,
      error: { code: 'UNREACHABLE' },
    })
  })

  it('warns of a pool that does not fit', async () => {
    expect((await dbtool('pool status', { database: database.name, env: { DB_POOL_SIZE: '9000' } })).stderr).toMatch(
      /a pool of 9000 \+ 10 does not fit: the server has \d+ connections left/,
    )
  })
})
