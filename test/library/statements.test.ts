import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  createPool,
  getOrder,
  listProducts,
  migrate,
  placeOrder,
  stress,
  transaction,
  withLease,
  type ConnectEvent,
  type CreatePoolOptions,
  type Lease,
  type QueryEvent,
  type ShopPool,
} from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'

const database = testDatabase({ migrated: false })

function poolWith(options: CreatePoolOptions = {}): ShopPool {
  const { socket, user, name } = { ...database.target, name: database.name }
  const pool = createPool({
    ...(socket === undefined ? {} : { socket }),
    user,
    database: name,
    sslMode: 'disabled',
    ...options,
  })
  onTestFinished(() => pool.close(0))
  return pool
}

const running = async (like: string): Promise<number> =>
  (
    await database.connection.rows(
      'SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE ? AND ID <> CONNECTION_ID()',
      [database.name, like],
    )
  ).length

beforeAll(async () => {
  await database.connection.execute('CREATE TABLE counters (id INT PRIMARY KEY, n INT NOT NULL)')
  await database.connection.execute('INSERT INTO counters VALUES (1, 0), (2, 0)')
})

describe('pool.query and pool.execute', () => {
  it('run a statement on any connection, with bound values and typed rows', async () => {
    const pool = poolWith()
    const rows = await pool.query<{ n: number }>('SELECT ? + 1 AS n', [41])
    const [first] = rows
    expect(first?.n).toBe(42)
    expect(await pool.execute('UPDATE counters SET n = n + ? WHERE id = 1', [1])).toMatchObject({ affectedRows: 1 })
    expect(pool.stats()).toMatchObject({ inUse: 0, acquired: 2 })
  })

  it.each([
    ['timeoutMs', () => ({ timeoutMs: 100 }), { code: 'STATEMENT_TIMEOUT' }],
    ['a signal', () => ({ signal: AbortSignal.timeout(100) }), { code: 'INTERRUPTED' }],
  ])('are given up after %s, and stopped at the server', async (_what, options, expected) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    // To open a connection may take longer.
    await pool.query('SELECT 1')
    await expect(pool.query('SELECT SLEEP(60)', [], options())).rejects.toMatchObject(expected)
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(await running('SELECT SLEEP%')).toBe(0)
    expect(pool.stats()).toMatchObject({ opened: 1, inUse: 0 })
  })

  it('bind bytes, and read them back', async () => {
    const pool = poolWith()
    const bytes = Buffer.from(`\0'"\\\xff`, 'latin1')
    for (const value of [bytes, new Uint8Array(bytes), new Uint8Array([9, ...bytes, 9]).subarray(1, -1)]) {
      const [row] = await pool.query<{ hex: string; raw: Buffer }>('SELECT HEX(?) AS hex, BINARY ? AS raw', [
        value,
        value,
      ])
      expect(row).toEqual({ hex: Buffer.from(value).toString('hex').toUpperCase(), raw: Buffer.from(value) })
    }
  })

  it.each<[string, unknown]>([
    ['a list', ['a', 'b']],
    ['an object', { id: 1 }],
    ['an object', { type: 'Point', coordinates: [1, 2] }],
    ['undefined', undefined],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['an invalid Date', new Date(NaN)],
    ['a function', () => 1],
    ['a Date outside the years 0 to 9999', new Date(8.64e15)],
    ['a text with half of a surrogate pair', '\ud800'],
  ])('refuse %s as a value, and send nothing', async (what, value) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const refused = { code: 'BAD_INPUT', message: `value 2 of the statement is ${what}` }
    const values = [1, value] as number[]
    if (Array.isArray(value))
      Object.assign(refused, { hint: expect.stringContaining('for each element, as in IN (?, ?)') })
    await expect(pool.query('SELECT ? + ?', values)).rejects.toMatchObject(refused)
    await expect(pool.execute('UPDATE counters SET n = ? WHERE id = ?', values)).rejects.toMatchObject(refused)
    await expect(pool.stream('SELECT ? + ?', values).next()).rejects.toMatchObject(refused)
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  it.each<[string, number[], string]>([
    ['SELECT ? AS a', [1, 2], 'the statement has 1 placeholder, but 2 values'],
    ['SELECT ? AS a, ? AS b', [1], 'the statement has 2 placeholders, but 1 value'],
    ['SELECT ? AS a', [], 'the statement has 1 placeholder, but 0 values'],
    [`SELECT '?' AS "?", \`?\` -- ?\n FROM counters /* ? */ # ?`, [1], 'the statement has 0 placeholders, but 1 value'],
  ])('refuse another number of values than placeholders: %s %j', async (sql, values, message) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const refused = { code: 'BAD_INPUT', message }
    await expect(pool.query(sql, values)).rejects.toMatchObject(refused)
    await expect(pool.stream(sql, values).next()).rejects.toMatchObject(refused)
    await withLease(pool, async (lease) => {
      await expect(lease.prepared(sql, values)).rejects.toMatchObject(refused)
      await expect(lease.rawRows(sql, values)).rejects.toMatchObject(refused)
      expect(await lease.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    })
  })

  it.each<[string, unknown[][], string]>([
    [
      'a value too many',
      [
        [1, 1],
        [2, 2, 2],
      ],
      'row 2 has 3 values for 2 placeholders',
    ],
    ['a value too few', [[1, 1], [2]], 'row 2 has 1 value for 2 placeholders'],
    [
      'NaN',
      [
        [1, 1],
        [2, NaN],
      ],
      'value 2 of row 2 is NaN',
    ],
    [
      'undefined',
      [
        [1, 1],
        [undefined, 2],
      ],
      'value 1 of row 2 is undefined',
    ],
    ['half a character', [['\udc00', 1]], 'value 1 of row 1 is a text with half of a surrogate pair'],
  ])('refuse %s in rows, of which none is sent', async (_what, rows, message) => {
    await withLease(poolWith(), async (lease) => {
      const update = lease.bulk('UPDATE counters SET n = ? WHERE id = ?', rows as number[][])
      await expect(update).rejects.toMatchObject({ code: 'BAD_INPUT', message })
    })
  })

  it.each<[string, readonly unknown[]]>([
    ['the statement must be a text that is not empty', [undefined]],
    ['the statement must be a text that is not empty', [' ']],
    ['the values of the statement must be a list', ['SELECT ?', 5]],
    ['the values of the statement must be a list', ['SELECT :a', { a: 1 }]],
    ['signal must be an AbortSignal', ['SELECT 1', [], { signal: 'x' }]],
    ["timeoutMs must be a number of milliseconds above 0, not '0'", ['SELECT 1', [], { timeoutMs: 0 }]],
    ["timeoutMs must be a number of milliseconds above 0, not 'NaN'", ['SELECT 1', [], { timeoutMs: NaN }]],
    ["timeoutMs must be a number of milliseconds above 0, not '100'", ['SELECT 1', [], { timeoutMs: '100' }]],
    ["there is no option 'timeout', only signal, timeoutMs", ['SELECT 1', [], { timeout: 5 }]],
    ['the options must be an object', ['SELECT 1', [], null]],
  ])('refuse what untyped code may pass: %s', async (message, given) => {
    const pool = poolWith()
    const [sql, values, options] = given as [string, number[]?, object?]
    await expect(pool.query(sql, values, options)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
    await expect(pool.execute(sql, values, options)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
    expect(pool.stats()).toMatchObject({ acquired: 0, open: 0 })
    await withLease(pool, async (lease) => {
      await expect(lease.rows(sql, values, options)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
      await expect(lease.execute(sql, values, options)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
    })
  })

  it.each<[string, unknown]>([
    ['the options must be an object', null],
    ['signal must be an AbortSignal', { signal: 5 }],
    ["timeoutMs must be a number of milliseconds above 0, not 'NaN'", { timeoutMs: NaN }],
    ["there is no option 'timeout', only signal, timeoutMs", { timeout: 5 }],
  ])('and so do acquire and transaction: %s', async (message, options) => {
    const pool = poolWith()
    await expect(pool.acquire(options as object)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
    const other = message.replace('only signal, timeoutMs', 'only signal, repeatable, patienceMs, onRetry, lostBefore')
    if (!message.startsWith('timeoutMs'))
      await expect(transaction(pool, () => Promise.resolve(), options as object)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: other,
      })
    expect(pool.stats()).toMatchObject({ acquired: 0, waiting: 0, open: 0 })
  })

  it.each<[string, object]>([
    ["patienceMs must be a number of milliseconds of at least 0, not 'x'", { patienceMs: 'x' }],
    ["patienceMs must be a number of milliseconds of at least 0, not 'NaN'", { patienceMs: NaN }],
    ["repeatable must be true or false, not 'no'", { repeatable: 'no' }],
    ['onRetry must be a function', { onRetry: true }],
    ['timeoutMs must be a number of milliseconds above 0, not a symbol', { timeoutMs: Symbol('x') }],
    ['timeoutMs must be a number of milliseconds above 0, not an object', { timeoutMs: Object.create(null) as object }],
  ])('nor an option of the wrong type: %s', async (message, options) => {
    const pool = poolWith()
    const call =
      'timeoutMs' in options
        ? pool.query('SELECT 1', [], options as object)
        : transaction(pool, () => Promise.resolve(), options)
    await expect(call).rejects.toMatchObject({ code: 'BAD_INPUT', message })
  })

  it.each([NaN, -1, '5s', null])('nor does close() take %s', async (graceMs) => {
    const pool = poolWith()
    await expect(pool.close(graceMs as number)).rejects.toMatchObject({ code: 'BAD_INPUT' })
    expect(await pool.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('a stream has no limit of time, and says so', () => {
    const options = { timeoutMs: 100 } as object
    expect(() => poolWith().stream('SELECT 1', [], options)).toThrow("there is no option 'timeoutMs', only signal")
  })

  const one = 'SELECT 1 AS one'
  const noPool = 'the first argument must be a pool'
  const noPoolOrLease = 'the first argument must be a pool, a lease or a transaction'
  const noReader = 'the reader of the rows must be a function'
  it.each<[string, (pool: ShopPool, nothing: never) => Promise<unknown>, string]>([
    ['withLease, the pool', (_pool, nothing) => withLease(nothing, () => Promise.resolve()), noPool],
    [
      'withLease, the options',
      (pool) => withLease(pool, (lease) => lease.rows(one), { timeout: 5 } as never),
      "there is no option 'timeout', only signal, timeoutMs",
    ],
    [
      'placeOrder, the pool',
      (_pool, nothing) => placeOrder(nothing, { userId: 1, lines: [{ productId: 1, quantity: 1 }] }),
      noPoolOrLease,
    ],
    ['getOrder, the pool', (_pool, nothing) => getOrder(nothing, 1), noPoolOrLease],
    ['listProducts, the pool', (_pool, nothing) => listProducts(nothing), noPoolOrLease],
    ['migrate, the pool', (_pool, nothing) => migrate(nothing), `migrate: ${noPool} that createPool has returned`],
    ['withLease, the work', (pool, nothing) => withLease(pool, nothing), 'the work of withLease must be a function'],
    ['transaction, the pool', (_pool, nothing) => transaction(nothing, () => Promise.resolve()), noPool],
    [
      'transaction, the work',
      (pool, nothing) => transaction(pool, nothing),
      'the work of a transaction must be a function',
    ],
    ['stress, the pool', (_pool, nothing) => stress(nothing), `stress: ${noPool} that createPool has returned`],
    [
      'stress, the work',
      (pool) => stress(pool, { work: 5 as never }),
      'stress: work must be a statement or a function',
    ],
    ['each of a lease', (pool, nothing) => withLease(pool, (lease) => lease.each(one, [], nothing)), noReader],
    [
      'eachCells of a lease',
      (pool, nothing) => withLease(pool, (lease) => lease.eachCells(one, [], nothing)),
      noReader,
    ],
    ['each of a transaction', (pool, nothing) => transaction(pool, (tx) => tx.each(one, [], nothing)), noReader],
    [
      'eachCells of a transaction',
      (pool, nothing) => transaction(pool, (tx) => tx.eachCells(one, [], nothing)),
      noReader,
    ],
  ])(
    'refuse nothing, or what is no function, in place of a pool or of a function: %s',
    async (_what, call, message) => {
      const pool = poolWith()
      for (const nothing of [undefined, null, 'SELECT 1'])
        await expect(call(pool, nothing as never)).rejects.toMatchObject({ code: 'BAD_INPUT', message })
      expect(pool.stats()).toMatchObject({ inUse: 0, waiting: 0 })
    },
  )

  it('may share one signal, as those of a whole service do, without a warning of Node', async () => {
    const warnings: string[] = []
    const listener = ({ name }: Error): void => void warnings.push(name)
    process.on('warning', listener)
    onTestFinished(() => void process.off('warning', listener))
    const { signal } = new AbortController()
    const pool = poolWith({ size: 12, maxOverflow: 3 })
    await Promise.all(Array.from({ length: 40 }, () => pool.query('SELECT 1', [], { signal })))
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).not.toContain('MaxListenersExceededWarning')
  })

  it('have one deadline for the acquire wait and the statement', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const lease = await pool.acquire()
    await expect(pool.query('SELECT 1', [], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'POOL_TIMEOUT',
      hint: 'raise size or timeoutMs of the pool, or hold connections for a shorter time',
    })
    lease.release()
  })
})

describe('lease.cancel()', () => {
  it('stops the statement; the connection and its transaction stay', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const lease = await pool.acquire()
    const id = async (): Promise<unknown> => (await lease.rows('SELECT CONNECTION_ID() AS id'))[0]
    const before = await id()
    await lease.execute('START TRANSACTION')
    await lease.execute('UPDATE counters SET n = 100 WHERE id = 2')
    const statement = lease.rows('SELECT SLEEP(60)').catch((error: unknown) => error)
    while ((await running('SELECT SLEEP%')) === 0) await sleep(5)
    await lease.cancel()
    expect(await statement).toMatchObject({ code: 'INTERRUPTED', message: 'the statement was cancelled' })
    expect(await id()).toEqual(before)
    expect(await lease.rows('SELECT n FROM counters WHERE id = 2')).toEqual([{ n: 100 }])
    await lease.execute('ROLLBACK')
    lease.release()
  })

  it.each<[string, string, () => Promise<void>]>([
    ['sends nothing', 'SELECT SLEEP(60)', () => Promise.resolve()],
    ['sends rows', "SELECT REPEAT('x', 1000) FROM seq_1_to_500000", () => Promise.resolve()],
    ['sends rows to a slow reader', "SELECT REPEAT('x', 1000) FROM seq_1_to_500000", () => sleep(50)],
    ['sends rows to nobody', "SELECT REPEAT('x', 1000) FROM seq_1_to_500000", () => new Promise(() => undefined)],
  ])('also where rows are read, and the server %s', async (_what, sql, read) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    await withLease(pool, async (lease) => {
      await lease.execute('START TRANSACTION')
      await lease.execute('UPDATE counters SET n = 55 WHERE id = 2')
      const reading = lease.each(`${sql} -- cancelled`, [], read).catch((error: unknown) => error)
      while ((await running('%cancelled')) === 0) await sleep(5)
      await lease.cancel()
      expect(await reading).toMatchObject({ code: 'INTERRUPTED' })
      expect(await running('%cancelled')).toBe(0)
      expect(await lease.rows('SELECT n FROM counters WHERE id = 2')).toEqual([{ n: 55 }])
      await lease.execute('ROLLBACK')
    })
    expect(pool.stats().opened).toBe(1)
  })

  it('gives up all statements that were sent, and none that is sent later', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    await withLease(pool, async (lease) => {
      const sent = Array.from({ length: 20 }, (_, n) =>
        lease.rows('SELECT SLEEP(0.05), ?', [n]).catch(() => 'given up'),
      )
      const late = lease.rows('SELECT SLEEP(60)', [], { timeoutMs: 100 }).catch(() => 'given up')
      expect(await late).toBe('given up')
      expect((await Promise.all(sent)).at(-1)).toBe('given up')
      expect(await lease.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    })
    expect(pool.stats().opened).toBe(1)
  })

  it('never hits the next statement, also when it comes too late', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const lease = await pool.acquire()
    for (let round = 0; round < 50; round += 1) {
      const statement = lease.rows('DO SLEEP(0.002)').catch(() => undefined)
      if (round % 2 === 0) await sleep(2)
      void lease.cancel()
      await statement
      expect(await lease.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    }
    lease.release()
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })
})

describe('a statement that is cancelled, and whose connection is then destroyed', () => {
  it('is stopped once, over few connections', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const lease = await pool.acquire()
    const statement = lease.rows('SELECT SLEEP(60) AS destroyed').catch((error: unknown) => error)
    while ((await running('%destroyed%')) === 0) await sleep(5)
    let connects = 0
    const count = (event: unknown): void => {
      if ((event as ConnectEvent).database === database.name) connects += 1
    }
    subscribe('dbtool:connect', count)
    onTestFinished(() => void unsubscribe('dbtool:connect', count))
    const cancelled = lease.cancel()
    lease.destroy()
    lease.release()
    await Promise.all([cancelled, statement, pool.close()])
    expect(await running('%destroyed%')).toBe(0)
    expect(connects).toBeLessThan(5)
  })
})

describe('pool.stream', () => {
  const many = 'SELECT seq AS n FROM seq_1_to_20000'

  it('gives the rows one after another, and its connection back', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    let sum = 0
    for await (const { n } of pool.stream<{ n: number }>(many)) sum += n
    expect(sum).toBe(200_010_000)
    expect(pool.stats()).toMatchObject({ inUse: 0, idle: 1, opened: 1 })
  })

  const endless = "SELECT seq AS n, REPEAT('x', 1000) AS filler FROM seq_1_to_500000"
  type Leave = (rows: AsyncGenerator, controller: AbortController) => Promise<unknown>
  const leaving: Record<string, Leave> = {
    'leaves the loop': (rows) => rows.return(undefined),
    throws: (rows) => rows.throw(new Error('enough')).catch(() => 0),
    'is withdrawn by its signal': async (rows, controller) => {
      controller.abort()
      await expect(rows.next()).rejects.toMatchObject({ code: 'INTERRUPTED' })
    },
  }
  it.each(
    Object.keys(leaving).flatMap((how) => [
      [how, 'a small rest', 'SELECT 1 AS n UNION SELECT 2'],
      [how, 'a large rest', endless],
    ]),
  )('keeps its connection when the reader %s before %s', async (how, _rest, sql) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController()
      const rows = pool.stream<{ n: number }>(sql, [], { signal: controller.signal })
      expect(await rows.next()).toMatchObject({ value: { n: 1 } })
      await leaving[how]?.(rows, controller)
      expect(await rows.next()).toEqual({ done: true, value: undefined })
      expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    }
    expect(await running('%filler%')).toBe(0)
    expect(pool.stats().opened).toBe(1)
  })

  it('keeps its connection after an error in the middle', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const rows: unknown[] = []
    const read = async (): Promise<void> => {
      for await (const row of pool.stream('SELECT 18446744073709546615 + seq AS n FROM seq_1_to_50000')) rows.push(row)
    }
    await expect(read()).rejects.toMatchObject({ code: 'CONSTRAINT', errno: 1690 })
    expect(rows.length).toBeGreaterThan(100)
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(pool.stats().opened).toBe(1)
  })

  it('is interrupted, and has not failed, for who watches the statements', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const outcomes: unknown[] = []
    const listener = (message: unknown): void => {
      const { sql, outcome } = message as QueryEvent
      if (sql.includes('of a stream')) outcomes.push(outcome)
    }
    subscribe('dbtool:query', listener)
    onTestFinished(() => void unsubscribe('dbtool:query', listener))
    const sql = "SELECT seq, 'of a stream' FROM seq_1_to_5000"
    for await (const row of pool.stream(sql)) if (row['seq'] === 2) break
    await pool.query('SELECT 1')
    expect(outcomes).toEqual(['INTERRUPTED'])
  })

  it('does not read on before its reader does', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const rows = pool.stream<{ n: number; filler: string }>(
      "SELECT seq AS n, REPEAT('x', 1000) AS filler FROM seq_1_to_500000",
    )
    await rows.next()
    await sleep(300)
    const state = async (): Promise<unknown> =>
      (
        await database.connection.rows<{ state: string }>(
          `SELECT STATE AS state FROM information_schema.PROCESSLIST
           WHERE DB = ? AND INFO LIKE '%REPEAT%' AND ID <> CONNECTION_ID()`,
          [database.name],
        )
      )[0]?.state
    expect(await state()).toMatch(/writing to net|Sending data/i)
    await rows.return()
  })

  it.each([
    ['the reader leaves the loop', (rows: AsyncGenerator): Promise<unknown> => rows.return(undefined)],
    ['the reader throws', (rows: AsyncGenerator): Promise<unknown> => rows.throw(new Error('enough')).catch(() => 0)],
  ])('is stopped at the server when %s', async (_what, leave) => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const rows = pool.stream("SELECT seq AS n, REPEAT('x', 1000) AS stopped FROM seq_1_to_500000")
    await rows.next()
    await leave(rows)
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(await running('%stopped%')).toBe(0)
  })

  it('is stopped by a signal, also while the server sends nothing', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const controller = new AbortController()
    const rows = pool.stream('SELECT SLEEP(60) AS asleep', [], { signal: controller.signal })
    const next = rows.next().catch((error: unknown) => error)
    while ((await running('%asleep%')) === 0) await sleep(5)
    controller.abort()
    expect(await next).toMatchObject({ code: 'INTERRUPTED' })
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(await running('%asleep%')).toBe(0)
  })

  it('is stopped by a signal while its reader is busy, who gets no further row', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const controller = new AbortController()
    const rows = pool.stream("SELECT seq AS n, REPEAT('x', 1000) AS busy FROM seq_1_to_500000", [], {
      signal: controller.signal,
    })
    expect(await rows.next()).toMatchObject({ value: { n: 1 } })
    controller.abort()
    expect(await pool.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
    expect(await running('%busy%')).toBe(0)
    await expect(rows.next()).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await rows.next()).toEqual({ done: true, value: undefined })
  })

  it('rejects with the error of the statement', async () => {
    const pool = poolWith()
    await expect(pool.stream('SELECT nonsense').next()).rejects.toMatchObject({ code: 'QUERY_FAILED' })
    while (pool.stats().inUse > 0) await sleep(5)
  })
})

