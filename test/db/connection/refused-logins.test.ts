import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import type { Target } from '../../../src/db/target.ts'
import { withSession } from '../../../src/server/session.ts'
import { startServer } from '../../../src/server/start.ts'
import { furnishedHome } from '../../server/temporary-home.ts'
import { testDatabase } from '../../support/database.ts'
import { testServer } from '../../support/tls-server.ts'
import { expectFailure, password } from '../expect-failure.ts'

const database = testDatabase({ migrated: false })
const account = (name: string): string => `${name}_${process.pid}`
const as = (name: string): Target => ({ ...database.target, user: account(name), password, database: undefined })
/** The server lets an expired password in, and rejects the first statement. */
const statementAs = async (name: string): Promise<unknown> => (await connect(as(name))).rows('SELECT 1')

const accounts: Readonly<Record<string, string>> = {
  locked: 'ACCOUNT LOCK',
  expired: 'PASSWORD EXPIRE',
  encrypted: 'REQUIRE SSL',
  certified: 'REQUIRE X509',
  connections: 'WITH MAX_CONNECTIONS_PER_HOUR 1',
  queries: 'WITH MAX_QUERIES_PER_HOUR 4',
  parallel: 'WITH MAX_USER_CONNECTIONS 1',
  plain: '',
}

beforeAll(async () => {
  for (const [name, clause] of Object.entries(accounts))
    await database.connection.execute(
      `CREATE USER '${account(name)}'@'localhost' IDENTIFIED BY '${password}' ${clause}`,
    )
})
afterAll(async () => {
  for (const name of Object.keys(accounts))
    await database.connection.execute(`DROP USER '${account(name)}'@'localhost'`)
})

const denied = { code: 'ACCESS_DENIED', exitCode: 4 }
const limited = { code: 'UNREACHABLE', exitCode: 4 }

describe('a login is refused', () => {
  it('by a locked account', () =>
    expectFailure(connect(as('locked')), {
      ...denied,
      message: 'the account is locked',
      hint: `ALTER USER '${account('locked')}'@'…' ACCOUNT UNLOCK`,
    }))

  it('by an expired password', () =>
    expectFailure(statementAs('expired'), {
      ...denied,
      message: 'its password has expired',
      hint: `ALTER USER '${account('expired')}'@'…' IDENTIFIED BY`,
    }))

  it('by an account of another operating-system user', async () => {
    const name = account('socket')
    await database.connection.execute(`CREATE USER '${name}'@'localhost' IDENTIFIED VIA unix_socket`)
    onTestFinished(() => database.connection.execute(`DROP USER '${name}'@'localhost'`).then(() => undefined))
    await expectFailure(connect(as('socket')), {
      ...denied,
      message: 'Access denied',
      hint: `'${name}' may log in over the socket only, as the operating-system user of that name; run it as that user`,
    })
  })

  it('by a server without names of hosts, to an account of localhost', async () => {
    const { port, paths } = await testServer({ tls: false, more: ['--skip-name-resolve'] })
    await withSession(paths, (db) => db.execute(`CREATE USER 'ada'@'localhost' IDENTIFIED BY '${password}'`))
    const target = { ...as('plain'), user: 'ada', socket: undefined, host: '127.0.0.1', port }
    const hint = "; an account of 'localhost' may need --socket"
    await expectFailure(connect(target), { ...denied, message: "Host '127.0.0.1' is not allowed", hint })
    await withSession(paths, (db) => db.execute("CREATE USER 'bob'@'%'"))
    await expectFailure(connect(target), { ...denied, message: "'ada'@'127.0.0.1'", hint })
    await (await connect({ ...target, socket: paths.socket })).close()
  })

  it('by an account that demands TLS, or a client certificate', async () => {
    const [server] = await database.connection.rows<{ tls: string }>('SELECT @@have_ssl AS tls')
    const hint = server?.tls === 'YES' ? 'demand --ssl-mode required' : 'sets ssl_cert and ssl_key of the server'
    for (const name of ['encrypted', 'certified'])
      await expectFailure(connect(as(name)), { ...denied, message: 'Access denied', hint })
  })

  it('by an account that demands TLS, on a server without it', { timeout: 120_000 }, async () => {
    const { paths, port } = await testServer({ tls: false })
    await withSession(paths, async (db) => {
      await db.execute(`CREATE USER 'ada'@'%' IDENTIFIED BY '${password}' REQUIRE SSL`)
    })
    const target = { ...as('plain'), user: 'ada', socket: undefined, host: '127.0.0.1', port }
    for (const mode of ['disabled', 'preferred'] as const)
      await expectFailure(connect({ ...target, ssl: { mode } }), {
        ...denied,
        message: "Access denied for user 'ada'",
        hint: /; the account may also require TLS, for which an administrator sets ssl_cert and ssl_key of the server/,
      })
    await expectFailure(connect({ ...target, ssl: { mode: 'required' } }), {
      code: 'TLS_FAILED',
      exitCode: 4,
      message: 'no encrypted connection',
      hint: /^an administrator sets ssl_cert and ssl_key of the server; or choose another --ssl-mode$/,
    })
  })

  it('by too many connections in an hour', async () => {
    await (await connect(as('connections'))).close()
    await expectFailure(connect(as('connections')), {
      ...limited,
      message: /reached a limit of its own at .*max_connections_per_hour/,
      hint: /up to an hour.*'@'…' WITH MAX_CONNECTIONS_PER_HOUR/,
    })
  })

  it('by too many queries in an hour, also while it is connected', async () => {
    const tooMany = {
      ...limited,
      message: /reached a limit of its own at .*max_quer/,
      hint: /up to an hour.*MAX_QUERIES_PER_HOUR/,
    }
    const db = await connect(as('queries'))
    onTestFinished(() => db.close())
    await expectFailure(
      (async () => {
        for (;;) await db.rows('SELECT 1')
      })(),
      tooMany,
    )
    await expectFailure(connect(as('queries')), tooMany)
  })

  it('by too many connections at once', async () => {
    const db = await connect(as('parallel'))
    onTestFinished(() => db.close())
    await expectFailure(connect(as('parallel')), {
      ...limited,
      message: /reached a limit of its own at .*max_user_connections/,
      hint: /smaller pool, .*MAX_USER_CONNECTIONS/,
    })
  })
})

describe('a server is set up so that nobody can work', { timeout: 120_000 }, () => {
  it('by init_connect, in the words of the server', async () => {
    const paths = furnishedHome()
    await startServer(paths)
    await withSession(paths, async (db) => {
      await db.execute(`CREATE USER 'ada'@'localhost' IDENTIFIED BY '${password}'`)
      await db.execute("SET GLOBAL init_connect = 'SELECT nonsense'")
    })
    for (let attempt = 1; attempt <= 10; attempt += 1)
      await expectFailure(connect({ ...as('ada'), user: 'ada', socket: paths.socket }), {
        ...denied,
        message: /init_connect of the server .* fails: Aborted connection .* user: 'ada' .*init_connect command failed/,
        hint: 'SET GLOBAL init_connect',
      })
  })

  it('by --skip-grant-tables, under which nobody has an account', async () => {
    const { paths } = await testServer({ tls: false, more: ['--skip-grant-tables'] })
    const db = await connect({ ...as('nobody'), user: 'nobody', socket: paths.socket })
    onTestFinished(() => db.close())
    await expectFailure(db.execute("CREATE USER 'ada'@'%'"), {
      ...denied,
      message: 'runs with --skip-grant-tables, which switches its accounts off',
      hint: 'FLUSH PRIVILEGES',
    })
  })
})
