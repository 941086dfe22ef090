import { describe, expect, it } from 'vitest'
import type { DriverConnection } from '../../../src/db/connection/driver.ts'
import { SessionState } from '../../../src/db/connection/session-state.ts'

const autocommit = 2

function isChangedBy(sql: string): boolean {
  const state = new SessionState({ info: { status: autocommit } } as unknown as DriverConnection)
  state.succeeded(sql, { keepsSession: false, isAlone: true })
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
  ])('%s', (sql) => expect(isChangedBy(sql)).toBe(true))

  it.each([
    'SELECT 1',
    'SELECT * FROM locks WHERE id = 1 FOR UPDATE',
    'UNLOCK TABLES',
    'FLUSH STATUS',
    'INSERT INTO backup VALUES (1)',
  ])('not after %s', (sql) => expect(isChangedBy(sql)).toBe(false))
})
