import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import { killLostStatement } from '../../src/db/connection/kill.ts'
import { killerOf, openConnection } from '../../src/db/connection/open-connection.ts'
import { PooledDatabase } from '../../src/db/database.ts'
import type { DatabaseError } from '../../src/db/failures.ts'
import { openPool } from '../../src/db/pool/open.ts'
import { defaultPoolOptions } from '../../src/db/pool/pool.ts'
import { defaultLimits, type Target } from '../../src/db/target.ts'
import { placeOrder, type OrderRequest } from '../../src/shop/orders/place-order.ts'
import { examine } from '../doctor/examine.ts'
import { balancer } from '../support/balancer.ts'
import { dbtool } from '../support/cli.ts'
import { caughtUp, replication } from '../support/replication.ts'

const { primary, replica, start } = replication()

beforeAll(async () => {
  await start()
  expect(await dbtool('db migrate', { env: primary.env })).toMatchObject({ exitCode: 0 })
  await primary.run(
    "INSERT INTO shop.users (id, username, email, password_hash) VALUES (1, 'ada', 'a@b.example', '!')",
    "INSERT INTO shop.products (id, sku, name, price, stock, stock_received) VALUES (1, 'P1', 'P1', 2, 500, 500)",
  )
  await caughtUp(replica, primary)
}, 90_000)

