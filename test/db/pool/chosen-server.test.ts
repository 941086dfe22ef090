import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, connect as socketTo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { PooledDatabase } from '../../../src/db/database.ts'
import type { ConnectEvent } from '../../../src/db/diagnostics.ts'
import { failoverText, openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions, type Pool } from '../../../src/db/pool/pool.ts'
import { defaultLimits, hostText, type Target } from '../../../src/db/target.ts'
import { freePort } from '../../server/free-port.ts'
import { testDatabase } from '../../support/database.ts'
import { brokenNetwork, listening, type Proxy } from '../proxy.ts'

const database = testDatabase({ migrated: false })
const limits = { ...defaultLimits, connectTimeoutMs: 2_000 }

const over = (hosts: readonly Pick<Target, 'host' | 'port'>[]): Target => ({
  ...database.target,
  socket: undefined,
  ...hosts[0]!,
  hosts: hosts.map(({ host, port }) => ({ host, port })),
  role: 'writer',
})
const nobody = async (): Promise<{ host: string; port: number }> => ({ host: '127.0.0.1', port: await freePort() })

interface Observed {
  readonly pool: Pool
  readonly db: PooledDatabase
  /** The failovers, in words. */
  readonly moves: string[]
  /** The servers to which connections were opened. */
  readonly reached: string[]
}

function observed(target: Target, size: number): Observed {
  const [moves, reached]: string[][] = [[], []]
  const options = { ...defaultPoolOptions, size, maxOverflow: 0 }
  const onFailover = (failover: Parameters<typeof failoverText>[0]): void => void moves!.push(failoverText(failover))
  const pool = openPool('fair', { target, limits, options, onFailover })
  const listen = (event: unknown): void => {
    const { server, outcome } = event as ConnectEvent
    if (outcome === 'ok') reached!.push(server)
  }
  subscribe('dbtool:connect', listen)
  onTestFinished(async () => {
    unsubscribe('dbtool:connect', listen)
    await pool.close(0)
  })
  return { pool, db: new PooledDatabase(pool), moves: moves!, reached: reached! }
}

const all = <T>(count: number, work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, work))
/** A proxy that closes every new connection, until it recovers. */
async function closing(): Promise<Pick<Proxy, 'target' | 'recover'>> {
  const proxy = await brokenNetwork(database.target)
  let isClosed = true
  const port = await listening(
    createServer((client) => {
      client.on('error', () => undefined)
      if (isClosed) client.destroy()
      else client.pipe(socketTo(proxy.target.port).on('error', () => client.destroy())).pipe(client)
    }),
  )
  return { target: { ...proxy.target, port }, recover: () => void (isClosed = false) }
}

const two = (): Promise<[Proxy, Proxy]> => Promise.all([brokenNetwork(database.target), brokenNetwork(database.target)])

describe('a pool with several hosts', () => {
  it('sends all connections to the first one that answers, also those that are opened at the same time', async () => {
    const [dead, [a, b]] = [await nobody(), await two()]
    const { db, reached, moves } = observed(over([dead, a.target, b.target]), 4)
    await all(4, () => db.rows('SELECT SLEEP(0.2)'))
    expect(reached).toEqual(Array(4).fill(hostText(a.target)))
    expect(moves).toEqual([])
  })

  it('moves to the next one when it is lost: open work is repeated there, and the move is told once', async () => {
    const [a, b] = await two()
    const { pool, db, reached, moves } = observed(over([a.target, b.target]), 4)
    await all(4, () => db.rows('SELECT SLEEP(0.1)'))
    const reading = all(2, () => db.reading((queries) => queries.rows('SELECT SLEEP(0.3) AS n')))
    a.swallow()
    a.cut()
    expect(await reading).toEqual([[{ n: 0 }], [{ n: 0 }]])
    expect(moves).toEqual([`the writer is now ${hostText(b.target)}: ${hostText(a.target)} does not answer`])
    a.recover()
    // It stays there, and none of the old connections is left.
    await all(4, () => db.rows('SELECT SLEEP(0.1)'))
    expect(new Set(reached.slice(4))).toEqual(new Set([hostText(b.target)]))
    expect(pool.stats().open).toBe(4)
    expect(moves).toHaveLength(1)
  })

  it('cuts the connections to one that falls silent while statements run, long before their time limit', async () => {
    const [a, b] = await two()
    const { db, moves } = observed(over([a.target, b.target]), 2)
    await db.rows('SELECT 1')
    const waiting = expect(db.rows('SELECT SLEEP(25)')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    a.swallow()
    await waiting
    expect(await db.rows('SELECT 2 AS n')).toEqual([{ n: 2 }])
    expect(moves).toEqual([`the writer is now ${hostText(b.target)}: ${hostText(a.target)} does not answer`])
  })

  it('names each host with its reason when none answers', async () => {
    const [a, b] = [await nobody(), await nobody()]
    await expect(observed(over([a, b]), 1).db.rows('SELECT 1')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message:
        `none of the 2 hosts is a writer: cannot reach MariaDB at ${hostText(a)} (ECONNREFUSED); ` +
        `cannot reach MariaDB at ${hostText(b)} (ECONNREFUSED)`,
    })
  })

  it('waits, when it starts, for a host that closes its connections as during a failover', async () => {
    const { target, recover } = await closing()
    const sentences: string[] = []
    const onWait = (sentence: string): void => {
      sentences.push(sentence)
      recover()
    }
    const connection = await connect(over([await nobody(), target]), limits, { onWait })
    onTestFinished(() => connection.close())
    expect(sentences).toEqual([
      expect.stringMatching(
        /^none of the 2 hosts is a writer: .*\(ECONNREFUSED\); .* was lost; retrying for up to 2 s$/,
      ),
    ])
  })

  it('does not wait, when it starts, for hosts that refuse connections, as one address does not', async () => {
    const [a, b] = [await nobody(), await nobody()]
    const onWait = (): never => expect.unreachable()
    await expect(connect(over([a, b]), limits, { onWait })).rejects.toMatchObject({ code: 'UNREACHABLE' })
    await expect(connect({ ...over([a]), hosts: undefined, role: 'any' }, limits, { onWait })).rejects.toMatchObject({
      code: 'UNREACHABLE',
    })
  })

  it('gives a silent host its share of the connect time-out, and the others theirs', async () => {
    const [a, b] = await two()
    a.swallow()
    const connection = await connect(over([a.target, b.target]), { ...limits, connectTimeoutMs: 1_000 })
    onTestFinished(() => connection.close())
    expect(hostText(connection.target)).toBe(hostText(b.target))
  })
})
