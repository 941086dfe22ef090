import { describe, expect, it } from 'vitest'
import { runStatement, type StatementMode } from '../../src/sql/run.ts'
import { testDatabase } from '../support/database.ts'

const database = testDatabase({ migrated: false })
const statement = (sql: string): { sql: string; values: [] } => ({ sql, values: [] })

describe('the warnings of a statement', () => {
  it.each(['read', 'write', 'dry run'] satisfies StatementMode[])(
    'are its own, not those before it: %s',
    async (mode) => {
      const { connection } = database
      const how = { mode, onItems: () => Promise.resolve() }
      await connection.rows("SELECT CAST('before' AS SIGNED)")
      expect(await runStatement(connection, statement('SELECT 1'), how)).toEqual([])
      expect(await runStatement(connection, statement("SELECT CAST('its own' AS SIGNED)"), how)).toMatchObject([
        { code: 1292 },
      ])
      await connection.execute('ROLLBACK')
    },
  )
})
