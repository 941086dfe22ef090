import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { accountSql, parseAccount, quoted, quotedPattern } from '../../../src/db/privileges/accounts.ts'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Connection } from '../../../src/db/connection/connection.ts'
import { grant, showGrants } from '../../../src/db/privileges/grant.ts'
import { migrate, rollback } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../../src/db/migrations/migration-files.ts'
import { grantStatements, roles, type Role, type RoleName } from '../../../src/db/privileges/roles.ts'
import { defaultLimits, socketTarget } from '../../../src/db/target.ts'
import { InvalidValue } from '../../../src/errors.ts'
import { testDatabase } from '../../support/database.ts'
import { dropTables, folder } from '../migrations/migration-folder.ts'

const database = testDatabase()
const password = randomBytes(8).toString('hex')
const tag = randomBytes(4).toString('hex')
const role = (name: RoleName): Role => roles.find((one) => one.name === name)!

/** Made for one piece of work, which gets a way to log in; dropped after it. */
async function withAccount<T>(
  user: string,
  work: (logIn: (database?: string) => Promise<Connection>) => Promise<T>,
): Promise<T> {
  const sql = accountSql({ user, host: 'localhost' })
  const open: Connection[] = []
  await database.connection.execute(`CREATE USER ${sql} IDENTIFIED BY '${password}'`)
  try {
    return await work(async (name) => {
      const connection = await connect({ ...socketTarget(inject('socket'), user, name), password }, defaultLimits)
      open.push(connection)
      return connection
    })
  } finally {
    await Promise.all(open.map((connection) => connection.close()))
    await database.connection.execute(`DROP USER ${sql}`)
  }
}

const may = (connection: Connection, sql: string): Promise<boolean> =>
  connection.rows(sql).then(
    () => true,
    () => false,
  )

