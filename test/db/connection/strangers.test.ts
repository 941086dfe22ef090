import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { killLostStatement } from '../../../src/db/connection/kill.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../../src/db/pool/pool.ts'
import type { ConnectionIdentity, DatabaseError } from '../../../src/db/failures.ts'
import type { Queries } from '../../../src/db/queries.ts'
import { defaultLimits, socketTarget, type Target } from '../../../src/db/target.ts'
import { loginName } from '../../../src/server/login.ts'
import { startServer } from '../../../src/server/start.ts'
import { furnishedHome } from '../../server/temporary-home.ts'
import { roundRobin } from '../../support/relay.ts'
import { listening } from '../proxy.ts'

const over = (port: number): Target => ({
  ...socketTarget('', loginName()),
  socket: undefined,
  host: '127.0.0.1',
  port,
  user: 'clerk',
  password: 'clerk',
})

const count = async (queries: Queries, where: string): Promise<number> =>
  (await queries.rows(`SELECT 1 FROM information_schema.PROCESSLIST WHERE ${where}`)).length

async function newServer(): Promise<{ socket: string; owner: Connection }> {
  const paths = furnishedHome()
  await startServer(paths)
  const owner = await connect(socketTarget(paths.socket, loginName()))
  onTestFinished(() => owner.close())
  await owner.execute("CREATE USER IF NOT EXISTS 'clerk'@'%' IDENTIFIED BY 'clerk'")
  await owner.execute("CREATE USER IF NOT EXISTS 'clerk'@'localhost' IDENTIFIED BY 'clerk'")
  return { socket: paths.socket, owner }
}

/** Connections of other programs of the same account, one for each number up to `last`. */
async function strangersUpTo(socket: string, last: number): Promise<Map<number, Connection>> {
  const strangers = new Map<number, Connection>()
  while (!strangers.has(last)) {
    const stranger = await connect({ ...over(0), socket })
    onTestFinished(() => stranger.close())
    const [row] = await stranger.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')
    if (row === undefined || row.id > last) throw new Error('the numbers of this server are ahead')
    strangers.set(row.id, stranger)
  }
  return strangers
}

