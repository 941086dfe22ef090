import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { spawned } from '../support/binary.ts'
import { dbtool, type Outcome, type Situation } from '../support/cli.ts'
import { testDatabase, untilRuns } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, renewedShop } from '../support/shop.ts'

const shop = testDatabase()
const { name: database } = shop
/** Values that the tests' own connection cannot read. */
const odd = testDatabase({ migrated: false })
const folder = temporaryFolder()
beforeAll(async () => {
  await odd.connection.execute(
    `CREATE TABLE types (
      id INT UNSIGNED ZEROFILL PRIMARY KEY, big BIGINT UNSIGNED, money DECIMAL(30,10), approx DOUBLE, small FLOAT,
      flags BIT(10), at DATETIME(6), stamp TIMESTAMP NULL, day DATE, clock TIME, years YEAR, kind ENUM('a','b'),
      tags SET('x','y'), raw VARBINARY(10), file BLOB, note TEXT, doc JSON, address INET6, key_ UUID, place POINT)`,
  )
  await odd.connection.execute(
    `INSERT INTO types VALUES (7, 18446744073709551615, '12345678901234567890.1234567890', 0.1, 1.1, b'1000000001',
      '2026-11-28 10:30:00.123456', '2026-11-28 10:30:00', '2026-11-28', '-10:00:01', 2026, 'b', 'x,y', x'00FF41',
      'A', 'a\\nb', '{"a": 1.0}', '::ffff:192.0.2.1', '123e4567-e89b-12d3-a456-426655440000', POINT(1, 2.5)),
      (8, ${Array.from({ length: 19 }, () => 'NULL').join(', ')})`,
  )
  await shop.connection.execute('CREATE TABLE old (n INT) ENGINE = MyISAM')
})
beforeEach(() => renewedShop(shop))

it('a row becomes a block before its texts are cut to a few characters', async () => {
  const columns = Array.from({ length: 8 }, (_, at) => `'a long text ${at}' AS column_${at}`).join(', ')
  const { stdout } = await dbtool(['sql', `SELECT ${columns}`], { database, columns: 60, env: { NO_COLOR: '1' } })
  expect(stdout).toContain('column_7  a long text 7\n')
  const { stdout: wide } = await dbtool(['sql', `SELECT ${columns}`], { database, columns: 90, env: { NO_COLOR: '1' } })
  expect(wide).toContain('│ a long … │')
})

const typed = (argv: readonly string[], more: Situation = {}): Promise<Outcome> =>
  dbtool(['sql', ...argv], { database, as: 'owner', ...more })

