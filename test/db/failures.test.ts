import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { DatabaseError, translate } from '../../src/db/failures.ts'
import { Secret, type Value } from '../../src/db/queries.ts'
import { defaultLimits, type Limits, type Target } from '../../src/db/target.ts'
import { testDatabase } from '../support/database.ts'
import { expectFailure, password, secret, type Expected } from './expect-failure.ts'

const database = testDatabase()
const guest = `reader_${process.pid}`
const insertUser = 'INSERT INTO users (username, email, password_hash) VALUES (?, ?, ?)'
const conflict = (code: string, message: RegExp | string, hint: string): Expected => ({
  code,
  exitCode: 6,
  message,
  hint,
})

async function another(limits: Partial<Limits> = {}, changes: Partial<Target> = {}): Promise<Connection> {
  const db = await connect({ ...database.target, ...changes }, { ...defaultLimits, ...limits })
  onTestFinished(() => db.close())
  return db
}

beforeAll(async () => {
  const { connection: db, name } = database
  await db.execute(insertUser, ['ada', 'ada@example.com', 'x'])
  await db.execute(insertUser, ['gift certificate (TLS)', secret, 'x'])
  await db.execute("INSERT INTO products (sku, name, price) VALUES ('A', 'A', 1), ('B', 'B', 1)")
  await db.execute(
    "INSERT INTO orders (user_id, total_amount, idempotency_key, content_digest) VALUES (1, 1, 'key', 'x')",
  )
  await db.execute(`CREATE USER '${guest}'@'localhost' IDENTIFIED BY '${password}'`)
  await db.execute(`GRANT SELECT ON ${name}.* TO '${guest}'@'localhost'`)
})
afterAll(() => database.connection.execute(`DROP USER '${guest}'@'localhost'`))

