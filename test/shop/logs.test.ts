import { expect, it } from 'vitest'
import { writeLog, writeLogs, type LogEntry } from '../../src/shop/logs.ts'
import { testDatabase } from '../support/database.ts'

const author = { osUser: 'tester', command: 'test' }
const database = testDatabase()

it('one row in the log and many are written alike, and cut between two characters', async () => {
  const db = database.connection
  const entries: LogEntry[] = [
    { entity: 'shop', entityId: 7, message: `"quoted" \\ 'and' %\u0301` },
    { entity: 'products', entityId: 8, message: `${'x'.repeat(499)}😀😀` },
  ]
  for (const entry of entries) await writeLog(db, author, entry)
  await writeLogs(db, author, entries)
  await writeLogs(db, author, [])
  const rows = entries.map(({ entity, entityId, message }) => ({
    os_user: 'tester',
    command: 'test',
    entity,
    entity_id: entityId,
    message: message.replace(/😀$/u, ''),
  }))
  expect(await db.rows('SELECT os_user, command, entity, entity_id, message FROM logs ORDER BY id')).toEqual([
    ...rows,
    ...rows,
  ])
})
