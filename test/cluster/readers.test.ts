import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createPool, transaction } from '../../src/index.ts'
import { dbtool, type Outcome } from '../support/cli.ts'
import { temporaryFolder } from '../support/folder.ts'
import { caughtUp, type ReplicatedServer, replication } from '../support/replication.ts'

const { primary, replica, replicas, start } = replication(2)
const second = replicas[1]!
const at = ({ port }: ReplicatedServer): string => `127.0.0.1:${port}`
const home = temporaryFolder()

/** A command with all servers as its hosts, and memory of its own. */
const run = (line: string, env: Record<string, string> = {}): Promise<Outcome> =>
  dbtool(line, {
    env: {
      ...primary.env,
      DB_HOST: [primary, replica, second].map(at).join(),
      DB_PORT: '',
      DBTOOL_HOME: join(home, 'own'),
      ...env,
    },
  })
const two = { DB_HOST: '' }

beforeAll(async () => {
  await start()
  two.DB_HOST = [primary, replica].map(at).join()
  expect(await dbtool('db migrate', { env: primary.env })).toMatchObject({ exitCode: 0 })
  await primary.run(
    "GRANT REPLICA MONITOR, REPLICATION MASTER ADMIN ON *.* TO shop@'127.0.0.1'",
    "INSERT INTO shop.users (id, username, email, password_hash) VALUES (1, 'ada', 'a@b.example', '!')",
    "INSERT INTO shop.products (id, sku, name, price, stock, stock_received) VALUES (1, 'P1', 'P1', 2, 500, 500)",
  )
  for (const each of replicas) await caughtUp(each, primary)
}, 90_000)

/** Lets the replica receive changes and apply none, until the end of the test or until the result is called. */
async function holdBack(server: ReplicatedServer): Promise<() => Promise<void>> {
  const owner = await server.connect()
  await owner.execute('FLUSH TABLES WITH READ LOCK')
  const goOn = (): Promise<void> => owner.close()
  onTestFinished(goOn)
  return goOn
}

describe('a reader', () => {
  const nameOf = async (line: string, env = {}): Promise<[unknown, string]> => {
    const { stdout, stderr } = await run(`users get ada --field first_name ${line}`, { ...two, ...env })
    return [stdout.trim(), stderr.trim()]
  }

  it('is read after its user’s last change, also in another process; nobody else waits', async () => {
    expect((await run('users update ada --first-name Ada', two)).exitCode).toBe(0)
    const goOn = await holdBack(replica)
    expect((await run('users update ada --first-name Augusta', two)).exitCode).toBe(0)
    const reading = nameOf('--target reader')
    await waitingAt(replica)
    await goOn()
    expect(await reading).toEqual(['Augusta', ''])
  })

  it('that does not catch up is passed over for the writer; alone, it says what it lacks', async () => {
    await holdBack(replica)
    expect((await run('users update ada --first-name Byron', two)).exitCode).toBe(0)
    const short = { DB_STATEMENT_TIMEOUT: '500ms' }
    expect(await nameOf('--target reader', short)).toEqual([
      'Byron',
      `${at(replica)} has not applied your last change yet: reading from the writer, ${at(primary)}`,
    ])
    // Other users have written nothing, so they wait for nothing.
    expect((await nameOf('--target reader', { ...short, DBTOOL_HOME: join(home, 'other') }))[0]).toBe('Augusta')
  })

  it('in the library: a pool waits for what another one has committed', async () => {
    const { user, password, database } = primary.target
    const options = { host: two.DB_HOST, user, password, database }
    const writer = createPool(options)
    const readers = createPool({ ...options, target: 'reader', readAfter: writer })
    for (const pool of [writer, readers]) onTestFinished(() => pool.close())
    await replica.run('STOP SLAVE', 'CHANGE MASTER TO MASTER_DELAY = 1', 'START SLAVE')
    onTestFinished(() => replica.run('STOP SLAVE', 'CHANGE MASTER TO MASTER_DELAY = 0', 'START SLAVE'))
    for (let n = 1; n <= 2; n += 1) {
      await transaction(writer, (tx) => tx.execute('UPDATE users SET first_name = ? WHERE id = 1', [`n${n}`]))
      const rows = await readers.query('SELECT first_name AS name, @@port AS port FROM users WHERE id = 1')
      expect(rows).toEqual([{ name: `n${n}`, port: replica.port }])
    }
    expect(() => createPool({ ...options, readAfter: writer })).toThrow("readAfter needs the target 'reader'")
  })
})