describe('dbtool sql', () => {
  it.each([
    [['SELECT 1 AS one, NULL AS nothing', '--json'], '[\n  {\n    "one": 1,\n    "nothing": null\n  }\n]\n'],
    [['SELECT id, username FROM users ORDER BY id', '--format', 'csv'], 'id,username\n1,ada\n2,bob\n'],
    [['SELECT id, username FROM users ORDER BY id', '--fields', 'username', '--format', 'csv'], 'username\nada\nbob\n'],
    [['SELECT id, username FROM users ORDER BY id', '--field', 'username'], 'ada\nbob\n'],
    [['SELECT id, username FROM users ORDER BY id;', '--format', 'ids'], '1\n2\n'],
    [['SELECT 1 FROM users', '--format', 'count'], '2\n'],
    [['SELECT 1 AS n WHERE FALSE', '--json'], '[]\n'],
    [['SELECT 1 AS n, 2 AS n', '--format', 'ndjson'], '{"n":1,"n_2":2}\n'],
    [["SELECT '?' AS `a?`, ':x' AS b -- :y ?", '--format', 'csv'], 'a?,b\n?,:x\n'],
    [['WITH a AS (SELECT 1 AS n) SELECT * FROM a', '--field', 'n'], '1\n'],
    [['(SELECT 1 AS n) UNION (SELECT 2)', '--field', 'n'], '1\n2\n'],
    [[`/* a comment */ SHOW DATABASES LIKE '${database}'`, '--format', 'count'], '1\n'],
    [['CHECKSUM TABLE old', '--format', 'count'], '1\n'],
  ])('%j', async (argv, stdout) => {
    expect(await typed(argv)).toMatchObject({ exitCode: 0, stdout, stderr: '' })
  })

  it('prints a table, with numbers to the right', async () => {
    expect((await typed(['SELECT id, username, id = 1 AS is_first FROM users ORDER BY id'])).stdout).toBe(
      '┌────┬──────────┬──────────┐\n│ id │ username │ is_first │\n├────┼──────────┼──────────┤\n' +
        '│  1 │ ada      │        1 │\n│  2 │ bob      │        0 │\n└────┴──────────┴──────────┘\n',
    )
    expect(await typed(['SELECT 1 WHERE FALSE'])).toMatchObject({ exitCode: 0, stdout: '', stderr: 'No rows.\n' })
  })

  it('shows each type exactly and readably', async () => {
    const [row, nothing] = (await typed(['SELECT * FROM types ORDER BY id', '--json'], { database: odd.name })).json<
      Record<string, unknown>[]
    >()
    expect(row).toEqual({
      id: 7,
      big: '18446744073709551615',
      money: '12345678901234567890.1234567890',
      approx: 0.1,
      small: 1.1,
      flags: 513,
      at: '2026-11-28T10:30:00.123456Z',
      stamp: '2026-11-28T10:30:00Z',
      day: '2026-11-28',
      clock: '-10:00:01',
      years: 2026,
      kind: 'b',
      tags: 'x,y',
      raw: '0x00FF41',
      file: '0x41',
      note: 'a\nb',
      doc: '{"a": 1.0}',
      address: '::ffff:192.0.2.1',
      key_: '123e4567-e89b-12d3-a456-426655440000',
      place: { type: 'Point', coordinates: [1, 2.5] },
    })
    expect(new Set(Object.values({ ...nothing, id: null }))).toEqual(new Set([null]))
  })

  it('shows vectors, where the server has them', async ({ skip }) => {
    if (!odd.connection.isAtLeast(11, 7)) skip()
    await odd.connection.execute('CREATE TABLE vectors (id INT PRIMARY KEY, v VECTOR(3) NOT NULL, raw VARBINARY(12))')
    await odd.connection.execute("INSERT INTO vectors VALUES (1, VEC_FromText('[0.1,1,-2.5]'), x'00')")
    const { json } = await typed(['SELECT * FROM vectors WHERE id = :id', '--param', 'id=1', '--json'], {
      database: odd.name,
    })
    expect(json()).toEqual([{ id: 1, v: [0.1, 1, -2.5], raw: '0x00' }])
  })

  it('reads the same values in every data format', async () => {
    const { stdout } = await typed(['SELECT big, money, at, raw, place FROM types', '--format', 'csv'], {
      database: odd.name,
    })
    expect(stdout.split('\n')[1]).toBe(
      '18446744073709551615,12345678901234567890.1234567890,2026-11-28T10:30:00.123456Z,0x00FF41,' +
        '"{""type"":""Point"",""coordinates"":[1,2.5]}"',
    )
  })

  it('streams any number of rows', async () => {
    const { stdout, exitCode } = await typed(['SELECT seq FROM seq_1_to_20000', '--field', 'seq'])
    expect([exitCode, stdout.split('\n').length, stdout.endsWith('\n20000\n')]).toEqual([0, 20_001, true])
  })
})

