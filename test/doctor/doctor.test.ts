import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checks } from '../../src/doctor/catalog.ts'
import { dbtool } from '../support/cli.ts'
import { testDatabase } from '../support/database.ts'
import { everything, smallShop } from '../support/shop.ts'
import { behind, examine } from './examine.ts'

const shop = testDatabase()
const empty = testDatabase({ migrated: false })
const account = (what: string): string => `${what}_${randomBytes(4).toString('hex')}`
const [buyer, reader, owner] = [account('buyer'), account('reader'), account('owner')]
const password = 'Correct-horse-1'
/** Some checks concern only the nodes of a cluster, or an address of the network. */
const elsewhere: readonly string[] = ['quorum', 'failure-detection', 'appliers', 'writers', 'proxy']
const names = checks.map(({ name }) => name).filter((name) => !elsewhere.includes(name))

beforeAll(async () => {
  await smallShop(shop.name)
  const { connection, name } = shop
  for (const user of [buyer, reader, owner])
    await connection.execute(`CREATE USER '${user}'@'localhost' IDENTIFIED BY '${password}'`)
  await connection.execute(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${name}.* TO '${buyer}'@'localhost'`)
  await connection.execute(`GRANT SELECT ON ${name}.users TO '${reader}'@'localhost'`)
  await connection.execute(`GRANT ALL ON ${name}.* TO '${owner}'@'localhost'`)
  await connection.execute(`GRANT PROCESS ON *.* TO '${owner}'@'localhost'`)
})
afterAll(async () => {
  for (const user of [buyer, reader, owner]) await shop.connection.execute(`DROP USER '${user}'@'localhost'`)
})

const as = (user: string) => ({ database: shop.name, env: { DB_USER: user, DB_PASSWORD: password } })

describe('a healthy shop', () => {
  it('has no faults and no warnings, and doctor changes nothing', async () => {
    const before = await everything(shop)
    const { outcome, findings } = await examine({ database: shop.name })
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(names)
    expect(Object.keys(findings[0]!)).toEqual(['group', 'status', 'check', 'found', 'fix'])
    expect(await everything(shop)).toEqual(before)
  })

  it('is one line, and all checks with --all', async () => {
    const { exitCode, stdout, stderr } = await dbtool('doctor', { database: shop.name })
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toMatch(/^\d+ checks passed\n✔ no faults\n$/)
    expect((await dbtool('doctor --all', { database: shop.name })).stdout).toContain('Configuration')
  })

  it('is printed as a table that cuts nothing, at any width', async () => {
    for (const columns of [80, 120]) {
      const { exitCode, stdout, stderr } = await dbtool('doctor --all --color never', { database: shop.name, columns })
      expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^\d+ checks passed\n✔ no faults\n$/)])
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
      expect(stdout).not.toContain('…')
      expect(stdout).toMatch(/^│ status │ check +│ found +│$/m)
      for (const group of ['Configuration', 'Reaching it', 'The shop', 'This tool'])
        expect(stdout).toMatch(new RegExp(`^│ ${group} +│$`, 'm'))
      expect(stdout).toMatch(/^│ ✔ +│ version +│ MariaDB /m)
    }
  })

  it('has an account with just enough', async () => {
    const { outcome, named } = await examine(as(buyer))
    expect([outcome.exitCode, named('fault'), named('warning'), named('skipped')]).toEqual([0, [], [], []])
  })

  it('is a list in every format, with signs only in the table', async () => {
    const { stdout } = await dbtool('doctor --format csv', { database: shop.name })
    expect(stdout.split('\n')[0]).toBe('group,status,check,found,fix')
    expect(stdout).toMatch(/^Server,ok,time-zone,"?UTC in dbtool's sessions/m)
    expect((await dbtool('doctor --format ids', { database: shop.name })).stdout.trim().split('\n')).toEqual(names)
    expect((await dbtool('doctor --all --color always', { database: shop.name })).stdout).toContain(
      '\u001b[32m✔\u001b[39m',
    )
  })
})

describe('privileges', () => {
  it('that are missing are named, and checks without access are skipped', async () => {
    const { outcome, named, of } = await examine(as(reader))
    const found = new RegExp(
      `^${reader}@localhost lacks in '${shop.name}': ` +
        'SELECT on schema_migrations, addresses, .*; INSERT; UPDATE; DELETE$',
    )
    expect(of('needed-privileges')).toEqual({
      status: 'fault',
      found: expect.stringMatching(found),
      fix: `dbtool db grants --for ${reader}@localhost --apply`,
    })
    expect(of('migrations').found).toMatch(/^skipped \(SELECT command denied to user/)
    expect(of('stock-ledger').found).toBe('skipped (the state of the schema is unknown)')
    expect(named('fault')).toEqual(['needed-privileges'])
    expect(outcome.exitCode).toBe(1)
  })

  it('beyond the needed ones are a warning: exit 0', async () => {
    const { outcome, named, of } = await examine(as(owner))
    expect(of('excess-privileges')).toMatchObject({
      status: 'warning',
      found: `${owner}@localhost has more privileges than the application needs: PROCESS on *.*; ALL on ${shop.name}.*`,
    })
    expect([outcome.exitCode, named('warning'), named('fault')]).toEqual([0, ['excess-privileges'], []])
    const printed = await dbtool('doctor', as(owner))
    expect(printed.stderr).toMatch(/^\d+ checks passed\nwarning: risks: excess-privileges\n✔ no faults\n$/)
    expect(printed.stdout).toContain('excess-privileges')
    expect(printed.stdout).not.toMatch(/✔/)
  })

  it('after a failed login, the checks that need it are one line', async () => {
    const { exitCode, stdout, stderr } = await dbtool('doctor', {
      database: shop.name,
      env: { DB_USER: 'nobody_here', DB_PASSWORD: 'x' },
    })
    expect([exitCode, stdout.match(/✖/g)?.length]).toEqual([1, 1])
    expect(stderr).toMatch(/^\d+ checks passed\n\d+ checks skipped \(login failed\)\nerror: faults: log-in\n/)
  })
})

describe('schema and shop', () => {
  it('without its schema', async () => {
    const { outcome, named, of } = await examine({ database: empty.name })
    expect(of('migrations')).toEqual({
      status: 'fault',
      found: expect.stringMatching(/^the database is not up to date: \d+ migrations? (is|are) pending$/),
      fix: 'dbtool db migrate',
    })
    expect(named('skipped')).toEqual(behind('tables'))
    expect(outcome.exitCode).toBe(1)
  })

  it('with a table schema_migrations of another tool', async () => {
    await empty.connection.execute('CREATE TABLE schema_migrations (id INT)')
    expect((await examine({ database: empty.name })).of('migrations')).toMatchObject({
      status: 'fault',
      found: expect.stringMatching(/^the table schema_migrations belongs to another tool/),
    })
  })

  it('with tables of another engine and character set', async () => {
    await shop.connection.execute('ALTER TABLE logs ENGINE = Aria, DEFAULT CHARACTER SET latin1')
    const { findings } = await examine({ database: shop.name })
    expect(findings.filter(({ check }) => check === 'tables').map(({ status, fix }) => [status, fix])).toEqual([
      ['warning', 'ALTER TABLE `logs` ENGINE = InnoDB'],
      ['warning', 'ALTER TABLE `logs` DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci'],
    ])
    await shop.connection.execute(
      'ALTER TABLE logs ENGINE = InnoDB, DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
    )
  })

  // CONVERT TO would give the collation of the table to each column: SKUs, keys and JSON would no longer be exact.
  it('with another character set for new columns: the fix changes no column', async () => {
    const columns = () =>
      shop.connection.rows(
        `SELECT TABLE_NAME, COLUMN_NAME, COLLATION_NAME FROM information_schema.COLUMNS
         WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2`,
      )
    const before = await columns()
    for (const table of ['products', 'orders']) {
      await shop.connection.execute(`ALTER TABLE ${table} DEFAULT CHARACTER SET latin1`)
      const warned = (await examine({ database: shop.name })).findings.filter(({ check }) => check === 'tables')
      expect(warned.map(({ status }) => status)).toEqual(['warning'])
      await shop.connection.execute(warned[0]!.fix!)
    }
    expect(await columns()).toEqual(before)
    expect((await examine({ database: shop.name })).of('tables').status).toBe('ok')
  })

  it('with a violated invariant, and with a count that takes too long', async () => {
    await shop.connection.execute('UPDATE products SET stock = stock + 1 WHERE id IN (1, 2)')
    const broken = await examine({ database: shop.name })
    expect(broken.named('fault')).toEqual(['stock-ledger'])
    expect(broken.of('stock-ledger')).toMatchObject({
      found: expect.stringMatching(/^2 rows violate the invariant: the stock of a product is /),
      fix: 'dbtool db check shows the rows',
    })
    await shop.connection.execute('UPDATE products SET stock = stock - 1 WHERE id IN (1, 2)')

    await shop.connection.execute('LOCK TABLES products WRITE')
    const { outcome, named, of } = await examine({ database: shop.name, env: { DB_STATEMENT_TIMEOUT: '1s' } })
    await shop.connection.execute('UNLOCK TABLES')
    expect([outcome.exitCode, named('fault')]).toEqual([0, []])
    expect(named('skipped')).toEqual(behind('stock-not-negative'))
    expect(of('stock-not-negative').found).toMatch(/^skipped \(.*max_statement_time/)
    expect(of('references').found).toMatch(/^skipped \(.*max_statement_time/)
  })

  it('with an account of one connection, which is enough for doctor and db check', async () => {
    const user = `one_${shop.name.slice(-6)}`
    await shop.connection.execute(`CREATE USER ${user}@localhost IDENTIFIED BY 'one' WITH MAX_USER_CONNECTIONS 1`)
    await shop.connection.execute(`GRANT SELECT ON ${shop.name}.* TO ${user}@localhost`)
    const env = { DB_USER: user, DB_PASSWORD: 'one' }
    expect((await examine({ database: shop.name, env })).of('references').status).toBe('ok')
    expect((await dbtool('db check', { database: shop.name, env })).stderr).toContain('all invariants hold')
    await shop.connection.execute(`DROP USER ${user}@localhost`)
  })
})
