import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { migrate, rollback } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations, type Migration } from '../../../src/db/migrations/migration-files.ts'
import type { Session } from '../../../src/db/queries.ts'
import { appliedMigrations, assertUsable, migrationStates } from '../../../src/db/migrations/schema-state.ts'
import { assertSchema } from '../../../src/db/migrations/usable.ts'
import { dbtool } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { broken, dropTables, dyingSession, folder, interfere, statesOf, tablesOf } from './migration-folder.ts'

const database = testDatabase({ migrated: false })
const usable = async (known: Migration[]): Promise<void> =>
  assertUsable(migrationStates(known, await appliedMigrations(database.connection)))

const dying = (before: (sql: string) => boolean): Promise<Session> => dyingSession(database.target, before)

beforeEach(() => dropTables(database.connection))

describe('a migration that stopped half-way', () => {
  const hint = 'roll it back with: dbtool db rollback --to 2, then run: dbtool db migrate'

  it('says where and why, is recognised, refused, taken back, and then runs', async () => {
    const { connection: session } = database
    await expect(migrate({ session, known: folder(broken) })).rejects.toMatchObject({
      code: 'MIGRATION_HALF_RUN',
      exitCode: 8,
      message: "migration 3 (shelves) stopped at statement 3 of 4: Duplicate column name 'title'",
      hint,
    })
    const known = folder(broken)
    expect(await statesOf(session, known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 half-run 2/4'])
    const refused = {
      code: 'MIGRATION_HALF_RUN',
      exitCode: 8,
      message: 'migration 3 (shelves) stopped after statement 2 of 4; MariaDB cannot roll back DDL',
      hint,
    }
    await expect(migrate({ session, known })).rejects.toMatchObject(refused)
    await expect(usable(known)).rejects.toMatchObject(refused)
    expect(await tablesOf(session)).toEqual(['authors', 'books', 'floors', 'schema_migrations', 'shelves'])

    const mended = folder()
    await expect(rollback({ session, known: mended }, 2)).rejects.toMatchObject({
      message: expect.stringContaining('its checksum differs'),
    })
    await session.execute("INSERT INTO books VALUES (1, 'kept')")
    const [back] = await rollback({ session, known }, 2)
    expect(back?.statements).toEqual(['DROP TABLE IF EXISTS floors', 'DROP TABLE IF EXISTS shelves'])
    expect(await tablesOf(session)).toEqual(['authors', 'books', 'schema_migrations'])
    expect(await session.rows('SELECT * FROM books')).toEqual([{ id: 1, title: 'kept' }])
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
    const session = await dying((sql) => sql.startsWith(statement))
    await expect(migrate({ session, known })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect((await statesOf(database.connection, known))[2]).toBe(state)
    await expect(migrate({ session: database.connection, known })).rejects.toMatchObject({ code: 'MIGRATION_HALF_RUN' })
    await rollback({ session: database.connection, known }, 2)
    expect(await migrate({ session: database.connection, known })).toHaveLength(1)
  })

  it.each([1, 2, 3])(
    'because the process died between statement %d and its note, is taken back whole',
    async (step) => {
      const known = folder()
      await migrate({ session: database.connection, known }, 2)
      let notes = 0
      const session = await dying((sql) => sql.includes('SET steps_done') && ++notes === step)
      await expect(migrate({ session, known })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      expect((await statesOf(database.connection, known))[2]).toBe(`3 half-run ${step - 1}/3`)
      expect(await tablesOf(database.connection)).toContain(['shelves', 'floors', 'floors'][step - 1])
      const [back] = await rollback({ session: database.connection, known }, 2)
      expect(back?.statements).toEqual(known[2]!.down.slice(-step))
      expect(await tablesOf(database.connection)).toEqual(['authors', 'books', 'schema_migrations'])
      expect(await migrate({ session: database.connection, known })).toHaveLength(1)
    },
  )

  it.each([1, 2, 3])('and was taken back only up to statement %d, goes on with what is left', async (step) => {
    const known = folder()
    await migrate({ session: database.connection, known })
    let notes = 0
    const session = await dying((sql) => sql.includes('SET steps_done') && ++notes === step)
    await expect(rollback({ session, known })).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect((await statesOf(database.connection, known))[2]).toBe(`3 half-run ${step - 1}/3`)
    const [back] = await rollback({ session: database.connection, known })
    expect(back?.statements).toEqual(known[2]!.down.slice(step - 1))
    expect(await statesOf(database.connection, known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
    expect(await tablesOf(database.connection)).toEqual(['authors', 'books', 'schema_migrations'])
  })

  it('does not start if the disk is full at its first statement', async () => {
    const text = 'Error writing file \'./d/shelves.frm\' (Errcode: 28 "No space left on device")'
    const quoted = `'${text.replaceAll("'", "''")}'`
    const full = `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 3, MESSAGE_TEXT = ${quoted};\nDO 1;\nDO 1;\n`
    const { connection: session } = database
    await expect(migrate({ session, known: folder({ '0003_shelves.up.sql': full }) })).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      message: `migration 3 (shelves) did not start: ${text}`,
      hint: expect.stringMatching(/^nothing was changed; free space/),
    })
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
  })

  it('does not start if its first statement is rejected, neither up nor down', async () => {
    const { connection: session } = database
    const refused = {
      '0003_shelves.up.sql': 'CREATE INDEX nothing ON nowhere (x);\n',
      '0003_shelves.down.sql': 'DROP INDEX nothing ON nowhere;\n',
    }
    const notBegun = {
      code: 'QUERY_FAILED',
      message: expect.stringMatching(/^migration 3 \(shelves\) did not start: Table '.*' doesn't exist$/),
      hint: 'check that the schema exists: dbtool db status',
    }
    await expect(migrate({ session, known: folder(refused) })).rejects.toMatchObject(notBegun)
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
    await migrate({ session, known: folder() })
    const before = await appliedMigrations(session)
    const down = {
      '0003_shelves.down.sql': `DROP INDEX nothing ON nowhere;\n${'DROP TABLE IF EXISTS nothing;\n'.repeat(2)}`,
    }
    await expect(rollback({ session, known: folder(down) })).rejects.toMatchObject(notBegun)
    expect(await appliedMigrations(session)).toEqual(before)
  })

  it('on its way down is recognised too', async () => {
    const { connection: session } = database
    await migrate({ session, known: folder() })
    await expect(
      rollback({
        session,
        known: folder({
          '0003_shelves.down.sql': 'DROP INDEX by_title ON books;\nDROP TABLE floors;\nDROP TABLE nothing;\n',
        }),
      }),
    ).rejects.toMatchObject({
      code: 'MIGRATION_HALF_RUN',
      message: expect.stringContaining('stopped at statement 3 of 3'),
    })
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 half-run 2/3'])
    expect(await rollback({ session, known: folder() })).toHaveLength(1)
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
  })
})

describe('a migration that another process is applying', () => {
  it('is told as such; nothing advises to roll it back', async () => {
    const session = await connect(database.target)
    const [me] = await session.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')
    const expected = {
      exitCode: 8,
      error: {
        code: 'MIGRATIONS_PENDING',
        message: `connection ${me!.id} is migrating this database now`,
        hint: 'wait until it has finished; dbtool db migrate waits for it, and takes over from a process that has died',
      },
    }
    const lines = ['users list', 'db status', 'db migrate --dry-run', 'db rollback --to 0 --yes', 'db rollback -n']
    const outputs: unknown[] = []
    interfere(session, async (sql) => {
      if (!sql.startsWith('CREATE TABLE products')) return
      for (const line of lines) outputs.push(await dbtool(`${line} --json`, { database: database.name, as: 'owner' }))
    })
    await migrate({ session, known: loadMigrations() })
    expect(outputs).toMatchObject(lines.map(() => expected))
    await session.close()
    await database.connection.execute(
      'DROP TABLE logs, order_adjustments, order_items, order_refusals, orders, products, addresses, users, ' +
        'schema_migrations',
    )
  })
})

describe('a table that another process has just created', () => {
  it.each([
    ['while it goes on', true],
    ['and it has ended', false],
  ])('is not in the way of its migration: %s', async (_when, goesOn) => {
    const [reader, session] = await Promise.all([connect(database.target), connect(database.target)])
    onTestFinished(async () => void (await Promise.all([reader.close(), session.close()])))
    let finish = (): void => undefined
    const mayFinish = new Promise<void>((resolve) => (finish = resolve))
    let migrating: Promise<unknown> | undefined
    const startsToMigrate = (): Promise<void> =>
      new Promise((created) => {
        interfere(session, (statement) => {
          if (!statement.startsWith('CREATE TABLE products')) return undefined
          created()
          return mayFinish
        })
        migrating = migrate({ session, known: loadMigrations() })
      })
    const hasMigrated = async (): Promise<unknown> => {
      finish()
      return migrating
    }
    const rows = reader.rows.bind(reader)
    reader.rows = async (...statement: Parameters<Session['rows']>) => {
      // The reader has read that nothing is applied yet.
      if (statement[0].includes('information_schema.TABLES') && migrating === undefined) {
        await startsToMigrate()
        if (!goesOn) await hasMigrated()
      }
      return rows(...statement)
    }
    const asserting = assertSchema(reader, loadMigrations())
    if (goesOn)
      await expect(asserting).rejects.toMatchObject({
        code: 'MIGRATIONS_PENDING',
        message: expect.stringContaining('is migrating this database now'),
      })
    else expect(new Set((await asserting).map(({ state }) => state))).toEqual(new Set(['applied']))
    await hasMigrated()
    await session.execute(
      'DROP TABLE logs, order_adjustments, order_items, order_refusals, orders, products, addresses, users, ' +
        'schema_migrations',
    )
  })
})

describe('a schema that is not ours', () => {
  it('newer: neither used, nor migrated, nor rolled back', async () => {
    const { connection: session } = database
    await migrate({ session, known: folder() })
    const older = folder().slice(0, 2)
    expect(await statesOf(session, older)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 newer 3/3'])
    for (const attempt of [
      usable,
      (known: Migration[]) => migrate({ session, known }),
      (known: Migration[]) => rollback({ session, known }),
    ]) {
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
        message: 'migration 2 (titles) was changed after it had been applied: its checksum differs',
        hint: expect.stringContaining('a new migration'),
      })
    }
    await expect(rollback({ session, known: changed }, 1)).rejects.toMatchObject({
      message: 'cannot roll back migration 2 (titles): it was changed after it had been applied, its checksum differs',
      hint: expect.stringContaining('restore its file'),
    })
    expect(await statesOf(session, folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 applied 3/3'])
  })

  it('behind: migrations are pending', async () => {
    await expect(usable(folder())).rejects.toMatchObject({
      code: 'MIGRATIONS_PENDING',
      exitCode: 8,
      message: 'the database is not up to date: 3 migrations are pending',
      hint: 'run: dbtool db migrate',
    })
    await migrate({ session: database.connection, known: folder() }, 2)
    await expect(usable(folder())).rejects.toMatchObject({
      message: 'the database is not up to date: 1 migration is pending',
    })
  })
})