describe('the statement', () => {
  it('comes from a file, or from standard input', async () => {
    writeFileSync(join(folder, 'one.sql'), '\uFEFF-- a report\nSELECT username\nFROM users\nWHERE id = :id;\n')
    for (const [source, stdin] of [
      ['@one.sql', ''],
      ['-', 'SELECT username FROM users WHERE id = :id\n'],
    ] as const)
      expect(await typed([source, '--param', 'id=2', '--field', 'username'], { cwd: folder, stdin })).toMatchObject({
        exitCode: 0,
        stdout: 'bob\n',
      })
  })

  it.each([
    [
      ['SELECT :a AS a, :b AS b, :a AS c', '--param', "a=x' OR 1=1", '--param', 'b='],
      ["x' OR 1=1", '', "x' OR 1=1"],
    ],
    [['SELECT id FROM users WHERE id > :id ORDER BY id LIMIT :n', '--param', 'id=0', '--param', 'n=1'], [1]],
    [
      ["SELECT 'it''s :a' AS a, :a AS b", '--param', 'a=\\'],
      ["it's :a", '\\'],
    ],
    [['SELECT @a := :a AS a', '--param', 'a=1=2'], ['1=2']],
  ])('binds parameters: %j', async (argv, cells) => {
    const [row] = (await typed([...argv, '--json'])).json<object[]>()
    expect(Object.values(row ?? {})).toEqual(cells)
  })

  it.each([
    [[''], 'the statement is empty'],
    [['-'], 'standard input is empty'],
    [['@missing.sql'], 'cannot read missing.sql: there is no such file'],
    [['SELECT :a'], 'no value for :a in the statement'],
    [['SELECT ?', '--param', 'a=1'], "the statement has a '?', to which no value is bound"],
    [["SELECT ':a'", '--param', 'a=1'], '--param a: the statement has no :a', 'inside quotes, it is text'],
    [['SELECT 1', '--param', 'a=1'], '--param a: the statement has no :a', 'write it where its value belongs'],
    [['SELECT :a', '--param', 'a=1', '--param', 'a=2'], '--param a is given twice'],
    [['SELECT :a', '--param', 'a'], "--param must be a name and a value such as sku=TEA-1, not 'a'"],
    [['SELECT 1', '-n'], '--dry-run needs --write'],
    [['SELECT 1 AS a', '--field', 'other'], "--fields names the unknown field 'other'; the fields are a"],
    [[], 'missing <statement>'],
  ])('is wrong: %j', async (argv, message, hint = '') => {
    const { exitCode, error } = await typed([...argv, '--json'], { cwd: folder })
    expect([exitCode, error.code]).toEqual([2, 'USAGE'])
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
    expect(error.hint ?? '').toContain(hint)
  })

  it.each([
    ['SELECT 1\nFORM users', /near 'users' at line 2$/, null],
    ['SELECT 1; SELECT 2', /near 'SELECT 2' at line 1$/, /one statement; use dbtool db shell/],
    ['SHOW TABLES LIKE :a', /near '\?' at line 1$/, /takes no parameter there/],
    ['SELECT nothing FROM users', /^Unknown column 'nothing' in '(?:SELECT|field list)'$/, null],
    ['SELECT * FROM nothing', /nothing' doesn't exist$/, null],
  ])('is refused by the server, which says where: %s', async (sql, message, hint) => {
    const outcome = await typed([sql, '--json', ...(sql.includes(':a') ? ['--param', 'a=x'] : [])])
    expect([outcome.exitCode, outcome.error.code]).toEqual([1, 'QUERY_FAILED'])
    expect(outcome.error.message).toMatch(message)
    if (hint === null) expect(outcome.error.hint).toBeNull()
    else expect(outcome.error.hint).toMatch(hint)
  })

  it('of a file is named with its line', async () => {
    writeFileSync(join(folder, 'wrong.sql'), 'SELECT 1\nFORM users\n')
    expect((await typed(['@wrong.sql', '--json'], { cwd: folder })).error.message).toMatch(/ at line 2 of wrong\.sql$/)
  })
})

