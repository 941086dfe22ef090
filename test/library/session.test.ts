import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createPool,
  withLease,
  type CreatePoolOptions,
  type Lease,
  type QueryEvent,
  type ShopPool,
} from '../../src/index.ts'
import { testDatabase } from '../support/database.ts'

const database = testDatabase({ migrated: false })

function onePool(options: CreatePoolOptions = {}): ShopPool {
  const { socket = '', user } = database.target
  const pool = createPool({ socket, user, database: database.name, size: 1, maxOverflow: 0, ...options })
  onTestFinished(() => pool.close(0))
  return pool
}

const lockHolder = "SELECT IS_USED_LOCK('mine') AS answer"
const currentRole = 'SELECT CURRENT_ROLE() AS answer'
const failedWithLock = "SELECT GET_LOCK('mine', 0), (SELECT 1 UNION SELECT 2)"

/** Runs `work` with a pool of one connection, and with tables, a role and procedures. */
async function withPrepared(work: (pool: ShopPool) => Promise<void>): Promise<void> {
  const { connection, target } = database
  for (const sql of [
    'CREATE OR REPLACE TABLE counters (n INT)',
    'CREATE OR REPLACE TABLE other (n INT)',
    'CREATE OR REPLACE TABLE written (n INT) ENGINE = InnoDB',
    'INSERT INTO counters VALUES (1), (2)',
    'INSERT INTO other VALUES (1)',
    "CREATE OR REPLACE PROCEDURE locking() SELECT GET_LOCK('mine', 0)",
    'CREATE OR REPLACE PROCEDURE playing() SET ROLE some_role',
    `CREATE OR REPLACE PROCEDURE halfway() BEGIN
      SET SESSION sort_buffer_size = 65536; CREATE TEMPORARY TABLE counters AS SELECT seq AS n FROM seq_1_to_3;
      SIGNAL SQLSTATE '45000'; END`,
    'CREATE ROLE IF NOT EXISTS some_role',
    `GRANT some_role TO '${target.user}'@localhost`,
    `GRANT ALL ON ${database.name}.* TO some_role`,
  ])
    await connection.execute(sql)
  await work(onePool())
}

