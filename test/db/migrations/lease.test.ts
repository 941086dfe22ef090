import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { leaseHolder, type Migrating, type OpenSession, withLease } from '../../../src/db/migrations/lease.ts'
import { testDatabase } from '../../support/database.ts'
import { dropTables } from './migration-folder.ts'

// The row needs no cluster; test/cluster/galera.test.ts has the same on three nodes.
const database = testDatabase({ migrated: false })
beforeEach(() => dropTables(database.connection))

const another = async (): Promise<Connection> => {
  const session = await connect(database.target)
  onTestFinished(() => session.close())
  return session
}
const open: OpenSession = async (work) => work(await another())
const never: OpenSession = () => new Promise(() => undefined)
const options = { open, onWait: () => undefined, waitMs: 60_000, leaseMs: 600 }

/** A process that takes the lease and dies without giving it back. */
async function die(): Promise<void> {
  const session = await another()
  await expect(
    withLease(session, { ...options, open: never, leaseMs: 60_000 }, () => {
      session.destroy()
      return Promise.reject(new Error('killed'))
    }),
  ).rejects.toThrow('killed')
}

describe('a migration lease', () => {
  it('has one holder at a time, and is given back', async () => {
    let [holders, most] = [0, 0]
    const work = async (): Promise<void> => {
      most = Math.max(most, (holders += 1))
      await sleep(20)
      holders -= 1
    }
    const sessions = await Promise.all([another(), another(), another(), another()])
    await Promise.all(sessions.map((session) => withLease(session, options, work)))
    expect(most).toBe(1)
    expect(await leaseHolder(database.connection)).toBeUndefined()
  })

  it('is renewed while its holder works; others wait, and know who works since when', async () => {
    const waiting: Migrating[] = []
    const order: string[] = []
    const [first, second] = [await another(), await another()]
    let begun: () => void = () => undefined
    const isHeld = new Promise<void>((resolve) => (begun = resolve))
    const holding = withLease(first, options, async () => {
      begun()
      await sleep(3 * options.leaseMs)
      order.push('first')
    })
    await isHeld
    await withLease(second, { ...options, onWait: (other) => waiting.push(other) }, () =>
      Promise.resolve(order.push('second')),
    )
    await holding
    expect(order).toEqual(['first', 'second'])
    expect(waiting).toEqual([
      expect.objectContaining({
        who: expect.stringMatching(new RegExp(`^process ${process.pid} on \\S+ on node `)),
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      }),
    ])
  })

  it('of a process that died is taken over; that process cannot go on', async () => {
    await die()
    expect(await withLease(await another(), options, () => Promise.resolve('taken over'))).toBe('taken over')

    const slow = await another()
    let [begun, goOn]: (() => void)[] = [() => undefined, () => undefined]
    const [isHeld, isOver] = [
      new Promise<void>((resolve) => (begun = resolve)),
      new Promise<void>((resolve) => (goOn = resolve)),
    ]
    // It holds the lease, but cannot renew it.
    const holding = withLease(
      slow,
      { ...options, open: () => isOver.then(() => Promise.reject(new Error('no'))) },
      async (held) => {
        await held()
        begun?.()
        await isOver
        await held()
      },
    )
    holding.catch(() => undefined)
    await isHeld
    await withLease(await another(), options, async () => {
      goOn?.()
      await expect(holding).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        message: expect.stringMatching(/^process \d+ .* has taken over the migrations from this one$/),
      })
    })
  })

  it('of a process that works for too long is an error with its name', async () => {
    await die()
    const impatient = { ...options, waitMs: 300, leaseMs: 60_000 }
    await expect(withLease(await another(), impatient, () => Promise.resolve())).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringMatching(/^process \d+ on .* has been migrating this database since \S+Z; waited 0 s$/),
    })
  })
})