describe('a statement that the server refuses', () => {
  const hush = new Secret(secret)
  it.each<[string, string, readonly Value[], Expected]>([
    [
      'a duplicate',
      insertUser,
      ['ada', 'other@example.com', hush],
      conflict('DUPLICATE', "Duplicate entry 'ada' for key 'username'", 'another value'),
    ],
    [
      'a secret duplicate',
      insertUser,
      ['eve', hush, 'x'],
      conflict('DUPLICATE', "Duplicate entry '********' for key 'email_key'", 'another value'),
    ],
    [
      'a duplicate that speaks of certificates',
      insertUser,
      ['gift certificate (TLS)', 'x', 'x'],
      conflict('DUPLICATE', "'gift certificate (TLS)'", 'another value'),
    ],
    [
      'two columns of one name',
      'SELECT 1 AS n, 2 AS n',
      [],
      {
        code: 'QUERY_FAILED',
        exitCode: 1,
        message: "two columns of the result have the name 'n'",
        hint: 'a name of its own',
      },
    ],
    [
      'a row that others refer to',
      'DELETE FROM users WHERE id = ?',
      [1],
      conflict('REFERENCED', 'fk_order_user', 'remove the rows that refer to it'),
    ],
    [
      'a reference to nothing',
      'INSERT INTO addresses (user_id, address_type, street, city, postal_code, country) VALUES (99, ?, ?, ?, ?, ?)',
      ['billing', hush, 'x', 'x', 'GB'],
      conflict('MISSING_REFERENCE', 'fk_address_user', 'add the row to which it refers'),
    ],
    [
      'a check',
      "UPDATE products SET price = ? WHERE sku = 'A'",
      [-1],
      conflict('CONSTRAINT', 'check_price_positive', 'a value that the column allows'),
    ],
    [
      'a number out of range',
      "UPDATE products SET price = ? WHERE sku = 'A'",
      ['123456789.00'],
      conflict('CONSTRAINT', /Out of range value for column 'price'/, 'allows'),
    ],
    [
      'a text too long',
      insertUser,
      ['x'.repeat(51), 'x', hush],
      conflict('CONSTRAINT', "Data too long for column 'username'", 'allows'),
    ],
    ['a NULL', insertUser, [null, 'x', hush], conflict('CONSTRAINT', "Column 'username' cannot be null", 'allows')],
    [
      'a text for a number',
      "UPDATE products SET stock = ? WHERE sku = 'A'",
      [hush],
      conflict('CONSTRAINT', /'\*{8}' for column .*stock/, 'allows'),
    ],
    [
      'no day of this world',
      "UPDATE products SET created_at = ? WHERE sku = 'A'",
      ['2026-02-30'],
      conflict('CONSTRAINT', "'2026-02-30' for column", 'allows'),
    ],
    [
      'a missing column',
      'INSERT INTO logs (os_user) VALUES (?)',
      [hush],
      conflict('CONSTRAINT', "Field 'command' doesn't have a default value", 'allows'),
    ],
    [
      'a table that does not exist',
      'SELECT * FROM baskets WHERE id = ?',
      [hush],
      { code: 'QUERY_FAILED', exitCode: 1, message: /Table '.*\.baskets' doesn't exist/, hint: 'dbtool db status' },
    ],
    [
      'a syntax error',
      "SELEC 'a\nb' FROM ? WHERE",
      [hush],
      { code: 'QUERY_FAILED', exitCode: 1, message: "syntax to use near 'SELEC 'a b' FROM ?", hint: '--sql' },
    ],
    [
      'an unknown column with a name that sounds like TLS',
      'SELECT tls_certificate, ?',
      [hush],
      { code: 'QUERY_FAILED', exitCode: 1, message: "Unknown column 'tls_certificate'", hint: '--sql' },
    ],
    [
      'a file whose name sounds like TLS',
      "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 29, MESSAGE_TEXT = \"File '/srv/certificate.csv' not found\"",
      [],
      { code: 'QUERY_FAILED', exitCode: 1, message: "File '/srv/certificate.csv' not found", hint: '--sql' },
    ],
    [
      'a file where the server writes none',
      "SELECT 1 INTO OUTFILE '/nowhere/rows.csv'",
      [],
      { code: 'QUERY_FAILED', exitCode: 1, message: '--secure-file-priv option', hint: 'sets that option' },
    ],
    [
      'another database that does not exist',
      'CREATE TABLE nowhere.basket (id INT)',
      [],
      { code: 'UNKNOWN_DATABASE', exitCode: 4, message: "there is no database 'nowhere'", hint: '`nowhere`' },
    ],
    [
      'a write in a read-only transaction',
      'BEGIN NOT ATOMIC START TRANSACTION READ ONLY; DELETE FROM logs; END',
      [],
      { code: 'READ_ONLY', exitCode: 1, message: 'READ ONLY transaction', hint: 'accepts no writes' },
    ],
    [
      'a statement on a node outside its cluster',
      "SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1047, MESSAGE_TEXT = 'WSREP has not yet prepared node'",
      [],
      {
        code: 'NODE_NOT_READY',
        exitCode: 4,
        message: /^the node at \S+ is not ready: WSREP has not yet prepared node$/,
        hint: /another node of the cluster.*dbtool cluster status/,
      },
    ],
    [
      'a COMMIT on a node that leaves its cluster',
      "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1180, MESSAGE_TEXT = 'Got error 6 during COMMIT'",
      [],
      { code: 'NODE_NOT_READY', exitCode: 4, message: 'Got error 6 during COMMIT', hint: 'another node' },
    ],
    [
      'a COMMIT on a full disk',
      "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1180, MESSAGE_TEXT = 'Got error 28 during COMMIT'",
      [],
      {
        code: 'NODE_NOT_READY',
        exitCode: 4,
        message: /^the server at \S+ could not commit: Got error 28 during COMMIT$/,
        hint: /^free space where the data/,
      },
    ],
  ])('%s', async (_what, sql, values, expected) => {
    const db = await another()
    const error = await expectFailure(db.execute(sql, values), expected)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(await db.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  it('for lack of a privilege', async () => {
    const db = await another({}, { user: guest, password })
    await expectFailure(db.execute(insertUser, ['x', 'x', hush]), {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: /INSERT command denied .*users/,
      hint: 'privilege',
    })
  })

  it.each([
    ['email', "mallory' for key 'email_key'"],
    ['username', "two\nlines' for key 'email"],
  ])('names the key, whatever the value says: %#', async (_key, username) => {
    await database.connection.execute(insertUser, [username, username, 'x'])
    await expect(database.connection.execute(insertUser, [username, 'another', 'x'])).rejects.toMatchObject({
      code: 'DUPLICATE',
      key: 'username',
    })
  })
})

const noSpace = '"No space left on device"'
it.each([
  [1114, "The table 'logs' is full", 'nothing was changed; the server cannot write, perhaps because its disk is full'],
  [3, `Error writing file './d/n.frm' (Errcode: 28 ${noSpace})`, 'nothing was changed; free space where'],
  [20, `Disk got full writing 'd.tt' (Errcode: 28 ${noSpace})`, 'nothing was changed; free space where'],
  [1026, `Error writing file 'bin' (errno: 28 ${noSpace})`, 'nothing was changed; free space where'],
  [1030, `Got error 28 ${noSpace} from storage engine InnoDB`, 'nothing was changed; free space where'],
  [1064, `You have an error in your SQL syntax near '${noSpace}' at line 1`, 'add --sql to see the statement'],
])('a full disk (%d: %s) is said to be one', (errno, text, hint) => {
  expect(translate(Object.assign(new Error(text), { errno, sqlMessage: text }), database.target)).toMatchObject({
    code: 'QUERY_FAILED',
    exitCode: 1,
    message: text,
    hint: expect.stringContaining(hint),
  })
})

it.each([
  ['ECONNREFUSED', 0, 'the private server is not running; cannot reach MariaDB at ', 'start it: dbtool server start'],
  [
    'ER_ACCESS_DENIED_ERROR',
    1045,
    'the private server is not running; the server at ',
    'start it: dbtool server start',
  ],
  // This server has let the user in: it is the one.
  ['ER_TABLEACCESS_DENIED_ERROR', 1142, 'INSERT command denied', ''],
])('the default address in place of a private server that has stopped: %s', (code, errno, message, hint) => {
  const raw = Object.assign(new Error('INSERT command denied'), { code, errno })
  const found = translate(raw, { ...database.target, isInsteadOfPrivate: true })
  expect(found.message.slice(0, message.length)).toBe(message)
  expect(found.hint?.includes('dbtool server start')).toBe(hint !== '')
})

it('a key that the row format of the server does not allow leads to another one', () => {
  const errno = 1709
  const text = 'Index column size too large. The maximum column size is 767 bytes'
  expect(translate(Object.assign(new Error(text), { errno, sqlMessage: text }), database.target)).toMatchObject({
    code: 'QUERY_FAILED',
    message: text,
    hint: expect.stringContaining('SET GLOBAL innodb_default_row_format = dynamic'),
  })
})

it('a statement that only the server found too large is said to be one', () => {
  const text = "Got a packet bigger than 'max_allowed_packet' bytes"
  const raw = Object.assign(new Error(text), { errno: 1153, sqlMessage: text })
  expect(translate(raw, database.target)).toMatchObject({
    code: 'TOO_LARGE',
    exitCode: 6,
    message: expect.stringMatching(/larger than max_allowed_packet of the server at/),
    hint: expect.stringContaining('SET GLOBAL max_allowed_packet'),
  })
})
