import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { meansOf, observerOf, type ServerInterval } from '../../src/stress/observer.ts'
import type { Queries } from '../../src/db/queries.ts'
import { replacing, testDatabase, untilWaiting } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'

const database = testDatabase({ migrated: false })
const folder = temporaryFolder()

/** The same, but rows pass through `change`. */
const changing = (queries: Queries, change: (row: object, sql: string) => object): Queries =>
  replacing(queries, {
    rows: async <T>(sql: string) => (await queries.rows<object>(sql)).map((row) => change(row, sql) as T),
  })

const interval = (changed: Partial<ServerInterval>): ServerInterval => ({
  second: 1,
  seconds: 1,
  threads_running: 2,
  row_lock_waiting: 0,
  statements_per_s: 10,
  row_lock_waits_per_s: 0,
  server_cpu: null,
  client_cpu: 0.5,
  machine_cpu: 1,
  ...changed,
})

describe('the observer of a load', () => {
  it('sees statements, waits for row locks and processors, each on its own connection', async () => {
    await database.connection.execute('CREATE TABLE watched (id INT PRIMARY KEY, n INT)')
    await database.connection.execute('INSERT INTO watched VALUES (1, 1)')
    const [eyes, holder, waiter] = await Promise.all([1, 2, 3].map(() => connect(database.target)))
    try {
      let readings = 0
      const observer = await observerOf(
        changing(eyes!, (row, sql) => {
          if (sql.includes('STATUS') && 'Variable_name' in row && row.Variable_name === 'Questions') readings += 1
          return row
        }),
      )
      expect(observer.settings).toMatchObject({ max_connections: expect.stringMatching(/^\d+$/) })
      const stop = await observer.watch(300)
      await holder!.execute('START TRANSACTION')
      await holder!.execute('UPDATE watched SET n = 2')
      const waiting = waiter!.execute('UPDATE watched SET n = 3')
      await untilWaiting(database)
      for (const before = readings; readings < before + 2;) await sleep(10)
      await holder!.execute('COMMIT')
      await waiting
      const intervals = await stop()
      const most = (of: (seen: ServerInterval) => number | null): number =>
        Math.max(...intervals.map((seen) => of(seen) ?? 0))
      expect(intervals.length).toBeGreaterThanOrEqual(2)
      expect(most(({ row_lock_waiting }) => row_lock_waiting)).toBeGreaterThanOrEqual(1)
      expect(most(({ threads_running }) => threads_running)).toBeGreaterThanOrEqual(1)
      expect(most(({ row_lock_waits_per_s }) => row_lock_waits_per_s)).toBeGreaterThan(0)
      expect(most(({ statements_per_s }) => statements_per_s)).toBeGreaterThan(0)
      // After the load, nothing that runs belongs to it.
      expect(intervals.at(-1)).toMatchObject({ threads_running: null, row_lock_waiting: null })
      if (observer.seesCpu) expect(intervals.every(({ server_cpu }) => (server_cpu ?? -1) >= 0)).toBe(true)
    } finally {
      await Promise.all([eyes, holder, waiter].map((connection) => connection!.close()))
    }
  })

  it.runIf(process.platform === 'linux')('reads the processor time of a server on this machine', async () => {
    expect((await observerOf(database.connection)).seesCpu).toBe(true)
  })

  const own = join(folder, 'own.pid')
  it.each([
    ['another machine', { host: 'db.example.com' }],
    ['a server whose file is not here', { file: '/nowhere/mariadb.pid' }],
    ['a server that is older than the process of its number', { file: own, Uptime: '900000000' }],
  ])('of %s it reads none', async (_whose, changed) => {
    writeFileSync(own, `${process.pid}\n`)
    const queries = changing(database.connection, (row, sql) => {
      if (sql.includes('pid_file')) return { ...row, ...changed }
      const uptime = 'Variable_name' in row && row.Variable_name === 'Uptime' && 'Uptime' in changed
      return uptime ? { ...row, Value: changed.Uptime } : row
    })
    expect((await observerOf(queries)).seesCpu).toBe(false)
  })

  it('ends quietly when the server does not answer, with what it has seen', async () => {
    let answers = 3
    const queries = replacing(database.connection, {
      rows: <T>(sql: string): Promise<T[]> =>
        sql.includes('STATUS') && (answers -= 1) < 0
          ? Promise.reject(new Error('gone'))
          : database.connection.rows<T>(sql),
    })
    const stop = await (await observerOf(queries)).watch(0)
    while (answers >= 0) await sleep(10)
    expect(await stop()).toHaveLength(1)
  })
})

describe('the means of a load', () => {
  it('weigh the intervals by their length, and leave out what was not seen', () => {
    const means = meansOf([interval({ seconds: 3 }), interval({ threads_running: null, statements_per_s: 50 })])
    expect(means).toMatchObject({ threads_running: 2, statements_per_s: 20, server_cpu: null, client_cpu: 0.5 })
    expect(meansOf([])).toBeNull()
  })
})