/** Statements that change something, or could; most are refused by dbtool, and some by the server alone. */
const changing: readonly [sql: string, code: string][] = [
  ["UPDATE users SET last_name = 'x'", 'USAGE'],
  ['DROP TABLE logs', 'USAGE'],
  ['SET GLOBAL max_connections = 7', 'USAGE'],
  ['COMMIT', 'USAGE'],
  ['ANALYZE TABLE users', 'USAGE'],
  ['analyze local table users', 'USAGE'],
  ['CALL change_it()', 'USAGE'],
  ['DO 1', 'USAGE'],
  ['LOCK TABLES users WRITE', 'USAGE'],
  ["BEGIN NOT ATOMIC COMMIT; UPDATE users SET last_name = 'x'; END", 'USAGE'],
  ["EXECUTE IMMEDIATE 'START TRANSACTION READ WRITE'", 'USAGE'],
  ["SET STATEMENT tx_read_only = 0 FOR UPDATE users SET last_name = 'x'", 'USAGE'],
  ["/*M! UPDATE users SET last_name = 'x' */", 'USAGE'],
  ["SELECT 1 /*!INTO*/ /*!50000 OUTFILE*/ '/tmp/dbtool-x'", 'USAGE'],
  ["SELECT 1 INTO/**/OUTFILE '/tmp/dbtool-x'", 'USAGE'],
  ["SELECT 1 INTO DUMPFILE '/tmp/dbtool-x'", 'USAGE'],
  ['SELECT change_it_too()', 'READ_ONLY'],
  ['SELECT id FROM users FOR UPDATE', 'READ_ONLY'],
  ["ANALYZE UPDATE users SET last_name = 'x'", 'READ_ONLY'],
  ['SELECT NEXTVAL(numbers)', 'READ_ONLY'],
]

describe('without --write', () => {
  beforeAll(async () => {
    const { connection } = shop
    await connection.execute(
      'CREATE PROCEDURE change_it() BEGIN COMMIT; START TRANSACTION READ WRITE; ' +
        "UPDATE users SET last_name = 'x'; COMMIT; END",
    )
    await connection.execute(
      "CREATE FUNCTION change_it_too() RETURNS INT BEGIN UPDATE users SET last_name = 'x'; RETURN 1; END",
    )
    await connection.execute('CREATE SEQUENCE numbers MAXVALUE 1000')
  })

  it.each(changing)('nothing changes: %s', async (sql, code) => {
    const before = await everything(shop)
    const { exitCode, error, stdout } = await typed([sql, '--json'])
    expect([exitCode, error.code, stdout]).toEqual([code === 'USAGE' ? 2 : 1, code, ''])
    expect(error.hint).toMatch(/--write/)
    expect(await everything(shop)).toEqual(before)
  })
})

