import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { socketTarget } from '../../src/db/target.ts'
import { prepareDirectories } from '../../src/server/directories.ts'
import { installData } from '../../src/server/install.ts'
import { launch } from '../../src/server/launch.ts'
import { loginName } from '../../src/server/login.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { temporaryHome } from '../server/temporary-home.ts'
import { dbtool, type Situation } from '../support/cli.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/folder.ts'
import { everything, smallShop } from '../support/shop.ts'

/** A folder with mariadbd and mariadb-install-db of another version than the tests'. */
const otherPrograms = process.env['DBTOOL_TEST_OTHER_MARIADBD'] ?? ''
const here = testDatabase()
const back = testDatabase({ migrated: false })
const cwd = temporaryFolder()
const { PATH = '' } = process.env
beforeAll(() => smallShop(here.name))

/** A shop database on a server of the other version, until the test ends. */
async function otherServer(): Promise<{ database: Pick<TestDatabase, 'connection'>; env: Record<string, string> }> {
  const paths = temporaryHome()
  const [programs, user] = [findPrograms({ DBTOOL_MARIADBD: otherPrograms }), prepareDirectories(paths)]
  await installData({ paths, programs, user })
  await launch({ paths, programs, user, port: undefined })
  const connection = await connect(socketTarget(paths.socket, loginName()))
  onTestFinished(() => connection.close())
  await connection.execute('CREATE DATABASE there CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
  await connection.execute('USE there')
  return { database: { connection }, env: { PATH, DB_SOCKET: paths.socket, DB_USER: loginName(), DB_PASSWORD: '' } }
}

const versionOf = async ({ connection }: Pick<TestDatabase, 'connection'>): Promise<unknown> =>
  (await connection.rows('SELECT VERSION() AS version'))[0]

describe.skipIf(otherPrograms === '')('a dump (needs DBTOOL_TEST_OTHER_MARIADBD)', { timeout: 120_000 }, () => {
  it('is restored into a server of another version, and comes back from there', async () => {
    const { connection } = here
    for (const sql of [
      `CREATE TABLE extra (id INT PRIMARY KEY, raw BLOB, at DATETIME(6), place INET6, key_ UUID, doc JSON,
        made INT AS (id + 1))`,
      "INSERT INTO extra (id, raw, at, place, key_, doc) VALUES (1, x'00FF27', NOW(6), '::1', UUID(), '{\"a\": 1}')",
      'CREATE VIEW twice AS SELECT id, id * 2 AS twice FROM extra',
      'CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 10 MAXVALUE 100000',
      'CREATE TRIGGER keep BEFORE INSERT ON extra FOR EACH ROW SET NEW.raw = NULL',
      'CREATE FUNCTION three() RETURNS INT DETERMINISTIC RETURN 3',
    ])
      await connection.rows(sql)
    const other = await otherServer()
    expect(await versionOf(other.database)).not.toEqual(await versionOf(here))
    const typed = async (line: string, where: Situation): Promise<void> => {
      const { exitCode, stderr } = await dbtool(line, { as: 'owner', cwd, ...where })
      expect([line, exitCode, stderr]).toEqual([line, 0, expect.stringMatching(/^(?:\S+ is from version .*\n)?✔ /)])
    }
    // The files of one series do not fit the programs of another.
    const physical = await dbtool('db dump --physical server.mb --json', { database: 'there', env: other.env, cwd })
    expect([physical.exitCode, physical.error]).toMatchObject([
      1,
      {
        code: 'CLIENT_FAILED',
        message: expect.stringMatching(/^mariadb-backup (?:\S+ cannot copy a server|is not installed)/),
      },
    ])
    await typed('db dump one.sql.gz', { database: here.name, env: { PATH } })
    await typed('db restore one.sql.gz', { database: 'there', env: other.env })
    expect(await everything(other.database)).toEqual(await everything(here))
    await typed('db dump two.sql.gz', { database: 'there', env: other.env })
    await typed('db restore two.sql.gz', { database: back.name, env: { PATH } })
    expect(await everything(back)).toEqual(await everything(here))
    expect(await back.connection.rows('SELECT three() AS three, NEXTVAL(numbers) AS number')).toEqual([
      { three: 3, number: 100 },
    ])
  })
})
