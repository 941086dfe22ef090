import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Password, type ShopPool } from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'
import { poolOn } from '../support/library.ts'

const database = testDatabase({ migrated: false })

/** An account with the password 'right', which may have so many connections. */
async function account(most = 0): Promise<string> {
  const { connection, name } = database
  const user = `app_${randomBytes(4).toString('hex')}`
  await connection.execute(`CREATE USER '${user}'@localhost IDENTIFIED BY 'right' WITH MAX_USER_CONNECTIONS ${most}`)
  await connection.execute(`GRANT SELECT ON ${name}.* TO '${user}'@localhost`)
  onTestFinished(async () => {
    await connection.execute(`DROP USER '${user}'@localhost`)
  })
  return user
}

describe('a function for the password that fails once', () => {
  it.each<[string, () => unknown, string]>([
    ['rejects', () => Promise.reject(new Error('vault is sealed')), 'BAD_CONFIG'],
    [
      'throws',
      () => {
        throw new Error('vault is sealed')
      },
      'BAD_CONFIG',
    ],
    ['returns nothing', () => undefined, 'BAD_CONFIG'],
    ['returns the old one', () => 'old', 'ACCESS_DENIED'],
  ])('%s: the next caller is asked again', async (_what, fail, code) => {
    const user = await account()
    let calls = 0
    const password = (): unknown => ((calls += 1) === 1 ? fail() : Promise.resolve('right'))
    const pool = poolOn(database, { user, password: password as Password, size: 1, maxOverflow: 0 })
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code })
    expect(await pool.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect([calls, pool.stats().openFailures]).toEqual([2, 1])
  })

  it('while the pool has another connection: who waits gets that one, or the next', async () => {
    const user = await account()
    let isSealed = false
    const password = (): Promise<string> =>
      isSealed ? Promise.reject(new Error('vault is sealed')) : Promise.resolve('right')
    const pool = poolOn(database, { user, password, size: 2, maxOverflow: 0 })
    const lease = await pool.acquire()
    isSealed = true
    const waiting = pool.query('SELECT 1 AS one')
    while (pool.stats().openFailures === 0) await sleep(5)
    isSealed = false
    expect(await waiting).toEqual([{ one: 1 }])
    lease.release()
  })
})

describe('a server without room', () => {
  const callers = (pool: ShopPool): Promise<unknown[]> =>
    Promise.all(Array.from({ length: 6 }, () => pool.query('SELECT 1 AS one')))

  it('for all connections of a pool: its callers share those that it has', async () => {
    const pool = poolOn(database, { user: await account(2), password: 'right', size: 2, maxOverflow: 4 })
    expect(await callers(pool)).toEqual(Array(6).fill([{ one: 1 }]))
    expect(pool.stats()).toMatchObject({ peak: 2, timeouts: 0 })
  })

  it('for any: its callers learn why at once, and the next one is served when there is room', async () => {
    const user = await account(1)
    const [first, second] = [1, 2].map(() => poolOn(database, { user, password: 'right', size: 1 }))
    const lease = await first?.acquire()
    await expect(second?.query('SELECT 1')).rejects.toMatchObject({ code: 'UNREACHABLE', errno: 1226 })
    lease?.release()
    await first?.close()
    const served = async (): Promise<unknown> => second?.query('SELECT 1 AS one').catch(() => undefined)
    let answer = await served()
    while (answer === undefined) answer = await served()
    expect(answer).toEqual([{ one: 1 }])
  })
})