describe('--write', () => {
  it('says how many rows were affected', async () => {
    const update = ["UPDATE users SET last_name = 'x'", '--write']
    expect(await typed(update)).toMatchObject({ exitCode: 0, stdout: '', stderr: '✔ 2 rows affected\n' })
    const insert = "INSERT INTO products (sku, name, price) VALUES ('NEW', 'New', 1)"
    expect((await typed([insert, '--write', '--json'])).json()).toEqual({
      affected_rows: 1,
      insert_id: expect.any(Number),
    })
    const returning = 'DELETE FROM products WHERE sku = :sku RETURNING sku, price'
    expect((await typed([returning, '--write', '--param', 'sku=NEW', '--format', 'csv'])).stdout).toBe(
      'sku,price\nNEW,1.00\n',
    )
    expect(await typed(['CREATE TABLE made (n INT)', '--write'])).toMatchObject({ stderr: '✔ 0 rows affected\n' })
    expect(await typed(['DROP TABLE made', '--write'])).toMatchObject({ exitCode: 0 })
  })

  it('is not advised where it is given', async () => {
    const sql = 'BEGIN NOT ATOMIC START TRANSACTION READ ONLY; DELETE FROM logs; END'
    const { error } = await typed([sql, '--write', '--json'])
    expect(error).toMatchObject({ code: 'READ_ONLY', hint: expect.stringMatching(/^the server accepts no writes now/) })
  })

  it('reports the warnings of the server', async () => {
    expect(await typed(["SELECT 'x' + 1 AS n", '--json'])).toMatchObject({
      stderr: `${JSON.stringify({ notice: "warning 1292: Truncated incorrect DOUBLE value: 'x'" })}\n`,
    })
    expect((await typed(['DROP TABLE IF EXISTS nothing', '--write'])).stderr).toBe(
      `✔ 0 rows affected\nwarning 1051: Unknown table '${database}.nothing'\n`,
    )
  })

  it('checks --fields before anything is changed', async () => {
    const before = await everything(shop)
    for (const sql of ["UPDATE users SET last_name = 'x'", 'DELETE FROM logs RETURNING id'])
      expect(await typed([sql, '--write', '--fields', 'nothing', '--json'])).toMatchObject({
        exitCode: 2,
        error: { message: expect.stringMatching(/unknown field 'nothing'/) },
      })
    expect(await everything(shop)).toEqual(before)
  })

  it('--dry-run rolls back', async () => {
    const before = await everything(shop)
    expect(await typed(["UPDATE users SET last_name = 'x'", '--write', '-n'])).toMatchObject({
      exitCode: 0,
      stderr: '✔ 2 rows would be affected; nothing was changed\n',
    })
    expect(await typed(['DROP TABLE logs', '--write', '-n', '--json'])).toMatchObject({
      exitCode: 2,
      error: { message: '--dry-run cannot roll back DROP' },
    })
    expect(await everything(shop)).toEqual(before)
    expect((await typed(['INSERT INTO old VALUES (1)', '--write', '-n'])).stderr).toMatch(
      /\nwarning 1196: Some non-transactional changed tables couldn't be rolled back\n$/,
    )
  })

  it('needs the name of a protected database, and is refused on a read-only one', async () => {
    const before = await everything(shop)
    const update = ["UPDATE users SET last_name = 'x'", '--write', '--json']
    expect(await typed(update, { env: { DB_PROTECTED: '1' } })).toMatchObject({
      exitCode: 2,
      error: { message: expect.stringMatching(/^this needs a confirmation: Run dbtool sql\?/) },
    })
    expect(await typed(update, { env: { DB_READ_ONLY: '1' } })).toMatchObject({
      exitCode: 1,
      error: { code: 'READ_ONLY' },
    })
    expect(await everything(shop)).toEqual(before)
    for (const name of ['DB_PROTECTED', 'DB_READ_ONLY'])
      expect(await typed(['SELECT 1'], { env: { [name]: '1' } })).toMatchObject({ exitCode: 0 })
    expect(await typed([...update, '--confirm', database], { env: { DB_PROTECTED: '1' } })).toMatchObject({
      exitCode: 0,
    })
  })

  it('shows the first result of a procedure, and says that there are more', async () => {
    await shop.connection.execute('CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; END')
    expect(await typed(['CALL two()', '--write', '--field', 'a'])).toMatchObject({
      exitCode: 0,
      stdout: '1\n',
      stderr: 'only the first of 2 result sets is shown; dbtool db shell shows all\n',
    })
  })
})

describe('--explain', () => {
  it.each([
    ['SELECT * FROM users WHERE id = :id', ['--param', 'id=1']],
    ["UPDATE users SET last_name = 'x'", ['--write']],
  ])('shows the plan and runs nothing: %s', async (sql, more) => {
    const before = await everything(shop)
    const { exitCode, stderr, json } = await typed([sql, '--explain', '--json', ...more])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(json<{ table: string }[]>()[0]).toMatchObject({ table: 'users' })
    expect(await everything(shop)).toEqual(before)
  })

  it('needs a statement that has one', async () => {
    expect((await typed(['SHOW TABLES', '--explain', '--json'])).error.message).toBe('the server has no plan for SHOW')
  })
})

describe('Ctrl-C', () => {
  it('stops the statement at the server', async () => {
    const sql = 'SELECT SLEEP(60) AS slept'
    const child = await spawned(['sql', sql, '--json'], {
      database,
      working: () => untilRuns(shop, sql),
      signals: [[0, 'SIGINT']],
    })
    expect(child).toMatchObject({ exitCode: 130, stdout: '' })
    const running = await shop.connection.rows(
      'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND INFO LIKE ?',
      [database, sql],
    )
    expect(running).toEqual([])
  })
})
