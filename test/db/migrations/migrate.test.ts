import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { migrate, pendingSteps, rollback, rollbackSteps, type Step } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations, type Migration } from '../../../src/db/migrations/migration-files.ts'
import { appliedMigrations } from '../../../src/db/migrations/schema-state.ts'
import { dbtool } from '../../support/cli.ts'
import { testDatabase } from '../../support/database.ts'
import { terminal } from '../../support/terminal.ts'
import { dropTables, folder, interfere, statesOf, tablesOf } from './migration-folder.ts'

const database = testDatabase({ migrated: false })
const tables = (): Promise<string[]> => tablesOf(database.connection)
const states = (known: Migration[]): Promise<string[]> => statesOf(database.connection, known)
const versions = (steps: Step[]): string[] => steps.map(({ version, direction }) => `${direction} ${version}`)

async function another(): Promise<Connection> {
  const session = await connect(database.target)
  onTestFinished(() => session.close())
  return session
}

/** Rolls back dbtool's own migrations, whose tables `dropTables` does not know. */
const emptied = async (): Promise<void> => {
  await rollback({ session: database.connection, known: loadMigrations() }, 0)
}

beforeEach(() => dropTables(database.connection))

describe('migrating', () => {
  it('applies what is pending in order, reports each step, and does nothing the second time', async () => {
    const [session, known, reported] = [database.connection, folder(), [] as Step[]]
    expect(await states(known)).toEqual(['1 pending 0/2', '2 pending 0/1', '3 pending 0/3'])
    expect(await migrate({ session, known, onStep: (step) => reported.push(step) })).toEqual(reported)
    expect(reported).toEqual([
      { version: 1, name: 'books', direction: 'up' },
      { version: 2, name: 'titles', direction: 'up' },
      { version: 3, name: 'shelves', direction: 'up' },
    ])
    expect(await tables()).toEqual(['authors', 'books', 'floors', 'schema_migrations', 'shelves'])
    expect(await states(known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 applied 3/3'])
    expect(await migrate({ session, known })).toEqual([])
    const applied = await appliedMigrations(session)
    expect(applied.every(({ finished_at }) => Math.abs(Date.now() - (finished_at?.getTime() ?? 0)) < 60_000)).toBe(true)
  })

  it('applies and rolls back to the given version', async () => {
    const [session, known] = [database.connection, folder()]
    expect(versions(await pendingSteps({ session, known }, 2))).toEqual(['up 1', 'up 2'])
    expect(await tables()).toEqual([])
    expect(versions(await migrate({ session, known }, 2))).toEqual(['up 1', 'up 2'])
    expect(versions(await migrate({ session, known }))).toEqual(['up 3'])
    expect(versions(await rollbackSteps({ session, known }, 1))).toEqual(['down 3', 'down 2'])
    expect(versions(await rollback({ session, known }))).toEqual(['down 3'])
    expect(await states(known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
    expect(versions(await rollback({ session, known }, 0))).toEqual(['down 2', 'down 1'])
    expect(await tables()).toEqual(['schema_migrations'])
    expect(await rollback({ session, known })).toEqual([])
    await expect(migrate({ session, known }, 4)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      message: 'there is no migration 4: the last one is 3',
    })
    await expect(rollback({ session, known }, 4)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('by several processes at once is done by one; the others wait and find it done', async () => {
    const known = folder()
    const sessions = await Promise.all([another(), another(), another()])
    const applied = await Promise.all(sessions.map((session) => migrate({ session, known })))
    expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, 3])
    expect(await states(known)).toEqual(['1 applied 2/2', '2 applied 1/1', '3 applied 3/3'])
  })

  it('does not wait for one of another database', async () => {
    const [gate, other] = [`gate_${database.name}`, `${database.name}_too`]
    const holder = await another()
    const [me] = await holder.rows<{ id: number }>('SELECT CONNECTION_ID() AS id')
    const known = folder({
      '0001_books.up.sql':
        `DO IF(CONNECTION_ID() = ${me!.id}, GET_LOCK('${gate}', 60), 0);\n` +
        'CREATE TABLE books (id INT PRIMARY KEY);\n',
    })
    const keeper = await another()
    await keeper.rows('SELECT GET_LOCK(?, 0)', [gate])
    await holder.execute(`CREATE DATABASE ${other}`)
    await holder.execute(`USE ${other}`)
    const held = migrate({ session: holder, known })
    while (
      (
        await keeper.rows('SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ? AND STATE = ?', [
          me!.id,
          'User lock',
        ])
      ).length === 0
    )
      await sleep(5)
    expect(await migrate({ session: database.connection, known })).toHaveLength(3)
    await keeper.rows('SELECT RELEASE_LOCK(?)', [gate])
    expect(await held).toHaveLength(3)
    await keeper.execute(`DROP DATABASE ${other}`)
  })
})

describe('on a terminal', () => {
  it.each([
    ['db migrate', ...loadMigrations().map(({ version, name }) => `✔ applied migration ${version} (${name})`)],
    [
      'db rollback --to 0 --yes',
      ...loadMigrations()
        .reverse()
        .map(({ version, name }) => `✔ rolled back migration ${version} (${name})`),
    ],
  ])('%s names each step once', async (line, ...lines) => {
    onTestFinished(emptied)
    if (line !== 'db migrate') await migrate({ session: database.connection, known: loadMigrations() })
    const tty = terminal(line.split(' '), database.name, { columns: 80, as: 'owner' })
    expect(await tty.ended()).toBe(0)
    expect(tty.screen.split('\n').slice(0, lines.length + 1)).toEqual([
      ...lines,
      line === 'db migrate' ? expect.stringMatching(/^next: /) : '',
    ])
  })
})

it('db status on a narrow terminal omits the numbers of steps rather than cut everything', async () => {
  onTestFinished(emptied)
  await migrate({ session: database.connection, known: loadMigrations() })
  const { stdout, stderr } = await dbtool('db status', { database: database.name, columns: 60 })
  expect(stdout).toMatch(/│ +1 │ shop +│ applied │/)
  expect(stderr).toContain('the terminal is too narrow for steps_done and steps;\n--fields shows them\n')
})

describe("somebody else's tables", () => {
  const make = async (table: string): Promise<void> => {
    await database.connection.execute(`CREATE TABLE ${table} (whose VARCHAR(10))`)
    await database.connection.execute(`INSERT INTO ${table} VALUES ('theirs')`)
  }
  const survives = async (table: string): Promise<void> =>
    expect(await database.connection.rows(`SELECT * FROM ${table}`)).toEqual([{ whose: 'theirs' }])

  it.each(['users', 'products', 'logs'])(
    '%s: the migration is refused before it starts, and there is nothing to roll back',
    async (table) => {
      await make(table)
      for (const line of ['db migrate --dry-run', 'db migrate']) {
        expect(await dbtool(`${line} --json`, { database: database.name })).toMatchObject({
          exitCode: 6,
          error: {
            code: 'DUPLICATE',
            message: `migration 1 (shop) cannot create a table that already exists: ${table}`,
            hint: expect.stringContaining('another database'),
          },
        })
      }
      expect(await tables()).toEqual([table])
      expect(await dbtool('db rollback --to 0 --yes', { database: database.name })).toMatchObject({ exitCode: 0 })
      await survives(table)
    },
  )

  it('with a foreign key of the same name: the migration is refused before it starts', async () => {
    const { connection, name } = database
    await connection.execute('CREATE TABLE parent (id INT PRIMARY KEY)')
    await connection.execute(
      'CREATE TABLE child (parent_id INT, CONSTRAINT fk_order_user FOREIGN KEY (parent_id) REFERENCES parent (id))',
    )
    expect((await dbtool('db migrate --json', { database: name })).error).toMatchObject({
      code: 'DUPLICATE',
      message: 'migration 1 (shop) cannot create a foreign key that already exists: fk_order_user of the table child',
      hint: expect.stringContaining('use another database, or rename them'),
    })
    expect(await tables()).toEqual(['child', 'parent'])
  })

  it('are all named, views too; a later migration is refused as well, and those before it stay', async () => {
    const { connection: session } = database
    await session.execute('CREATE VIEW shelves AS SELECT 1 AS whose')
    await make('floors')
    const message = 'migration 3 (shelves) cannot create tables that already exist: shelves, floors'
    await expect(migrate({ session, known: folder() })).rejects.toMatchObject({ message })
    await session.execute('DROP VIEW shelves')
    expect(await states(folder())).toEqual(['1 applied 2/2', '2 applied 1/1', '3 pending 0/3'])
    await rollback({ session, known: folder() }, 0)
    await survives('floors')
  })

  it('that come while it runs stay when it is taken back', async () => {
    const [session, known] = [await another(), folder()]
    interfere(session, (sql) => (sql.startsWith('CREATE TABLE floors') ? make('floors') : undefined))
    await expect(migrate({ session, known })).rejects.toMatchObject({ code: 'MIGRATION_HALF_RUN' })
    expect((await states(known))[2]).toBe('3 half-run 1/3')
    await rollback({ session, known }, 0)
    expect(await tables()).toEqual(['floors', 'schema_migrations'])
    await survives('floors')
  })

  it('do not become ours by being called schema_migrations', async () => {
    await make('schema_migrations')
    for (const line of ['db migrate', 'db rollback --to 0 --yes', 'db status', 'users list'])
      expect(await dbtool(`${line} --json`, { database: database.name }), line).toMatchObject({
        exitCode: 6,
        error: { code: 'DUPLICATE' },
      })
    expect(await tables()).toEqual(['schema_migrations'])
    await survives('schema_migrations')
  })

  it('a rollback says beforehand which statements it will run', async () => {
    const { connection: session, name } = database
    await migrate({ session, known: loadMigrations() })
    expect((await dbtool('db rollback --to 0 -n', { database: name })).stderr).toContain(
      'would run: DROP TABLE IF EXISTS logs\nwould run: DROP TABLE IF EXISTS order_items\n',
    )
    await session.execute('DELETE FROM schema_migrations WHERE version > 1')
    await session.execute('UPDATE schema_migrations SET finished_at = NULL, steps_started = 2, steps_done = 1')
    const statements = ['DROP TABLE IF EXISTS addresses', 'DROP TABLE IF EXISTS users']
    expect((await dbtool('db rollback -n --json', { database: name })).json()).toEqual([
      { version: 1, name: 'shop', direction: 'down', statements },
    ])
    expect((await dbtool('db rollback --json', { database: name })).error.message).toContain(
      'Roll back migration 1 (shop, 2 of its 6 statements), with all data in it? On ',
    )
    await session.execute(
      'DROP TABLE logs, order_adjustments, order_items, order_refusals, orders, products, addresses, users, ' +
        'schema_migrations',
    )
  })
})