it('a primary reports the GTID of each commit; the session is not reset for that, only for a real change', async () => {
  const { host, port, user, password, database = '' } = primary.target
  const pool = createPool({ host, port, user, password, database, size: 1, maxOverflow: 0 })
  onTestFinished(() => pool.close())
  const write = (): Promise<unknown> => pool.execute('UPDATE products SET price = price + 1')
  /** The updates of the session since its last reset. */
  const updates = async (): Promise<unknown> =>
    (await pool.query("SHOW SESSION STATUS LIKE 'Com_update'"))[0]?.['Value']
  for (let n = 1; n <= 3; n += 1) await write()
  expect(await updates()).toBe('3')
  for (const change of ['autocommit = 0', "time_zone = '+02:00'", 'insert_id = 7']) {
    await write()
    await pool.execute(`SET SESSION ${change}`)
    expect([change, await updates()]).toEqual([change, '0'])
  }
})

/** Resolves when a connection waits for a position there. */
async function waitingAt(server: ReplicatedServer): Promise<void> {
  const question = "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT MASTER_GTID_WAIT%'"
  await server.asOwner(async (owner) => {
    while ((await owner.rows(question)).length === 0) await sleep(20)
  })
}

interface CheckRow {
  readonly table: string | null
  readonly host: string
  readonly rows: number | null
  readonly checksum: string | null
  readonly result: string
  readonly keys: readonly string[]
}

describe('cluster check', () => {
  const resultsOf = (outcome: Outcome, host: ReplicatedServer): Record<string, string> =>
    Object.fromEntries(
      outcome
        .json<CheckRow[]>()
        .filter((row) => row.host === at(host))
        .map(({ table, result }) => [String(table), result]),
    )

  it('finds all hosts equal, also while the shop is written', async () => {
    let isOver = false
    const writing = primary.asOwner(async (owner) => {
      for (let n = 0; !isOver; n += 1) {
        await owner.execute('UPDATE shop.products SET stock_received = stock_received + 1, stock = stock + 1')
        await owner.execute(
          'INSERT INTO shop.addresses (user_id, address_type, street, city, postal_code, country) ' +
            "VALUES (1, 'shipping', ?, 'C', 'P', 'DE')",
          [`S${n}`],
        )
      }
    })
    for (let round = 0; round < 3; round += 1) {
      const outcome = await run('cluster check --json')
      expect([outcome.exitCode, outcome.stderr]).toEqual([0, ''])
      expect(new Set(Object.values(resultsOf(outcome, replica)))).toEqual(new Set(['same']))
      expect(new Set(Object.values(resultsOf(outcome, primary)))).toEqual(new Set(['reference']))
    }
    isOver = true
    await writing
  })

  it('says which host could not be compared', async () => {
    const down = await run('cluster check --json', { DB_HOST: `${at(primary)},${at(second)},127.0.0.1:1` })
    expect([down.exitCode, down.error.message]).toEqual([2, 'not compared: 127.0.0.1:1'])
    await holdBack(second)
    await primary.run('UPDATE shop.users SET first_name = NULL')
    const late = await run('cluster check --wait 200ms --json', { DB_HOST: `${at(primary)},${at(second)}` })
    expect(late.exitCode).toBe(2)
    expect(late.json<{ host: string; note: string }[]>().find(({ host }) => host === at(second))?.note).toBe(
      'it has not applied the changes of the reference within 0.2 s',
    )
  })

  it('names the tables, and the keys of some rows that differ', async () => {
    await replica.run(
      'SET SESSION sql_log_bin = 0',
      "UPDATE shop.users SET first_name = 'Other' WHERE id = 1",
      'DELETE FROM shop.addresses WHERE id = 1',
      'CREATE TABLE shop.extra (id INT PRIMARY KEY)',
    )
    const outcome = await run('cluster check --json')
    expect([outcome.exitCode, outcome.error.code]).toEqual([1, 'CLUSTER_DIFFERS'])
    expect(outcome.error.message).toBe(
      `these differ: addresses on ${at(replica)}, extra on ${at(replica)}, users on ${at(replica)}`,
    )
    const differing = outcome.json<CheckRow[]>().filter(({ result }) => result === 'differs')
    expect(differing.map(({ table, keys }) => [table, keys])).toEqual([
      ['addresses', ['1']],
      ['extra', []],
      ['users', ['1']],
    ])
    expect(resultsOf(outcome, replica)).toMatchObject({ orders: 'same', products: 'same' })
  })
})

