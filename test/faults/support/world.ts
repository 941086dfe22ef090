import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { connect } from '../../../src/db/connection/connect.ts'
import { migrate } from '../../../src/db/migrations/migrate.ts'
import { loadMigrations } from '../../../src/db/migrations/migration-files.ts'
import { openPool } from '../../../src/db/pool/open.ts'
import { defaultPoolOptions, type Pool } from '../../../src/db/pool/pool.ts'
import { defaultLimits, type Limits, type Target } from '../../../src/db/target.ts'
import type { ServerPaths } from '../../../src/server/home.ts'
import { readPortAccess } from '../../../src/server/port.ts'
import { withSession } from '../../../src/server/session.ts'
import { startServer } from '../../../src/server/start.ts'
import { stopServer } from '../../../src/server/stop.ts'
import { insertProduct } from '../../../src/shop/products/products.ts'
import { insertUser, noLogin } from '../../../src/shop/users/users.ts'
import { freePort } from '../../server/free-port.ts'
import { killServer, temporaryHome } from '../../server/temporary-home.ts'
import type { Chance } from './chance.ts'
import type { Ledger } from './ledger.ts'

/** A private server with a shop, for one test that does to it what it likes. */
export interface World {
  readonly chance: Chance
  readonly ledger: Ledger
  readonly paths: ServerPaths
  readonly port: number
  /** How clients log in: without the privileges that get around read_only and max_connections. */
  readonly target: Target
  /** Where the server's disk can be filled up, or why it cannot. */
  readonly disk: { readonly full: string } | { readonly skipped: string }
  readonly userIds: readonly number[]
  readonly productIds: readonly number[]
}

export const connections = 16
export const author = { osUser: 'tester', command: 'torture' }
export const limits: Limits = { connectTimeoutMs: 1_000, statementTimeoutMs: 1_500, lockWaitMs: 1_000 }
const diskSize = '400m'
/** Products that sell out, and are restocked, and others that do not. */
const stocks = [20, 40, 60, 100_000, 100_000, 100_000, 100_000, 100_000]

export async function makeWorld(chance: Chance, ledger: Ledger): Promise<World> {
  const paths = temporaryHome('disk')
  const disk = smallDisk(paths)
  const port = await freePort()
  await startServer(paths, { port })
  const access = readPortAccess(paths)
  const target: Target = {
    host: '127.0.0.1',
    port,
    socket: undefined,
    user: access?.user ?? '',
    password: access?.password ?? '',
    database: 'dbtool',
    ssl: { mode: 'disabled' },
  }
  const connection = await connect(target)
  await migrate({ session: connection, known: loadMigrations() })
  const userIds: number[] = []
  for (const username of ['grace', 'alan'])
    userIds.push(
      (await insertUser(connection, author, { username, email: `${username}@example.com`, passwordHash: noLogin })).id,
    )
  const productIds: number[] = []
  for (const [index, stock] of stocks.entries())
    productIds.push(
      (
        await insertProduct(connection, author, {
          sku: `T-${index}`,
          name: `Product ${index}`,
          price: `${index + 1}.05`,
          stock,
        })
      ).id,
    )
  await connection.close()
  return { chance, ledger, paths, port, target, disk, userIds, productIds }
}

/** The server's home on a disk of its own in memory. Only root may mount one. */
function smallDisk(paths: ServerPaths): World['disk'] {
  mkdirSync(paths.home, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskSize},mode=755`, 'dbtool-torture', paths.home], {
      stdio: 'pipe',
    })
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return { skipped: `a separate disk could not be mounted: ${reason}` }
  }
  const release = watchMount(paths.home)
  onTestFinished(async () => {
    await stopServer(paths).catch(() => killServer(paths))
    // Lazily: what the server still holds of it may take a moment to go.
    execFileSync('umount', ['-l', paths.home])
    release()
  })
  return { full: `${dirname(paths.data)}/ballast` }
}

/**
 * If this process is killed, a shell that waits for its end unmounts the disk, once the server on it has been ended
 * likewise.
 */
function watchMount(path: string): () => void {
  const shell = spawn('sh', ['-c', 'while read -r _; do :; done; sleep 3; umount -l "$1"; rmdir -p "$1"', 'sh', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.unref()
  return () => shell.kill('SIGKILL')
}

export function openLoadPool({ target }: Pick<World, 'target'>): Pool {
  return openPool('fair', {
    target,
    limits,
    options: { ...defaultPoolOptions, size: connections, maxOverflow: 0, timeoutMs: 5_000 },
  })
}

/** For looking and mending, when the faults are over. */
export function openCalmPool({ target }: Pick<World, 'target'>): Pool {
  return openPool('fair', { target, limits: defaultLimits, options: defaultPoolOptions })
}

/** What only the server's administrator may do. */
export async function administer(world: World, statements: readonly string[]): Promise<void> {
  await withSession(world.paths, async (connection) => {
    for (const statement of statements) await connection.execute(statement)
  })
}

/** The connections of the clients, at the server; waits until there are some. */
export async function clientThreads(world: World): Promise<number[]> {
  const question = 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?'
  for (;;) {
    const rows = await withSession(world.paths, (connection) =>
      connection.rows<{ id: number }>(question, [world.target.user]),
    )
    if (rows.length > 0) return rows.map(({ id }) => id)
    await sleep(20)
  }
}