describe('a primary and its replica', () => {
  it('as a list of hosts: the role decides which of them is used, and an error names both', async () => {
    const at = ({ port }: { readonly port: number }): string => `127.0.0.1:${port}`
    const env = { ...primary.env, DB_PORT: '', DB_HOST: `${at(replica)},${at(primary)}` }
    const server = async (line: string): Promise<unknown> =>
      (await dbtool(`connection test --json ${line}`, { env })).json()['server']
    expect(await server('')).toBe(at(primary))
    expect(await server('--target reader')).toBe(at(replica))
    expect(await server('--target any')).toBe(at(replica))
    expect(await dbtool(`users list --json --target reader --host ${at(primary)}`, { env })).toMatchObject({
      exitCode: 0,
    })
    // A command that changes data goes to the writer in any case.
    const update = 'users update ada --first-name Ada --json --target reader'
    expect(await dbtool(update, { env })).toMatchObject({ exitCode: 0, stderr: '' })
    const spare = await dbtool('users list --target reader', { env: { ...env, DB_HOST: `${at(primary)},127.0.0.1:1` } })
    expect([spare.exitCode, spare.stderr]).toEqual([
      0,
      `cannot reach MariaDB at 127.0.0.1:1 (ECONNREFUSED): reading from the writer, ${at(primary)}\n`,
    ])
    const none = await dbtool('users list --json', { env: { ...env, DB_HOST: `127.0.0.1:1,${at(replica)}` } })
    expect(none.error).toMatchObject({
      code: 'UNREACHABLE',
      message:
        'none of the 2 hosts is a writer: cannot reach MariaDB at 127.0.0.1:1 (ECONNREFUSED); ' +
        `${at(replica)} is read-only`,
    })
    const status = await dbtool('cluster status --json', { env })
    const rows = status.json<{ host: string; role: string; writer: boolean }[]>()
    expect(rows.map(({ host, role, writer }) => [host, role, writer])).toEqual([
      [at(replica), 'replica', false],
      [at(primary), 'primary', true],
    ])
    const { findings, of } = await examine({ env: { ...env, DB_HOST: `127.0.0.1:1,${at(primary)}` } })
    expect(findings.filter(({ check }) => check === 'address')).toMatchObject([
      { status: 'ok', found: `${at(primary)}, examined of 2 hosts, from the environment` },
      { status: 'warning', found: 'cannot reach MariaDB at 127.0.0.1:1 (ECONNREFUSED)' },
    ])
    expect(of('connect').found).toContain(`${at(primary)} answers`)
  })

  it('a lost statement is killed at the server that it reached, and not where its retry goes', async () => {
    const killer = killerOf(primary.target, { isDirect: true })
    const { connection } = await openConnection(primary.target, defaultLimits, { killer })
    const elsewhere = await connect(replica.target)
    onTestFinished(() => elsewhere.close())
    const sleeping = connection.rows('SELECT SLEEP(60) AS held').catch((error: unknown) => error as DatabaseError)
    const running = (): Promise<unknown[]> =>
      primary.asOwner((owner) =>
        owner.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP(60)%'"),
      )
    while ((await running()).length === 0) await sleep(20)
    connection.destroy()
    const { lost } = (await sleeping) as DatabaseError
    expect(await killLostStatement(elsewhere, lost!)).toBe(true)
    expect(await running()).toEqual([])
  })

  it('doctor tells an asynchronous replica, and never lets a replica take writes', async () => {
    expect((await examine({ env: primary.env })).of('replication')).toMatchObject({
      status: 'warning',
      found: '1 replica is asynchronous: a failover can lose orders that were acknowledged',
    })
    const found = await examine({ env: replica.env })
    expect(found.of('writes').status).toBe('fault')
    expect(found.findings.map(({ fix }) => fix).join('\n')).not.toContain('read_only = OFF')
    // The account of the shop may not see the state of the replica; its administrator may.
    expect(found.of('replication').found).toBe('a replica; this account may not see its state (REPLICA MONITOR)')
    await replica.run("GRANT REPLICA MONITOR ON *.* TO shop@'127.0.0.1'")
    const seen = await examine({ env: replica.env })
    expect(seen.of('replication').found).toBe(`a replica of 127.0.0.1:${primary.port}, 0 s behind`)
    expect(seen.of('writes').fix).toBe(`connect to the primary server, 127.0.0.1:${primary.port}`)
    await replica.run('STOP SLAVE')
    onTestFinished(() => replica.run('START SLAVE'))
    const stopped = await examine({ env: replica.env })
    expect(stopped.of('replication')).toMatchObject({
      status: 'fault',
      found: `this replica does not follow 127.0.0.1:${primary.port}: it was stopped`,
    })
    expect(stopped.findings.map(({ fix }) => fix).join('\n')).not.toContain('read_only = OFF')
  })

  it('cluster status finds one from the other', async () => {
    await primary.run("GRANT REPLICATION MASTER ADMIN ON *.* TO shop@'127.0.0.1'")
    await caughtUp(replica, primary)
    const rows = [
      { host: `127.0.0.1:${primary.port}`, role: 'primary', state: 'read-write', semi_sync: 'off', problem: null },
      { host: `127.0.0.1:${replica.port}`, role: 'replica', state: 'read-only', lag_s: 0, writable: false },
    ]
    const found = await dbtool('cluster status --json', { env: primary.env })
    expect([found.exitCode, found.stderr]).toEqual([0, ''])
    expect(found.json()).toMatchObject(rows)
    const here = await dbtool('cluster status --json', { env: replica.env })
    expect(here.json()).toMatchObject(rows.toReversed())
    await replica.run('STOP SLAVE')
    onTestFinished(() => replica.run('START SLAVE'))
    const stopped = await dbtool('cluster status --json', { env: replica.env })
    expect([stopped.exitCode, stopped.error.message]).toEqual([1, `problems: 127.0.0.1:${replica.port}`])
  })

  it('semi-synchronous replicas are told', async () => {
    await replica.run('SET GLOBAL rpl_semi_sync_slave_enabled = ON', 'STOP SLAVE', 'START SLAVE')
    await primary.run('SET GLOBAL rpl_semi_sync_master_enabled = ON')
    const finding = async (): Promise<string> => (await examine({ env: primary.env })).of('replication').found
    while ((await finding()).includes('asynchronous')) await sleep(200)
    expect(await finding()).toBe('1 of 1 replicas confirm each commit (semi-synchronous)')
  })

  it('a read-only server right after a loss is waited for: the failover has not ended yet', async () => {
    const request = (key: string): OrderRequest => ({
      userId: 1,
      lines: [{ productId: 1, quantity: 1 }],
      key,
      status: 'confirmed',
      author: { osUser: 'tester', command: 'test' },
    })
    const db = poolOn(await balancer([primary.target, replica.target], 'first'))
    await expect(placeOrder(poolOn(replica.target), request('early'))).rejects.toMatchObject({ code: 'READ_ONLY' })
    const first = await placeOrder(db, request('a'))
    await caughtUp(replica, primary)
    await primary.kill()
    const waiting = placeOrder(db, request('b'))
    await sleep(500)
    await replica.run('STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = OFF')
    expect(await waiting).toMatchObject({ outcome: 'placed' })
    expect(await placeOrder(db, request('a'))).toEqual({ ...first, outcome: 'existing' })
  })
})

function poolOn(target: Target): PooledDatabase {
  const options = { ...defaultPoolOptions, size: 1, maxOverflow: 0 }
  const pool = openPool('fair', { target, limits: { ...defaultLimits, connectTimeoutMs: 2_000 }, options })
  onTestFinished(() => pool.close(0))
  return new PooledDatabase(pool)
}