describe('what a caller has changed in its session does not reach the next one', () => {
  it.each<[string, string[], string, unknown]>([
    ['autocommit', ['SET autocommit = 0'], '@@autocommit', 1],
    ['a variable', ["SET sql_mode = ''"], "@@sql_mode <> ''", 1],
    ['a variable of SET SESSION', ['SET SESSION group_concat_max_len = 4'], '@@group_concat_max_len > 4', 1],
    ['the time zone', ["SET time_zone = '+05:00'"], '@@time_zone', '+00:00'],
    ['the database', ['USE information_schema'], 'DATABASE()', ''],
    [
      'the isolation level',
      ['SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE'],
      '@@tx_isolation',
      'READ-COMMITTED',
    ],
    [
      'what a procedure has set',
      ['BEGIN NOT ATOMIC SET SESSION sort_buffer_size = 65536; END'],
      '@@sort_buffer_size > 65536',
      1,
    ],
    [
      'a user variable and a temporary table, if a variable was changed too',
      ['SET @leak = 1', 'SET sql_safe_updates = 1', 'CREATE TEMPORARY TABLE leak (n INT)'],
      '@leak IS NULL',
      1,
    ],
  ])('%s', async (_what, statements, question, expected) => {
    const pool = onePool()
    await withLease(pool, async (lease) => {
      for (const sql of statements) await lease.execute(sql)
    })
    const answer = await pool.query<{ answer: unknown }>(`SELECT ${question} AS answer`)
    expect(answer).toEqual([{ answer: expected === '' ? database.name : expected }])
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })

  it.each<[string, string, string, unknown]>([
    ['a user variable', 'SET @mine = 1', 'SELECT @mine AS answer', null],
    ['a temporary table', 'CREATE TEMPORARY TABLE counters (n INT)', 'SELECT COUNT(*) AS answer FROM counters', 2],
    ['locks of tables', 'LOCK TABLES counters WRITE', 'SELECT COUNT(*) AS answer FROM other', 1],
    ['a named lock', "SELECT GET_LOCK('mine', 0)", "SELECT IS_USED_LOCK('mine') AS answer", null],
    ['a prepared statement', "PREPARE mine FROM 'SELECT 1'", 'EXECUTE mine', undefined],
  ])('nor does it keep %s', async (_what, leave, ask, expected) => {
    const { connection } = database
    for (const [table, rows] of [
      ['counters', '(1), (2)'],
      ['other', '(1)'],
    ] as const) {
      await connection.execute(`CREATE OR REPLACE TABLE ${table} (n INT)`)
      await connection.execute(`INSERT INTO ${table} VALUES ${rows}`)
    }
    const pool = onePool()
    await withLease(pool, (lease) => lease.rows(leave))
    if (expected === undefined) await expect(pool.query(ask)).rejects.toMatchObject({ errno: 1243 })
    else expect(await pool.query(ask)).toEqual([{ answer: expected }])
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })

  it.each<[string, string, string, unknown]>([
    ['a failed procedure', 'CALL halfway()', 'SELECT @@sort_buffer_size AS answer', 65_536],
    ['a temporary table of a failed procedure', 'CALL halfway()', 'SELECT COUNT(*) AS answer FROM counters', 3],
    ['a lock of a procedure', 'CALL locking()', "SELECT IS_USED_LOCK('mine') AS answer", expect.any(Number)],
    ['a lock of a failed query', failedWithLock, "SELECT IS_USED_LOCK('mine') AS answer", expect.any(Number)],
    ['a commented LOCK', '/* why */ LOCK TABLES counters WRITE', 'SELECT COUNT(*) AS answer FROM other', 0],
    ['a SET STATEMENT', "SET STATEMENT lock_wait_timeout = 1 FOR SET sql_mode = ''", 'SELECT @@sql_mode AS answer', ''],
    ['a read-only transaction', 'SET TRANSACTION READ ONLY', 'SELECT COUNT(*) AS answer FROM written', 0],
    ['an assignment in a SELECT', 'SELECT 1 INTO @mine', 'SELECT @mine AS answer', 1],
    ['an XA transaction', "XA START 'mine'", 'SELECT COUNT(*) AS answer FROM written', 0],
    ['an assignment without a space', 'SELECT 1 INTO@mine', 'SELECT @mine AS answer', 1],
    ['an assignment in a block', 'BEGIN NOT ATOMIC SELECT 1 INTO @mine; END', 'SELECT @mine AS answer', 1],
    ['a lock whose function is quoted', "SELECT `get_lock`('mine', 0)", lockHolder, expect.any(Number)],
    ['a lock behind a comment', "SELECT GET_LOCK/**/('mine', 0)", lockHolder, expect.any(Number)],
    ['the role', 'SET ROLE some_role', currentRole, 'some_role'],
    ['the role, behind a comment', 'SET/**/ROLE some_role', currentRole, 'some_role'],
    ['the role of a text', "EXECUTE IMMEDIATE 'SET ROLE some_role'", currentRole, 'some_role'],
    ['the role of a procedure', 'CALL playing()', currentRole, 'some_role'],
  ])('nor does it keep what no answer tells: %s', async (_what, leave, ask, kept) => {
    await withPrepared(async (pool) => {
      await withLease(pool, (lease) => lease.rows(leave)).catch(() => undefined)
      const written = await pool.execute('INSERT INTO written VALUES (1)')
      expect(written).toMatchObject({ affectedRows: 1 })
      const answer = await pool.query(ask)
      expect(answer).not.toEqual([{ answer: kept }])
      expect(answer).toHaveLength(1)
    })
  })

  it('nor does it keep any variable of the session, whatever it is', async () => {
    const pool = onePool()
    const all = async (): Promise<Map<string, string>> => {
      const rows = await pool.query<{ Variable_name: string; Value: string }>('SHOW SESSION VARIABLES')
      // They differ from one moment to the next.
      const moving = ['timestamp', 'error_count', 'warning_count', 'rand_seed1', 'rand_seed2', 'in_transaction']
      return new Map(
        rows.filter((row) => !moving.includes(row.Variable_name)).map((row) => [row.Variable_name, row.Value]),
      )
    }
    const before = await all()
    const dynamic = await pool.query<{ name: string; value: string; type: string; words: string | null }>(
      `SELECT VARIABLE_NAME AS name, SESSION_VALUE AS value, VARIABLE_TYPE AS type, ENUM_VALUE_LIST AS words
       FROM information_schema.SYSTEM_VARIABLES 
       WHERE READ_ONLY = 'NO' AND SESSION_VALUE IS NOT NULL AND VARIABLE_NAME <> 'SQL_SLAVE_SKIP_COUNTER'`,
    )
    let set = 0
    await withLease(pool, async (lease) => {
      for (const { name, value, type, words } of dynamic) {
        const other =
          words?.split(',').find((word) => word !== value) ?? (/INT|DOUBLE/.test(type) ? Number(value) + 1 : 'x')
        const sql = `SET SESSION ${name} = ${typeof other === 'number' ? other : `'${other}'`}`
        await lease.execute(sql).then(
          () => (set += 1),
          () => undefined,
        )
      }
    })
    expect(await all()).toEqual(before)
    expect(set).toBeGreaterThan(100)
  })

  it.each<[string, string, string]>([
    ['the time', 'SET timestamp = 1', 'SELECT NOW() > 20000101 AS answer'],
    ['the next number', 'SET insert_id = 77', 'INSERT INTO numbered VALUES (NULL) RETURNING id < 77 AS answer'],
    ['the last number', 'SET last_insert_id = 77', 'SELECT LAST_INSERT_ID() <> 77 AS answer'],
  ])('nor %s', async (_what, leave, ask) => {
    await database.connection.execute('CREATE OR REPLACE TABLE numbered (id INT AUTO_INCREMENT PRIMARY KEY)')
    const pool = onePool()
    await withLease(pool, (lease) => lease.execute(leave))
    expect(await pool.query(ask)).toEqual([{ answer: 1 }])
  })

  it('also when a stream has taken a lock', async () => {
    const pool = onePool()
    for await (const row of pool.stream("SELECT GET_LOCK('streamed', 0) AS got")) expect(row).toEqual({ got: 1 })
    expect(await pool.query("SELECT IS_USED_LOCK('streamed') AS user")).toEqual([{ user: null }])
  })

  it('also when statements are sent without waiting for each other', async () => {
    const pool = onePool()
    await withLease(pool, (lease) =>
      Promise.all([lease.execute('SET sql_select_limit = 1'), lease.rows('SELECT 1'), lease.rows('SELECT 2')]),
    )
    expect(await pool.query('SELECT 1 AS n UNION SELECT 2')).toHaveLength(2)
  })

  it('a prepared statement is of the database in use, however often that changes', async () => {
    const [first, second] = ['one', 'other'].map((name) => `${database.name}_${name}`)
    onTestFinished(async () => {
      for (const name of [first, second]) await database.connection.execute(`DROP DATABASE ${name}`)
    })
    for (const name of [first, second]) {
      await database.connection.execute(`CREATE DATABASE ${name}`)
      await database.connection.execute(`CREATE TABLE ${name}.place AS SELECT '${name}' AS name`)
    }
    const found = await withLease(onePool(), async (lease) => {
      const names: string[] = []
      for (const name of [first, second, first, second]) {
        await lease.execute(`USE ${name}`)
        await lease.execute('SET STATEMENT max_statement_time = 1 FOR SELECT 1')
        for (const { name } of await lease.prepared<{ name: string }>('SELECT name FROM place', [])) names.push(name)
      }
      return names
    })
    expect(found).toEqual([first, second, first, second])
  })

  it('and who changes nothing pays nothing', async () => {
    const pool = onePool()
    // The counters of a session restart when it is reset.
    const selects = async (): Promise<number> => {
      const question =
        "SELECT VARIABLE_VALUE AS n FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'COM_SELECT'"
      return Number((await pool.query(question))[0]?.n)
    }
    const before = await selects()
    for (let round = 0; round < 10; round += 1) await pool.query('SELECT ? AS n', [1])
    for await (const row of pool.stream('SELECT 1 AS n')) expect(row).toEqual({ n: 1 })
    expect(await selects()).toBe(before + 12)
  })

  it('and the reset is no statement of the caller: events have only those', async () => {
    const statements: string[] = []
    const listener = (event: unknown): void => void statements.push((event as QueryEvent).sql)
    subscribe('dbtool:query', listener)
    onTestFinished(() => void unsubscribe('dbtool:query', listener))
    const pool = onePool()
    await pool.execute('SET @mine = 1')
    expect(await pool.query('SELECT @mine AS mine')).toEqual([{ mine: null }])
    expect(statements).toEqual(['SET @mine = 1', 'SELECT @mine AS mine'])
    expect(pool.stats()).toMatchObject({ opened: 1 })
  })
})

