import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { type LockKind, lockWaits } from '../../src/db/lock-waits.ts'
import { defaultLimits, socketTarget, type Target } from '../../src/db/target.ts'
import { transaction } from '../../src/db/transaction.ts'
import { loginName } from '../../src/server/login.ts'
import { placeOrder } from '../../src/shop/orders/place-order.ts'
import { serverWith } from '../support/server-with.ts'
import { expectFailure, password } from './expect-failure.ts'

/** A lock, who takes it, and what waits for it. */
interface Case {
  readonly what: string
  readonly hold: readonly string[]
  readonly work: (db: Connection, product: number) => Promise<unknown>
  readonly lock: LockKind
  readonly message: RegExp
  readonly hint: RegExp
}

const update = (db: Connection, product: number): Promise<unknown> =>
  db.execute('UPDATE products SET stock = stock - 1 WHERE id = ?', [product])
const order = (db: Connection, product: number): Promise<unknown> =>
  placeOrder(db, {
    userId: 1,
    lines: [{ productId: product, quantity: 1 }],
    key: `k${product}`,
    status: 'confirmed',
    author: { osUser: 'tester', command: 'test' },
  })
const rows = {
  lock: 'row',
  message: /another transaction holds the rows/,
  hint: /when that transaction has ended/,
} as const
const table = { lock: 'table', message: /another session holds a lock on the table/, hint: /UNLOCK TABLES/ } as const
const all = { lock: 'global', message: /another session blocks all writes/, hint: /BACKUP STAGE END/ } as const
const commits = { ...all, message: /^nothing was committed: .* another session blocks all writes/ } as const
const backup = ['BACKUP STAGE START', 'BACKUP STAGE FLUSH', 'BACKUP STAGE BLOCK_DDL', 'BACKUP STAGE BLOCK_COMMIT']

const cases: readonly Case[] = [
  { what: 'rows', hold: ['START TRANSACTION', 'UPDATE products SET stock = 1'], work: update, ...rows },
  { what: 'rows of an order', hold: ['START TRANSACTION', 'UPDATE products SET stock = 1'], work: order, ...rows },
  {
    what: 'LOCK TABLES … WRITE',
    hold: ['LOCK TABLES products WRITE'],
    work: (db) => db.rows('SELECT * FROM products'),
    ...table,
  },
  { what: 'LOCK TABLES … READ', hold: ['LOCK TABLES products READ'], work: update, ...table },
  { what: 'FLUSH TABLES WITH READ LOCK', hold: ['FLUSH TABLES WITH READ LOCK'], work: update, ...all },
  { what: 'FLUSH TABLES WITH READ LOCK, for an order', hold: ['FLUSH TABLES WITH READ LOCK'], work: order, ...all },
  {
    what: 'BACKUP STAGE BLOCK_COMMIT',
    hold: backup,
    work: (db, product) => transaction(db, () => update(db, product)),
    ...commits,
  },
  { what: 'BACKUP STAGE BLOCK_COMMIT, for an order', hold: backup, work: order, ...all },
]

const release: Readonly<Record<LockKind, string>> = { row: 'ROLLBACK', table: 'UNLOCK TABLES', global: 'UNLOCK TABLES' }

describe('a lock wait that is too long', { timeout: 120_000 }, () => {
  const instrument = '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON'
  const server = serverWith('--performance-schema=ON', instrument)
  const limits = { ...defaultLimits, lockWaitMs: 3_000 }
  const target = (user: string): Target => ({
    ...socketTarget(server.socket, user, 'dbtool'),
    ...(user === 'app' ? { password } : {}),
  })
  let owner: Connection
  beforeAll(async () => {
    owner = await connect(target(loginName()))
    await owner.execute(`CREATE USER app@localhost IDENTIFIED BY '${password}'`)
    await owner.execute('GRANT SELECT, INSERT, UPDATE, DELETE ON dbtool.* TO app@localhost')
  })
  afterAll(() => owner.close())

  const idOf = async (db: Connection): Promise<number> =>
    (await db.rows<{ id: number }>('SELECT CONNECTION_ID() AS id'))[0]!.id

  it.each(cases)('$what', async ({ hold, work, lock, message, hint }) => {
    const [holder, seeing, blind] = await Promise.all([
      connect(target(loginName())),
      connect(target(loginName()), limits),
      connect(target('app'), limits),
    ])
    onTestFinished(async () => {
      await holder.execute(hold === backup ? 'BACKUP STAGE END' : release[lock])
      await Promise.all([holder, seeing, blind].map((db) => db.close()))
    })
    for (const sql of hold) await holder.execute(sql)
    const [holding, waiting] = [await idOf(holder), await idOf(seeing)]
    const failures = [
      expectFailure(work(seeing, 1), {
        code: 'LOCK_TIMEOUT',
        exitCode: 1,
        message: new RegExp(`${message.source}.*\\(connection ${holding}, ${loginName()}@localhost\\)$`),
        hint: new RegExp(`${hint.source}.*; an administrator can end it with KILL ${holding}$`),
      }),
      expectFailure(work(blind, 2), {
        code: 'LOCK_TIMEOUT',
        exitCode: 1,
        // Without PROCESS, an account sees no row locks, and no holder of any lock.
        message: lock === 'row' ? /^Lock wait timeout exceeded$/ : new RegExp(`${message.source}[^(]*$`),
        hint: lock === 'row' ? /dbtool pool status/ : hint,
      }),
    ]
    const seen = async (): Promise<unknown> => (await lockWaits(owner)).find((wait) => wait.waiting === waiting)
    while ((await seen()) === undefined) await sleep(100)
    expect(await seen()).toMatchObject({ lock, blocked_by: holding })
    await Promise.all(failures)
    expect(await seeing.rows('SELECT @@in_transaction AS open')).toEqual([{ open: 0 }])
  })
  it('DDL waits for every open transaction on its table', async () => {
    const [holder, migrator] = await Promise.all([connect(target(loginName())), connect(target(loginName()), limits)])
    onTestFinished(async () => {
      await Promise.all([holder, migrator].map((db) => db.close()))
    })
    await holder.execute('START TRANSACTION')
    await holder.rows('SELECT * FROM products')
    await expectFailure(migrator.execute("ALTER TABLE products COMMENT = 'waits'"), {
      code: 'LOCK_TIMEOUT',
      exitCode: 1,
      message: new RegExp(
        `holds a lock on the table \\(connection ${await idOf(holder)}, ${loginName()}@localhost\\)$`,
      ),
      hint: /when its transaction or DDL has ended/,
    })
  })
})