describe('transaction(pool, work)', () => {
  const n = async (id: number): Promise<unknown> =>
    (await database.connection.rows<{ n: number }>('SELECT n FROM counters WHERE id = ?', [id]))[0]?.n

  it('commits, or rolls back', async () => {
    const pool = poolWith()
    expect(
      await transaction(pool, async (tx) => {
        await tx.execute('UPDATE counters SET n = 7 WHERE id = 1')
        return 'done'
      }),
    ).toBe('done')
    await expect(
      transaction(pool, async (tx) => {
        await tx.execute('UPDATE counters SET n = 8 WHERE id = 1')
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await n(1)).toBe(7)
  })

  it('is run again after a deadlock, from its start', async () => {
    const pool = poolWith()
    await database.connection.execute('UPDATE counters SET n = 0')
    let bothHere = (): void => undefined
    const both = new Promise<void>((resolve) => (bothHere = resolve))
    let arrived = 0
    const retries: number[] = []
    const add = (first: number, second: number): Promise<void> =>
      transaction(
        pool,
        async (tx) => {
          await tx.execute('UPDATE counters SET n = n + 1 WHERE id = ?', [first])
          if ((arrived += 1) === 2) bothHere()
          await both
          await tx.execute('UPDATE counters SET n = n + 1 WHERE id = ?', [second])
        },
        { onRetry: ({ attempt }) => retries.push(attempt) },
      )
    await Promise.all([add(1, 2), add(2, 1)])
    expect([await n(1), await n(2), retries]).toEqual([2, 2, [2]])
  })

  it('is withdrawn by a signal: rolled back, and its statement stopped', async () => {
    const pool = poolWith()
    const controller = new AbortController()
    const work = transaction(
      pool,
      async (tx) => {
        await tx.execute('UPDATE counters SET n = 99 WHERE id = 1')
        await tx.rows('SELECT SLEEP(60) AS withdrawn')
      },
      { signal: controller.signal },
    ).catch((error: unknown) => error)
    while ((await running('%withdrawn%')) === 0) await sleep(5)
    controller.abort()
    expect(await work).toMatchObject({ code: 'INTERRUPTED' })
    expect(await n(1)).not.toBe(99)
    expect(await running('%withdrawn%')).toBe(0)
  })
})

describe('a transaction that is withdrawn between two statements', () => {
  it('sends no further one, and is rolled back', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const controller = new AbortController()
    let reached = ''
    const work = transaction(
      pool,
      async (tx) => {
        await tx.execute('UPDATE counters SET n = 98 WHERE id = 1')
        controller.abort()
        reached = 'the second statement'
        await tx.execute('DO SLEEP(60)')
        reached = 'the end'
      },
      { signal: controller.signal },
    )
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(reached).toBe('the second statement')
    expect(await pool.query('SELECT n FROM counters WHERE id = 1')).not.toEqual([{ n: 98 }])
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })

  it('also when it was withdrawn while it began', async () => {
    const pool = poolWith({ size: 1, maxOverflow: 0 })
    const lease = await pool.acquire()
    const controller = new AbortController()
    const work = transaction(pool, (tx) => tx.execute('DO SLEEP(60)'), { signal: controller.signal })
    controller.abort()
    lease.release()
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('stress', () => {
  it('ends with its signal, whatever its statements and its work are doing', async () => {
    const pool = poolWith({ size: 2, maxOverflow: 0 })
    const controller = new AbortController()
    const run = stress(pool, { workers: 5, durationMs: 60_000, work: 'SELECT SLEEP(60)', signal: controller.signal })
    while ((await running('SELECT SLEEP%')) < 2) await sleep(5)
    controller.abort()
    expect(await run).toMatchObject({ partial: true, failed: 0 })
    const stuck = new AbortController()
    const endless = stress(pool, { workers: 1, work: () => new Promise(() => stuck.abort()), signal: stuck.signal })
    expect(await endless).toMatchObject({ partial: true })
  })
})

describe('the options of stress', () => {
  it.each<[unknown, string]>([
    [{ workers: 0 }, "workers must be a whole number from 1 to 100000, not '0'"],
    [{ workers: NaN }, "workers must be a whole number from 1 to 100000, not 'NaN'"],
    [{ worker: 5 }, "the options have an unknown property 'worker'; did you mean workers?"],
    [{ iterations: 0 }, "iterations must be a whole number from 1 to 1000000000, not '0'"],
    [{ iterations: 2, durationMs: 5 }, 'iterations and durationMs exclude each other'],
    [{ durationMs: -1 }, 'durationMs must be a number of milliseconds above 0'],
    [{ warmupMs: -1 }, 'warmupMs must be a number of milliseconds at least 0'],
    [{ work: 5 }, 'work must be a statement or a function'],
    [{ signal: 'x' }, 'signal must be an AbortSignal'],
  ])('%j: %s', async (options, fault) => {
    const pool = poolWith()
    await expect(stress(pool, options as object)).rejects.toMatchObject({ code: 'BAD_INPUT', faults: [fault] })
    expect(pool.stats().acquired).toBe(0)
  })

  it('need a pool of the library', async () => {
    await expect(stress({} as ShopPool)).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

describe('a lease', () => {
  it('can be replaced by an object of a test', async () => {
    const lease: Lease = {
      waitMs: 0,
      inTransaction: false,
      usable: true,
      rows: <T>() => Promise.resolve([{ n: 1 }] as T[]),
      execute: () => Promise.resolve({ affectedRows: 1, insertId: 0 }),
      prepared: () => Promise.resolve([]),
      rawRows: () => Promise.resolve([]),
      bulk: () => Promise.resolve([]),
      each: () => Promise.resolve(),
      eachCells: () => Promise.resolve(false),
      cancel: () => Promise.resolve(),
      destroy: () => undefined,
      release: () => undefined,
    }
    expect(await lease.rows<{ n: number }>('SELECT 1 AS n')).toEqual([{ n: 1 }])
  })
})