describe('session variables as an option', () => {
  it.each<[string, string | number, RegExp]>([
    ['no_such', 1, /Unknown system variable 'no_such'$/],
    ['SQL_BIN', 1, /Unknown system variable/],
    ['rand_seed1', '1.2.3', /Incorrect argument type to variable 'rand_seed1'$/],
    ['hostname', 'x', /'hostname' is a read only variable$/],
  ])('that the server refuses are a fault of that option: %s = %s', async (name, value, message) => {
    await expect(onePool({ sessionVariables: { [name]: value } }).query('SELECT 1')).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(message),
      hint: 'correct the option sessionVariables',
    })
  })

  it('are set in every connection, and after a reset', async () => {
    const pool = onePool({ sessionVariables: { group_concat_max_len: 2_000_000, lc_time_names: 'de_DE' } })
    const ask = (): Promise<unknown> => pool.query('SELECT @@group_concat_max_len AS len, @@lc_time_names AS lc')
    expect(await ask()).toEqual([{ len: 2_000_000, lc: 'de_DE' }])
    await withLease(pool, (lease) => lease.execute('SET group_concat_max_len = 8'))
    expect(await ask()).toEqual([{ len: 2_000_000, lc: 'de_DE' }])
  })
})

describe('a leaked lease', () => {
  it('is reported once, with the stack of the caller that acquired it', async () => {
    const pool = onePool({ leakAfterMs: 20 })
    const leaks: { stack: string; heldMs: number }[] = []
    const listener = (message: unknown): void => void leaks.push(message as { stack: string; heldMs: number })
    subscribe('dbtool:leak', listener)
    onTestFinished(() => void unsubscribe('dbtool:leak', listener))
    async function theCulprit(): Promise<Lease> {
      return pool.acquire()
    }
    const lease = await theCulprit()
    while (leaks.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    lease.release()
    expect(leaks).toHaveLength(1)
    expect(leaks[0]?.stack).toMatch(/^\s+at theCulprit /)
  })

  it('has its caller also in a pool that waits for the writer before', async () => {
    const pool = onePool({ leakAfterMs: 20, target: 'reader', readAfter: onePool() })
    const leaked = new Promise<string>((resolve) => {
      const listener = (message: unknown): void => resolve((message as { stack: string }).stack)
      subscribe('dbtool:leak', listener)
      onTestFinished(() => void unsubscribe('dbtool:leak', listener))
    })
    const lease = await pool.acquire()
    expect(await leaked).toContain('session.test.ts')
    lease.release()
  })

  it('is a warning of the process when nobody has subscribed', async () => {
    const pool = onePool({ leakAfterMs: 20 })
    const warning = new Promise<Error>((resolve) => process.once('warning', resolve))
    const lease = await pool.acquire()
    expect(await warning).toMatchObject({ code: 'DBTOOL_LEAK', message: expect.stringContaining('session.test.ts') })
    lease.release()
  })
})
