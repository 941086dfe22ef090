import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connect.ts'
import { migrate, rollback } from '../../src/db/migrate.ts'
import { loadMigrations, statements, type Migration } from '../../src/db/migration-files.ts'
import { appliedMigrations, assertUsable, migrationStates } from '../../src/db/schema-state.ts'
import { testDatabase } from '../support/database.ts'
import { broken, dropTables, folder, statesOf, tablesOf } from './migration-folder.ts'

const database = testDatabase({ migrated: false })
const usable = async (known: Migration[]): Promise<void> => assertUsable(migrationStates(known, await appliedMigrations(database.connection)))

beforeEach(() => dropTables(database.connection))

describe('a migration that stopped half-way', () => {
  const hint = 'take back what did run with: dbtool db rollback --to 2, then: dbtool db migrate'

  it('says where and why, is recognised, refused, taken back, and then runs', async () => {
    const { connection: session } = database
    await expect(migrate({ session, known: folder(broken) })).rejects.toMatchObject({
      code: 'MIGRATION_HALF_RUN',
      exitCode: 8,
      message: "migration 3 (shelves) stopped at statement 3 of 4: Table 'books' already exists",
      hint,
    })
    const known = folder(broken)
    expect(await statesOf(session, known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 half-run 2/4'])
    const refused = {
      code: 'MIGRATION_HALF_RUN',
      exitCode: 8,
      message: 'migration 3 (shelves) stopped after statement 2 of 4; MariaDB cannot roll DDL back',
      hint,
    }
    await expect(migrate({ session, known })).rejects.toMatchObject(refused)
    await expect(usable(known)).rejects.toMatchObject(refused)
    expect(await tablesOf(session)).toEqual(['authors', 'books', 'floors', 'schema_migrations', 'shelves'])

    const mended = folder()
    expect(await rollback({ session, known: mended }, 2)).toHaveLength(1)
    expect(await tablesOf(session)).toEqual(['authors', 'books', 'schema_migrations'])
    expect(await migrate({ session, known: mended })).toHaveLength(1)
    await usable(mended)
  })

  it.each([
    ['CREATE TABLE shelves', '3 half-run 0/3'],
    ['CREATE TABLE floors', '3 half-run 1/3'],
    ['CREATE INDEX', '3 half-run 2/3'],
    ['UPDATE schema_migrations SET finished_at', '3 half-run 3/3'],
  ])('because the connection died before %s, is seen by the next one', async (statement, state) => {
    const known = folder()
    await migrate({ session: database.connection, known }, 2)
    const session = await connect(database.target)
    onTestFinished(() => session.close())
    const change = session.change.bind(session)
    session.change = (sql, values) => {
      if (sql.startsWith(statement)) session.destroy()
      return change(sql, values)
    }
    await expect(migrate({ session, known })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect((await statesOf(database.connection, known))[2]).toBe(state)
    await expect(migrate({ session: database.connection, known })).rejects.toMatchObject({ code: 'MIGRATION_HALF_RUN' })
    await rollback({ session: database.connection, known }, 2)
    expect(await migrate({ session: database.connection, known })).toHaveLength(1)
  })

  it('on its way down is recognised too', async () => {
    const { connection: session } = database
    await migrate({ session, known: folder() })
    await expect(
      rollback({ session, known: folder({ '0003_shelves.down.sql': 'DROP TABLE floors;\nDROP TABLE nothing;\n' }) }),
    ).rejects.toMatchObject({
      code: 'MIGRATION_HALF_RUN',
      message: expect.stringContaining('stopped at statement 2 of 2'),
    })
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 half-run 1/2'])
    expect(await rollback({ session, known: folder() })).toHaveLength(1)
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
  })
})

describe('a schema that is not ours', () => {
  it('newer: neither used, nor migrated, nor rolled back', async () => {
    const { connection: session } = database
    await migrate({ session, known: folder() })
    const older = folder().slice(0, 2)
    expect(await statesOf(session, older)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 newer 3/3'])
    for (const attempt of [usable, (known: Migration[]) => migrate({ session, known }), (known: Migration[]) => rollback({ session, known })]) {
      await expect(attempt(older)).rejects.toMatchObject({
        code: 'SCHEMA_NEWER',
        exitCode: 8,
        message: expect.stringContaining('3 (shelves)'),
        hint: expect.stringContaining('dbtool'),
      })
    }
  })

  it('changed: the file is no longer the one that was applied', async () => {
    const { connection: session } = database
    await migrate({ session, known: folder() })
    const changed = folder({ '0002_titles.up.sql': 'ALTER TABLE books ADD COLUMN title VARCHAR(200);\n' })
    expect(await statesOf(session, changed)).toEqual(['1 applied 2/2', '2 changed 1/1', '3 applied 3/3'])
    for (const attempt of [usable, (known: Migration[]) => migrate({ session, known })]) {
      await expect(attempt(changed)).rejects.toMatchObject({
        message: 'migration 2 (titles) is not the one that was applied: its checksum differs',
        hint: expect.stringContaining('a new migration'),
      })
    }
  })

  it('behind: migrations are pending', async () => {
    await expect(usable(folder())).rejects.toMatchObject({
      code: 'MIGRATIONS_PENDING',
      exitCode: 8,
      message: 'the database is not up to date: 3 migrations are pending',
      hint: 'run: dbtool db migrate',
    })
    await migrate({ session: database.connection, known: folder() }, 2)
    await expect(usable(folder())).rejects.toMatchObject({ message: 'the database is not up to date: 1 migration is pending' })
  })
})

describe('migration files', () => {
  it('are split at semicolons that end a line, without their comments', () => {
    expect(statements("-- one;\nCREATE TABLE a (b INT); \nINSERT INTO a VALUES (';', 1);\n  -- two\nDROP TABLE a")).toEqual([
      'CREATE TABLE a (b INT)',
      "INSERT INTO a VALUES (';', 1)",
      'DROP TABLE a',
    ])
    expect(statements('\n-- nothing\n')).toEqual([])
  })

  it('are numbered without a gap, and each can be taken back', () => {
    expect(() => folder({ '0005_late.up.sql': 'DO 0;', '0005_late.down.sql': 'DO 0;' })).toThrow('migration 5 (late) should have number 4')
    expect(() => folder({ '0004_lonely.up.sql': 'DO 0;' })).toThrow('0004_lonely.down.sql')
    expect(loadMigrations().map(({ version, up, down }) => [version, up.length > 0, down.length > 0])).toContainEqual([1, true, true])
  })
})
