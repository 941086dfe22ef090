import { describe, expect, it } from 'vitest'
import type { DriverConnection } from '../../../src/db/connection/driver.ts'
import { ownBlock } from '../../../src/db/queries.ts'
import { SessionState } from '../../../src/db/connection/session-state.ts'

const autocommit = 2

interface Answered {
  /** The statement was sent within a SET STATEMENT. */
  readonly keepsSession?: boolean
  /** The answer says that the session has changed. */
  readonly isMarked?: boolean
}

function isChangedBy(sql: string, { keepsSession = false, isMarked = false }: Answered = {}): boolean {
  const status = autocommit | (isMarked ? 1 << 14 : 0)
  const state = new SessionState({ info: { status } } as unknown as DriverConnection)
  state.succeeded(sql, { keepsSession, isAlone: true })
  return state.isChanged
}

function isChangedByFailed(sql: string): boolean {
  const state = new SessionState({ info: { status: autocommit } } as unknown as DriverConnection)
  state.failed(new Error('no'), sql)
  return state.isChanged
}

describe('a session counts as changed after a statement that takes locks, which no answer mentions', () => {
  it.each([
    'LOCK TABLES a WRITE',
    ' lock table a read, b write',
    'FLUSH TABLES WITH READ LOCK',
    'FLUSH TABLES a, b WITH READ LOCK',
    'flush local tables a for export',
    'BACKUP STAGE START',
    'BACKUP LOCK a',
    'HANDLER a OPEN',
    "SELECT GET_LOCK('a', 1)",
    "DO get_lock('a', 1)",
    "SELECT Get_Lock ('a', 1)",
    "WITH a AS (SELECT 1) SELECT GET_LOCK('a', 1)",
    "SET STATEMENT max_statement_time = 1 FOR SELECT GET_LOCK('a', 1)",
    '/* a comment */ LOCK TABLES a WRITE',
    '-- a comment\nLOCK TABLES a WRITE',
    '# a comment\n/* another */FLUSH TABLES WITH READ LOCK',
    'SET STATEMENT max_statement_time = 1 FOR LOCK TABLES a WRITE',
    'CALL a()',
    "EXECUTE IMMEDIATE 'LOCK TABLES a WRITE'",
    'EXECUTE a',
    "XA START 'a'",
    'SET TRANSACTION READ ONLY',
    'SET ROLE a',
    "LOAD DATA INFILE 'a' INTO TABLE b (@c, d)",
    'SELECT @a := 1',
    "SELECT @'a b':=1",
    'UPDATE a SET b = (@`c` /* why */ := 1)',
    'SELECT 1 INTO @a',
    'SELECT 1 INTO@a',
    'SELECT 1 INTO/* why */@a',
    'BEGIN NOT ATOMIC DECLARE a INT; SELECT 1, 2 INTO a, @b; END',
    'BEGIN NOT ATOMIC DECLARE a INT; UPDATE b SET c = (@d := 1); END',
    "SELECT `get_lock`('a', 1)",
    "SELECT GET_LOCK/* why */('a', 1)",
  ])('%s', (sql) => expect(isChangedBy(sql)).toBe(true))

  it.each([
    'SELECT 1',
    'SELECT * FROM locks WHERE id = 1 FOR UPDATE',
    'UNLOCK TABLES',
    'FLUSH STATUS',
    'INSERT INTO backup VALUES (1)',
    'BEGIN NOT ATOMIC DECLARE a INT; SELECT 1 INTO a; SET a := 2; UPDATE b SET c = (@dbtool_d := 1); END',
    'INSERT INTO a SELECT @@server_id',
    "INSERT INTO `locks` (a) VALUES ('@b', ':=')",
    'SELECT 1 /* INTO @a */ -- GET_LOCK()',
    'SELECT a FROM locks INTO OUTFILE "x"',
    '(SELECT 1) UNION (SELECT 2)',
  ])('not after %s', (sql) => expect(isChangedBy(sql)).toBe(false))
})

describe('the mark of an answer', () => {
  it.each<[string, Answered, boolean]>([
    ['SELECT changes_a_variable()', {}, true],
    ['CREATE TEMPORARY TABLE a (n INT)', {}, true],
    ['SET STATEMENT max_statement_time = 1 FOR SELECT 1', {}, false],
    ["/* c */ SET STATEMENT max_statement_time = 1, sql_mode = '' FOR INSERT INTO a VALUES (1)", {}, false],
    ['SET STATEMENT max_statement_time = 1 FOR CREATE TEMPORARY TABLE a (n INT)', {}, true],
    ["SET STATEMENT max_statement_time = 1 FOR SET sql_mode = ''", {}, true],
    ['SELECT 1', { keepsSession: true }, false],
    ["SELECT GET_LOCK('a', 1)", { keepsSession: true }, true],
    ['CREATE TEMPORARY TABLE a (n INT)', { keepsSession: true }, true],
  ])('of %s %j: changed is %s', (sql, how, changed) =>
    expect(isChangedBy(sql, { ...how, isMarked: true })).toBe(changed),
  )
})

describe('an error has no mark: the session counts as changed after', () => {
  it.each([
    'CALL a()',
    "BEGIN NOT ATOMIC SET sql_mode = ''; SIGNAL SQLSTATE '45000'; END",
    "SELECT GET_LOCK('a', 1), (SELECT 1 UNION SELECT 2)",
    'CREATE TEMPORARY TABLE a SELECT 1 / 0',
  ])('%s', (sql) => expect(isChangedByFailed(sql)).toBe(true))

  it.each([
    'SELECT nonsense',
    'INSERT INTO a VALUES (1)',
    '/* c */ update a set b = 1',
    'COMMIT',
    `${ownBlock} SET a = 1; SIGNAL SQLSTATE '45000'; END`,
  ])('not after %s', (sql) => expect(isChangedByFailed(sql)).toBe(false))
})
