import { describe, expect, it } from 'vitest'
import { tasks, type Difference, type DriverFigures } from '../../src/stress/drivers.ts'
import { accountSql } from '../../src/db/privileges/accounts.ts'
import { grant } from '../../src/db/privileges/grant.ts'
import { grantStatements, roles } from '../../src/db/privileges/roles.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'

describe('bench drivers', () => {
  const database = testDatabase()

  it('measures every task with every installed driver, and shows the JavaScript values', async () => {
    const { exitCode, json } = await dbtool('bench drivers --rounds 1 --duration 50ms --json', {
      database: database.name,
      as: 'owner',
    })
    const { figures, values, missing, ...versions } = json<{
      figures: DriverFigures[]
      values: Difference[]
      missing: string[]
    }>()
    expect([exitCode, missing, Object.keys(versions)]).toEqual([0, [], ['mariadb', 'mysql2']])
    expect(figures.map(({ task, driver }) => [task, driver])).toEqual(
      tasks.flatMap(({ name }) => [
        [name, 'mariadb'],
        [name, 'mysql2'],
      ]),
    )
    for (const { task, driver, per_second, cpu_us } of figures)
      expect([per_second > 0, cpu_us > 0], `${task} ${driver}`).toEqual([true, true])
    const becomes = (value: string): (string | undefined)[] =>
      ['mariadb', 'mysql2'].map(
        (name) => values.find((found) => found.value === value && found.driver === name)?.becomes,
      )
    expect(becomes('BIGINT 2^53 + 1')).toEqual(['bigint 9007199254740993', 'number 9007199254740992'])
    expect(becomes('DECIMAL 1.10')).toEqual(['string "1.10"', 'string "1.10"'])
    expect(becomes('COUNT(*)')).toEqual(['bigint 1', 'number 1'])
  })

  it('leaves nothing behind', async () => {
    expect(
      await database.connection.rows(
        `SELECT table_name FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name LIKE '%bench%'`,
      ),
    ).toEqual([])
  })

  it('needs no more than a role of db grants, encrypts as --ssl-mode says, and follows no redirect', async () => {
    const account = { user: `bench_${process.pid}`, host: 'localhost' }
    const password = 'a password'
    await database.connection.execute(`CREATE USER ${accountSql(account)} IDENTIFIED BY '${password}'`)
    const bench = roles.filter(({ name }) => name === 'bench')
    await grant(
      database.connection,
      account,
      bench.flatMap((role) => grantStatements(role, database.name, account)),
    )
    const line = 'bench drivers --rounds 1 --duration 20ms --json'
    const as = { database: database.name, env: { DB_USER: account.user, DB_PASSWORD: password } }
    expect(await dbtool(line, as)).toMatchObject({ exitCode: 0 })
    expect(await dbtool(`${line} --ssl-mode required`, as)).toMatchObject({
      exitCode: 4,
      error: { code: 'TLS_FAILED' },
    })
    await database.connection.execute(`ALTER USER ${accountSql(account)} WITH MAX_CONNECTIONS_PER_HOUR 1`)
    await database.connection.execute('FLUSH USER_RESOURCES')
    expect(await dbtool(line, as)).toMatchObject({
      exitCode: 4,
      error: { code: 'UNREACHABLE', message: expect.stringContaining('max_connections_per_hour') as string },
    })
    await database.connection.execute(`DROP USER ${accountSql(account)}`)
  })

  it('reports a missing privilege at once', async () => {
    expect(await dbtool('bench drivers --json', { database: database.name })).toMatchObject({
      exitCode: 4,
      stdout: '',
      error: { code: 'ACCESS_DENIED', message: expect.stringContaining('dbtool_app') as string },
    })
  })

  it('reports a wrong address at once', async () => {
    expect(await dbtool('bench drivers --json', { env: { DB_HOST: '127.0.0.1', DB_PORT: '1' } })).toMatchObject({
      exitCode: 4,
      stdout: '',
      error: { code: 'UNREACHABLE' },
    })
  })
})