describe('names in GRANT, which binds nothing', () => {
  it.each([
    ['dbtool', '`dbtool`', '`dbtool`'],
    ['a_b', '`a_b`', '`a\\_b`'],
    ['100%', '`100%`', '`100\\%`'],
    ['a`b', '`a``b`', '`a``b`'],
    ['a\\b', '`a\\b`', '`a\\\\b`'],
    ["'; DROP", "`'; DROP`", "`'; DROP`"],
  ])('%s', (name, identifier, pattern) => {
    expect([quoted(name), quotedPattern(name)]).toEqual([identifier, pattern])
  })

  it.each(['_', '%', '\\', '`', "'", '"', '-- ', 'ü'])(
    'a database with %s in it is granted, and none of its neighbours',
    async (special) => {
      const [name, neighbour] = [`t${tag}${special}b`, `t${tag}xb`]
      for (const one of [name, neighbour]) {
        await database.connection.execute(`CREATE DATABASE ${quoted(one)}`)
        for (const table of ['users', 'orders'])
          await database.connection.execute(`CREATE TABLE ${quoted(one)}.${table} (id INT)`)
      }
      const onTable: Role = { name: 'reporter', purpose: '', grants: [{ privileges: 'SELECT', table: 'orders' }] }
      for (const [given, table] of [
        [role('app'), 'users'],
        [onTable, 'orders'],
      ] as const) {
        await withAccount(`t_${tag}`, async (logIn) => {
          const account = { user: `t_${tag}`, host: 'localhost' }
          await grant(database.connection, account, grantStatements(given, name, account))
          const connection = await logIn()
          expect([
            await may(connection, `SELECT id FROM ${quoted(name)}.${table}`),
            await may(connection, `SELECT id FROM ${quoted(neighbour)}.${table}`),
          ]).toEqual([true, false])
        })
      }
      for (const one of [name, neighbour]) await database.connection.execute(`DROP DATABASE ${quoted(one)}`)
    },
  )

  it.each(["o'brien", 'a`b', 'back\\slash', 'per%cent', 'at@home', 'x" -- ', '`@`%', 'müller'])(
    'a user called %s is granted, and nobody else',
    async (user) => {
      await withAccount(user, async (logIn) => {
        const account = { user, host: 'localhost' }
        await grant(database.connection, account, grantStatements(role('app'), database.name, account))
        expect(await may(await logIn(database.name), 'SELECT id FROM users')).toBe(true)
        expect((await showGrants(database.connection, account)).at(-1)).toBe(
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ${quotedPattern(database.name)}.* TO ${accountSql(account)}`,
        )
      })
    },
  )
})

describe('an account', () => {
  it.each([
    ['shop@localhost', { user: 'shop', host: 'localhost' }],
    ['shop@10.0.0.%', { user: 'shop', host: '10.0.0.%' }],
    ['a@b@::1', { user: 'a@b', host: '::1' }],
    ["o'brien@%", { user: "o'brien", host: '%' }],
  ])('%s', (text, account) => {
    expect(parseAccount(text)).toEqual(account)
  })

  it.each([
    '',
    'shop',
    'shop@',
    '@localhost',
    '@',
    `${'u'.repeat(129)}@h`,
    `u@${'h'.repeat(256)}`,
    'u@local host',
    'a\nb@h',
    'a\0b@h',
    'a\u202eb@h',
  ])('is not %j', (text) => {
    expect(() => parseAccount(text)).toThrow(InvalidValue)
  })

  it('that is not there is not made by a GRANT, not even while it is being dropped', async () => {
    const account = { user: `gone_${tag}`, host: 'localhost' }
    const statements = grantStatements(role('app'), database.name, account)
    const missing = {
      code: 'NOT_FOUND',
      message: `there is no account gone_${tag}@localhost on this server`,
      hint: `create it first, in a client: CREATE USER \`gone_${tag}\`@\`localhost\` IDENTIFIED BY '…'`,
    }
    await expect(grant(database.connection, account, statements)).rejects.toMatchObject(missing)
    const session = await connect(database.target)
    await session.execute(`CREATE USER ${accountSql(account)} IDENTIFIED BY '${password}'`)
    await expect(grant(session, account, [`DROP USER ${accountSql(account)}`, ...statements])).rejects.toMatchObject(
      missing,
    )
    await session.close()
    expect(await database.connection.rows('SELECT User FROM mysql.user WHERE User = ?', [account.user])).toEqual([])
  })
})

describe('the migrator', () => {
  const privileges = role('migrator').grants[0]!.privileges.split(', ')
  const bare = testDatabase({ migrated: false })

  /** What migrations do: make tables that refer to others, add columns and indexes; and all of it backwards. */
  async function upAndDown(allowed: readonly string[]): Promise<void> {
    await withAccount(`m_${tag}`, async (logIn) => {
      const account = { user: `m_${tag}`, host: 'localhost' }
      if (allowed.length > 0)
        await grant(
          bare.connection,
          account,
          grantStatements({ ...role('migrator'), grants: [{ privileges: allowed.join(', ') }] }, bare.name, account),
        )
      const session = await logIn(bare.name)
      for (const known of [loadMigrations(), folder()]) {
        await migrate({ session, known })
        await rollback({ session, known }, 0)
        await bare.connection.execute('DROP TABLE schema_migrations')
      }
    })
  }

  it('can do all that migrations do, up and down', async () => {
    await upAndDown(privileges)
  })

  it.each(privileges)('could not without %s', async (one) => {
    await expect(upAndDown(privileges.filter((other) => other !== one))).rejects.toMatchObject({
      code: expect.stringMatching(/ACCESS_DENIED|MIGRATION_HALF_RUN/),
      message: expect.stringMatching(/denied/),
    })
    await bare.connection.execute('SET foreign_key_checks = OFF')
    await dropTables(bare.connection)
  })
})

describe('the reporter', () => {
  const user = `r_${tag}`
  const account = { user, host: 'localhost' }
  let connection: Connection
  beforeAll(async () => {
    await database.connection.execute(`CREATE USER ${accountSql(account)} IDENTIFIED BY '${password}'`)
    await grant(database.connection, account, grantStatements(role('reporter'), database.name, account))
    connection = await connect({ ...socketTarget(inject('socket'), user, database.name), password })
  })
  afterAll(async () => {
    await connection.close()
    await database.connection.execute(`DROP USER ${accountSql(account)}`)
  })

  it('reads every column of every table but the password hash', async () => {
    const sql =
      'SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()'
    const columns = await database.connection.rows<{ t: string; c: string }>(sql)
    const closed: string[] = []
    for (const { t, c } of columns) if (!(await may(connection, `SELECT ${c} FROM ${t}`))) closed.push(`${t}.${c}`)
    expect(closed).toEqual(['users.password_hash'])
  })

  it('changes nothing', async () => {
    for (const sql of [
      'INSERT INTO logs (id) VALUES (1)',
      'UPDATE products SET stock = 1',
      'DELETE FROM users',
      'DROP TABLE logs',
      'CREATE TABLE more (id INT)',
    ]) {
      await expect(connection.execute(sql), sql).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
        hint: expect.stringMatching('dbtool db grants'),
      })
    }
  })
})
