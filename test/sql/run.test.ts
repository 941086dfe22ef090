import { describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
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

it('a change whose connection is lost may have taken effect; a query is only lost', async () => {
  const lost = async (mode: StatementMode): Promise<unknown> => {
    const connection = await connect(database.target)
    onTestFinished(() => connection.close())
    const running = runStatement(connection, statement('SELECT SLEEP(60)'), { mode, onItems: () => Promise.resolve() })
    const failed = running.catch((error: unknown) => error)
    const sleeping = "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(60)' AND DB = DATABASE()"
    const find = (): Promise<{ ID: number }[]> => database.connection.rows<{ ID: number }>(sleeping)
    let [found] = await find()
    while (found === undefined) [found] = await find()
    await database.connection.execute(`KILL CONNECTION ${found.ID}`)
    return failed
  }
  expect(await lost('write')).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    exitCode: 9,
    message: expect.stringMatching(/ was lost: the statement may have taken effect, or still do so$/),
    hint: 'look at the data before you run it again',
  })
  expect(await lost('read')).toMatchObject({ code: 'CONNECTION_LOST', exitCode: 4 })
})