describe('two servers behind one balancer', { timeout: 120_000 }, () => {
  it('strangers with the numbers of our connections are never killed, and our own statements are', async () => {
    const [one, two] = [await newServer(), await newServer()]
    // The first server is ahead, so that strangers on the second can have the numbers of our connections there.
    for (let ahead = 0; ahead < 40; ahead += 1) await (await connect({ ...over(0), socket: one.socket })).close()
    const relay = await roundRobin([one.socket, two.socket])
    const options = { ...defaultPoolOptions, size: 4, maxOverflow: 0 }
    const pool = openPool('fair', { target: over(relay.port), limits: defaultLimits, options })
    onTestFinished(() => pool.close(0))

    const leases = await Promise.all(Array.from({ length: 4 }, () => pool.acquire()))
    const ids = await Promise.all(leases.map((lease) => lease.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')))
    const highest = Math.max(...ids.flat().map(({ id }) => id))
    const strangers = await strangersUpTo(two.socket, highest)
    expect(ids.flat().filter(({ id }) => strangers.has(id)).length).toBeGreaterThanOrEqual(2)

    for (const lease of leases) void lease.rows('SELECT SLEEP(60)').catch(() => undefined)
    const sleeping = async (): Promise<number> =>
      (await count(one.owner, "INFO LIKE 'SELECT SLEEP%'")) + (await count(two.owner, "INFO LIKE 'SELECT SLEEP%'"))
    while ((await sleeping()) < 4) await sleeping()
    for (const lease of leases) lease.release()
    await pool.close()
    expect(await sleeping()).toBe(0)
    for (const stranger of strangers.values()) expect(await stranger.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  it('a statement is ended, however many connections in a row reach the other server', async () => {
    const [one, two] = [await newServer(), await newServer()]
    const relay = await roundRobin([one.socket, ...Array<string>(7).fill(two.socket)])
    const connection = await connect(over(relay.port))
    void connection.rows('SELECT SLEEP(60)').catch(() => undefined)
    const sleeping = (): Promise<number> => count(one.owner, "INFO LIKE 'SELECT SLEEP%'")
    while ((await sleeping()) < 1) await sleep(20)
    await connection.stop()
    expect([await sleeping(), relay.connections]).toEqual([0, 9])
  })

  it('a lost connection is not looked for on another server', async () => {
    const [one, two] = [await newServer(), await newServer()]
    for (let ahead = 0; ahead < 20; ahead += 1) await (await connect({ ...over(0), socket: one.socket })).close()
    const lost = await identityOf(await connect({ ...over(0), socket: one.socket }))
    const strangers = await strangersUpTo(two.socket, lost.threadId)
    expect(await killLostStatement(two.owner, lost)).toBe(false)
    expect(await strangers.get(lost.threadId)?.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(await killLostStatement(one.owner, lost)).toBe(true)
  })
})

/** As the error of a lost statement carries it. */
async function identityOf(connection: Connection): Promise<ConnectionIdentity> {
  const failure = connection.rows('SELECT SLEEP(60)').catch((error: unknown) => error)
  connection.destroy()
  const { lost } = (await failure) as DatabaseError
  if (lost === undefined) throw new Error('the error carries no identity')
  return lost
}

describe('the server that a connection has reached', () => {
  it('is asked in the message that sets up the session: no round trip is added', async () => {
    const messages: string[] = []
    const relay = await roundRobin([inject('socket')], { onSent: (data) => messages.push(data.toString('latin1')) })
    const db = await connect({ ...over(relay.port), user: inject('osUser'), password: '' })
    await db.close()
    expect(messages.filter((message) => /SET NAMES|CONNECTION_ID/.test(message))).toEqual([
      expect.stringMatching(/SET NAMES[^]*CONNECTION_ID/),
    ])
  })
})

it.each(['SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n', '220 mail ESMTP\r\n', '-ERR no command\r\n'])(
  'another service is named as such: %j',
  async (banner) => {
    const port = await listening(createServer((client) => client.on('error', () => undefined).end(banner)))
    await expect(connect(over(port))).rejects.toMatchObject({
      code: 'NOT_MARIADB',
      exitCode: 4,
      message: `another service than MariaDB answers at 127.0.0.1:${port}`,
      hint: 'check --host and --port, or --socket',
    })
  },
)

describe('a server whose default character set is', () => {
  it.each([
    ['utf8mb4', 45],
    ['latin1', 8],
    ['ujis', 12],
    ['swe7', 10],
    ['ucs2', 35],
    ['utf16', 54],
    ['utf32', 60],
  ])('%s gets statements in utf8mb4', async (_name, collation) => {
    const relay = await roundRobin([inject('socket')], { collation })
    const db = await connect({ ...over(relay.port), user: inject('osUser'), password: '' })
    onTestFinished(() => db.close())
    expect(await db.rows("SELECT 'ä🫖' AS text, @@character_set_client AS client")).toEqual([
      { text: 'ä🫖', client: 'utf8mb4' },
    ])
  })
})

describe('a proxy that hides the server', () => {
  it('never makes dbtool kill anything', async () => {
    const socket = inject('socket')
    const owner = await connect(socketTarget(socket, inject('osUser')))
    onTestFinished(() => owner.close())
    await owner.execute("CREATE USER IF NOT EXISTS 'clerk'@'localhost' IDENTIFIED BY 'clerk'")
    const stranger = await connect({ ...over(0), socket })
    onTestFinished(() => stranger.close())
    const [row] = await stranger.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')
    const relay = await roundRobin([socket], { threadId: row?.id ?? 0 })
    const hidden = await connect(over(relay.port))
    const connections = relay.connections
    void hidden.rows('SELECT SLEEP(1)').catch(() => undefined)
    await hidden.stop()
    expect(relay.connections).toBe(connections)
    expect(await stranger.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })
})
