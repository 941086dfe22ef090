import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { driver } from '../../../src/db/connection/driver.ts'
import { translate } from '../../../src/db/failures.ts'
import { addressOf, describeTarget, type Target } from '../../../src/db/target.ts'
import { testDatabase } from '../../support/database.ts'
import { expectFailure, password } from '../expect-failure.ts'

const database = testDatabase({ migrated: false })
const guest = `guest_${process.pid}`
const asGuest = (changes: Partial<Target> = {}): Target => ({ ...database.target, user: guest, password, ...changes })

beforeAll(async () => {
  await database.connection.execute(
    `CREATE USER '${guest}'@'localhost' IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 1`,
  )
  await database.connection.execute(`GRANT SELECT ON ${database.name}.* TO '${guest}'@'localhost'`)
})
afterAll(() => database.connection.execute(`DROP USER '${guest}'@'localhost'`))

describe('connecting', () => {
  it('with a password, and saying good-bye', async () => {
    const db = await connect(asGuest())
    expect(await db.rows('SELECT CURRENT_USER() AS user')).toEqual([{ user: `${guest}@localhost` }])
    await db.close()
    expect(db.usable).toBe(false)
    await db.close()
  })

  it('to a socket that is not there', async () => {
    await expectFailure(connect(asGuest({ socket: '/nowhere/mariadb.sock' })), {
      code: 'UNREACHABLE',
      exitCode: 4,
      message: 'cannot reach MariaDB at /nowhere/mariadb.sock (ENOENT)',
      hint: 'dbtool server status',
    })
  })

  it('with a wrong password', async () => {
    await expectFailure(connect(asGuest({ password: `${password}!` })), {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: `refused user '${guest}': Access denied`,
      hint: /--user.*DB_PASSWORD/,
    })
  })

  it('to a database that does not exist', async () => {
    const target = { ...database.target, database: 'no_such_shop' }
    await expectFailure(connect(target), {
      code: 'UNKNOWN_DATABASE',
      exitCode: 4,
      message: "there is no database 'no_such_shop' on /",
      hint: /CREATE DATABASE `no_such_shop`.*--database/,
    })
  })

  it('to a database that the user may not see', async () => {
    await expectFailure(connect(asGuest({ database: 'mysql' })), {
      code: 'ACCESS_DENIED',
      exitCode: 4,
      message: /Access denied .* to database 'mysql'/,
      hint: '--user',
    })
  })

  it('when the server accepts no more connections', async () => {
    const first = await connect(asGuest())
    await expectFailure(connect(asGuest()), {
      code: 'UNREACHABLE',
      exitCode: 4,
      message: /reached a limit of its own at .*max_user_connections/,
      hint: /smaller pool, .*MAX_USER_CONNECTIONS/,
    })
    await first.close()
  })

  it('with a certificate that cannot be read', async () => {
    const target = {
      ...asGuest({ socket: undefined, host: '127.0.0.1', port: 1 }),
      ssl: { mode: 'verify-ca', ca: '/nowhere/ca.pem' },
    } as const
    await expectFailure(connect(target), {
      code: 'BAD_CONFIG',
      exitCode: 2,
      message: "'/nowhere/ca.pem'",
      hint: '--ssl-ca',
    })
  })

  it('to a MySQL, which has no max_statement_time', async () => {
    // The same error from a MariaDB: it has no max_execution_time.
    const { target } = database
    const refused = driver().createConnection({
      socketPath: target.socket ?? '',
      user: target.user,
      initSql: 'SET max_execution_time = 1',
    })
    await expectFailure(
      refused.catch((error: unknown) => Promise.reject(translate(error, asGuest()))),
      {
        code: 'NOT_MARIADB',
        exitCode: 4,
        message: /is not a MariaDB server: Unknown system variable 'max_execution_time'$/,
        hint: 'MariaDB 10.6',
      },
    )
  })
})

describe('an address in a message', () => {
  it.each([
    [{ host: 'db.example.com', port: 3306 }, 'db.example.com:3306', 'ada@db.example.com:3306/shop'],
    [{ host: '::1', port: 3307 }, '[::1]:3307', 'ada@[::1]:3307/shop'],
    [{ socket: '/run/db.sock' }, '/run/db.sock', 'ada@/run/db.sock/shop'],
  ])('%o', (where, address, description) => {
    const target = {
      host: 'localhost',
      port: 3306,
      socket: undefined,
      user: 'ada',
      password,
      database: 'shop',
      ssl: { mode: 'disabled' },
      ...where,
    } as const
    expect([addressOf(target), describeTarget(target)]).toEqual([address, description])
  })
})
