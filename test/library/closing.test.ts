import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createPool } from '../../src/index.ts'
import { listening } from '../db/proxy.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'

const database = testDatabase({ migrated: false })
/** Longer than a test may take. */
const connectTimeoutMs = 600_000

describe('close() gives up the connections that are opening, so that the process can end', () => {
  it('to a server that never greets', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    const port = await listening(server)
    const pool = createPool({ host: '127.0.0.1', port, user: 'nobody', connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    const [socket] = (await once(server, 'connection')) as [Socket]
    socket.resume()
    const closed = once(socket, 'close')
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    await closed
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('that have not been begun', async () => {
    const port = await listening(createServer((socket) => socket.on('error', () => undefined)))
    const pool = createPool({ host: '127.0.0.1', port, user: 'nobody', connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('whose password never comes', async () => {
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const password = (): Promise<string> => {
      asked()
      return new Promise(() => undefined)
    }
    const pool = poolOn(database, { password, connectTimeoutMs })
    const query = pool.query('SELECT 1').catch((error: unknown) => error)
    await isAsked
    await pool.close()
    expect(await query).toMatchObject({ code: 'POOL_CLOSED' })
    expect(pool.stats()).toMatchObject({ open: 0, opening: 0 })
  })

  it('while they log in', async () => {
    for (let round = 0; round < 20; round += 1) {
      const pool = poolOn(database, { connectTimeoutMs })
      const queries = [1, 2, 3].map(() => pool.query('SELECT 1').catch((error: unknown) => error))
      await new Promise((resolve) => setTimeout(resolve, round))
      await pool.close()
      for (const answer of await Promise.all(queries))
        if (!Array.isArray(answer)) expect(answer).toMatchObject({ code: 'POOL_CLOSED' })
      expect(pool.stats()).toMatchObject({ open: 0, opening: 0, stopping: 0, waiting: 0 })
    }
  })
})