describe('cluster failover', () => {
  const admin = { DB_USER: 'admin', DB_PASSWORD: 'admin' }
  const to = (server: ReplicatedServer, more = ''): Promise<Outcome> =>
    run(`cluster failover --to ${at(server)} --json ${more}`, admin)

  beforeAll(async () => {
    await primary.run("CREATE USER admin@'127.0.0.1' IDENTIFIED BY 'admin'", "GRANT ALL ON *.* TO admin@'127.0.0.1'")
    for (const each of replicas) await caughtUp(each, primary)
  })

  it('is refused while the primary takes writes, and where there is no replica', async () => {
    expect((await to(replica, '--yes')).error).toMatchObject({
      code: 'FAILOVER_REFUSED',
      exitCode: 6,
      message: `no failover: the primary ${at(primary)} answers, and takes writes; two primaries would split the data`,
      hint: 'stop it, or run there: SET GLOBAL read_only = ON',
    })
    expect((await to(primary, '--yes')).error.message).toBe(
      `no failover: ${at(primary)} is no replica, and takes writes already`,
    )
    await primary.run("CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 'clerk'")
    await caughtUp(replica, primary)
    for (const account of [undefined, { DB_USER: 'clerk', DB_PASSWORD: 'clerk' }])
      expect((await run(`cluster failover --to ${at(replica)} --dry-run --json`, account)).error).toMatchObject({
        code: 'ACCESS_DENIED',
        message: expect.stringMatching(new RegExp(`^${at(replica)}: Access denied; you need `)),
        hint: expect.stringContaining('READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, REPLICA MONITOR'),
      })
    expect((await run('cluster failover --to db1,db2', admin)).exitCode).toBe(2)
  })

  it('is refused for a replica of a replica, and for one that waits on purpose', async () => {
    const follow = (server: ReplicatedServer): Promise<void> =>
      second.run('STOP SLAVE', `CHANGE MASTER TO MASTER_PORT = ${server.port}`, 'START SLAVE')
    await follow(replica)
    // The primary is not one of the hosts.
    const chain = await run(`cluster failover --to ${at(second)} --yes --json`, { ...admin, DB_HOST: at(second) })
    expect(chain.error).toMatchObject({
      code: 'FAILOVER_REFUSED',
      message: `no failover: ${at(second)} replicates ${at(replica)}, which is a replica of ${at(primary)} itself`,
      hint: `make ${at(replica)} the primary, or let ${at(second)} replicate ${at(primary)} first`,
    })
    await follow(primary)
    const delay = (seconds: number): Promise<void> =>
      replica.run('STOP SLAVE', `CHANGE MASTER TO MASTER_DELAY = ${seconds}`, 'START SLAVE')
    await delay(60)
    expect((await to(replica, '--yes')).error).toMatchObject({
      message: `no failover: ${at(replica)} applies changes with a delay of 60 s`,
      hint: 'run there: STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=0; START SLAVE',
    })
    await delay(0)
  })

  it('from a primary that is read-only loses nothing, and the other replica follows', async () => {
    await primary.run('SET GLOBAL read_only = ON')
    const plan = await to(second, '--dry-run')
    expect(plan.exitCode, plan.stderr).toBe(0)
    expect(plan.json<{ host: string; statement: string; outcome: string }[]>().slice(0, 6)).toMatchObject([
      { host: at(second), statement: 'STOP SLAVE', outcome: 'would run' },
      { host: at(second), statement: 'RESET SLAVE ALL' },
      { host: at(second), statement: 'SET GLOBAL read_only = OFF' },
      { host: at(replica), statement: 'STOP SLAVE' },
      {
        host: at(replica),
        statement: expect.stringContaining(`MASTER_PORT = ${second.port}, MASTER_USE_GTID = slave_pos`),
      },
      { host: at(replica), statement: 'START SLAVE', outcome: 'would run' },
    ])
    expect((await to(second)).error.message).toMatch(`Make ${at(second)} the primary?`)
    expect((await run('users update ada --first-name X --json')).error.code).toBe('UNREACHABLE')
    const done = await to(second, '--yes')
    expect(done.exitCode, done.stderr).toBe(0)
    expect((await run('users update ada --first-name After')).exitCode).toBe(0)
    await caughtUp(replica, second)
    const status = await run('cluster status --json')
    expect(status.json<{ host: string; writer: boolean }[]>().find(({ writer }) => writer)?.host).toBe(at(second))
  })

  it('from a primary that is gone: everything that was received is applied first', async () => {
    const goOn = await holdBack(replica)
    expect((await run('users update ada --first-name Last')).exitCode).toBe(0)
    const received = async (): Promise<boolean> =>
      second.asOwner(async (owner) => {
        const [{ position } = {}] = await owner.rows<{ position: string }>('SELECT @@gtid_binlog_pos AS position')
        return replica.asOwner(async (other) => {
          const [row] = await other.rows<{ Gtid_IO_Pos: string }>('SHOW SLAVE STATUS')
          return row?.Gtid_IO_Pos === position
        })
      })
    while (!(await received())) await sleep(20)
    await second.kill()
    expect((await to(replica, '--yes --wait 200ms')).error.message).toBe(
      `no failover: ${at(replica)} has not applied all that it has received within 0.2 s; nothing was changed`,
    )
    expect((await run('users update ada --first-name Lost --json')).error.code).toBe('UNREACHABLE')
    await goOn()
    const done = await to(replica, '--yes')
    expect(done.exitCode, done.stderr).toBe(0)
    const steps = done.json<{ host: string; outcome: string }[]>()
    expect(steps.filter(({ outcome }) => outcome === 'to do').map(({ host }) => host)).toContain(at(second))
    expect((await run('users get ada --field first_name')).stdout.trim()).toBe('Last')
  })

  it('cluster status tells two servers that take writes, and one that follows nobody', async () => {
    const problems = async (): Promise<unknown> => {
      const rows = (await run('cluster status --json', two)).json<{ host: string; problem: unknown }[]>()
      return rows.filter(({ host }) => host !== at(second)).map(({ host, problem }) => [host, problem])
    }
    expect(await problems()).toEqual([
      [at(primary), 'it is read-only, and replicates no server now'],
      [at(replica), null],
    ])
    expect((await run('users update ada --first-name New', two)).exitCode).toBe(0)
    await primary.run('SET GLOBAL read_only = OFF')
    expect(await problems()).toEqual([
      [at(primary), null],
      [at(replica), `it takes writes too, which do not reach ${at(primary)}`],
    ])
    // It is the writer by its place in the list, and lacks what was written to the other one.
    const read = await run('users get ada --field first_name', two)
    expect(read.stderr).toBe(`the writer ${at(primary)} does not have your last change\n`)
  })
})
