import { describe, expect, it } from 'vitest'
import { placed, readBack } from '../../commands/orders/resolve-interrupted.ts'
import type { Context } from '../../src/context/context.ts'
import type { Database } from '../../src/db/database.ts'
import type { DatabaseError } from '../../src/db/failures.ts'
import type { Queries, Value } from '../../src/db/queries.ts'
import { OutcomeUnknown } from '../../src/shop/orders/exactly-once.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { replacing, testDatabase } from '../support/database.ts'
import { failure, oneOrder } from './support/one-order.ts'

const database = testDatabase()
const shop = oneOrder(database)

/** The database, whose answers to orders come out of `answers` first: `does it` asks the server all the same. */
function failing(...answers: readonly (readonly ['does it' | 'does nothing', Error])[]): Queries & { asked: number } {
  const left = [...answers]
  const db = database.connection
  return replacing(db, {
    asked: 0,
    retryOptions: { patienceMs: 400 },
    async prepared<T>(sql: string, values: readonly Value[]): Promise<T[]> {
      this.asked += 1
      const next = left.shift()
      if (next === undefined) return db.prepared<T>(sql, values)
      if (next[0] === 'does it') await db.prepared<T>(sql, values)
      throw next[1]
    },
  })
}

/** As of a connection that had been opened, and is long gone at the server. */
const lost = (): DatabaseError => Object.assign(failure('CONNECTION_LOST'), { lost: { threadId: 1_000_000_000 } })

describe('an order whose statement is ended by the server', () => {
  it.each([
    ['KILL QUERY', 1317],
    ['max_statement_time', 1969],
  ])('%s just after COMMIT is placed; before, it is not', async (_what, errno) => {
    expect(await placeOrder(failing(['does it', failure('STATEMENT_TIMEOUT', errno)]), shop.request)).toMatchObject({
      outcome: 'existing',
      totalAmount: '18.00',
    })
    const refusal = failure('STATEMENT_TIMEOUT', errno)
    await expect(placeOrder(failing(['does nothing', refusal]), { ...shop.request, key: 'another' })).rejects.toBe(
      refusal,
    )
    expect([await shop.orders(), await shop.stock()]).toEqual([1, 6])
  })

  it('and cannot be asked for after that is unknown', async () => {
    const answers = failing(
      ['does it', failure('STATEMENT_TIMEOUT', 1317)],
      ...Array.from({ length: 20 }, () => ['does nothing', failure('UNREACHABLE')] as const),
    )
    await expect(placeOrder(answers, shop.request)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', exitCode: 9 })
  })
})

describe('an order whose connection was lost', () => {
  it.each(['READ_ONLY', 'LOCK_TIMEOUT', 'STATEMENT_TIMEOUT', 'QUERY_FAILED', 'ACCESS_DENIED'] as const)(
    'and then %s: the key tells',
    async (code) => {
      const connectionLost = lost()
      expect(
        await placeOrder(failing(['does it', connectionLost], ['does nothing', failure(code)]), shop.request),
      ).toMatchObject({ outcome: 'existing' })
      const refusal = failure(code)
      await expect(
        placeOrder(failing(['does nothing', connectionLost], ['does nothing', refusal]), {
          ...shop.request,
          key: 'another',
        }),
      ).rejects.toBe(refusal)
    },
  )

  it.each(['POOL_CLOSED', 'UNREACHABLE', 'POOL_TIMEOUT', 'ACCESS_DENIED'] as const)(
    'and then only %s: unknown, with the key and the command that resolves it',
    async (code) => {
      const answers = failing(
        ['does nothing', lost()],
        ...Array.from({ length: 20 }, () => ['does nothing', failure(code)] as const),
      )
      const unknown = await placeOrder(answers, shop.request).catch((reason: unknown) => reason)
      expect(unknown).toBeInstanceOf(OutcomeUnknown)
      expect(unknown).toMatchObject({
        exitCode: 9,
        message: expect.stringContaining("the key of the order is 'the key'"),
        hint: "the same command with --idempotency-key 'the key' finds the order or places it, never twice",
      })
      expect(await shop.orders()).toBe(0)
    },
  )

  it('while it was being opened was not placed, for certain', async () => {
    const answers = failing(
      ['does nothing', failure('CONNECTION_LOST')],
      ...Array.from({ length: 20 }, () => ['does nothing', failure('UNREACHABLE')] as const),
    )
    await expect(placeOrder(answers, shop.request)).rejects.toMatchObject({ code: 'UNREACHABLE', exitCode: 4 })
  })

  it('while it was being opened, and then no answer in time: unknown', async () => {
    let asked = 0
    const silent = failing()
    const queries: Queries = {
      ...silent,
      prepared: () => ((asked += 1) === 1 ? Promise.reject(failure('CONNECTION_LOST')) : new Promise(() => undefined)),
    }
    await expect(placeOrder(queries, shop.request)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  it('nothing is asked of a server that refuses the first time', async () => {
    const answers = failing(['does nothing', failure('ACCESS_DENIED')])
    await expect(placeOrder(answers, shop.request)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    expect(answers.asked).toBe(1)
  })
})

describe('an order that was placed and cannot be shown', () => {
  const gone = { reading: () => Promise.reject(failure('UNREACHABLE')) } as unknown as Database
  const done = () => placed({ outcome: 'placed', orderId: 12, totalAmount: '18.00' }, 'k1')
  const context = (signal: AbortSignal): Context => ({ io: { signal } }) as Context

  it('is not reported as a failure to place it', async () => {
    await expect(readBack(context(new AbortController().signal), gone, done())).rejects.toMatchObject({
      exitCode: 9,
      message: 'order 12 was placed, with a total of 18.00, but it cannot be read now: UNREACHABLE it was',
      hint: 'the same command with --idempotency-key k1 shows it',
    })
  })

  it('nor is it after Ctrl-C', async () => {
    await expect(readBack(context(AbortSignal.abort('SIGINT')), gone, done())).rejects.toMatchObject({
      exitCode: 130,
      message: 'interrupted, but order 12 had already been placed',
    })
  })
})
