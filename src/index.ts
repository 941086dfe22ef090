import { randomUUID } from 'node:crypto'
import { urlParts } from './connection-url.ts'
import { osUserName } from './context/os-user.ts'
import { PooledDatabase } from './db/database.ts'
import { openPool } from './db/pool/open.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from './db/pool/pool.ts'
import { defaultLimits, type Limits, type SslMode, type Target, type TlsVersion } from './db/target.ts'
import { DbtoolError, InvalidValue } from './errors.ts'
import { placeOrder as place, type OrderLine, type Placement } from './shop/orders/place-order.ts'
import { chapterWorkers } from './stress/plan.ts'
import type { StressResult } from './stress/result.ts'
import { stress as run } from './stress/stress.ts'
import { builtIn, iterateSql, type Iterate } from './stress/workload.ts'

export { withLease, type Pool, type PoolStats, type PoolOptions } from './db/pool/pool.ts'
export { DbtoolError, type ErrorCode } from './errors.ts'
export { OutOfStock, type OrderLine, type Placement, type Shortage } from './shop/orders/place-order.ts'
export type { Lease } from './db/pool/pool.ts'
export type { StressResult } from './stress/result.ts'
export type { Iterate } from './stress/workload.ts'

/** Where to connect, and how the pool behaves; what is left out is as in the command line. Times in milliseconds. */
export interface CreatePoolOptions extends Partial<PoolOptions>, Partial<Limits> {
  /** `mariadb://user:password@host:port/database`, or `…?socket=/path`. The parts beside it win. */
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** `preferred` unless it is said: encrypted where the server can. */
  readonly sslMode?: SslMode
  /** Path of a PEM file. */
  readonly sslCa?: string
  /** Path of a PEM file with the certificate of this client, and of one with its private key. */
  readonly sslCert?: string
  readonly sslKey?: string
  /** The TLS versions to accept; both unless it is said. */
  readonly tlsVersions?: readonly TlsVersion[]
}

/** A pool that remembers how it was made. */
export type ShopPool = Pool & { readonly options: PoolOptions }

/**
 * A pool that serves whoever waits in turn. It opens its connections when they are asked for, so that only a bad URL
 * throws here
 * (DbtoolError BAD_CONFIG). Close it, or the process does not end.
 */
export function createPool(given: string | CreatePoolOptions): ShopPool {
  const { url, ...parts } = typeof given === 'string' ? { url: given } : given
  const asked: CreatePoolOptions = { ...(url === undefined ? {} : partsOf(url)), ...definedOnly(parts) }
  const options = chosen(defaultPoolOptions, asked)
  return Object.assign(openPool('fair', { target: targetOf(asked), limits: chosen(defaultLimits, asked), options }), {
    options,
  })
}

/** What an order is made of. The products are numbers, as `dbtool products list` shows them. */
export interface NewOrder {
  readonly userId: number
  /** A product at most once. */
  readonly lines: readonly OrderLine[]
  /**
   * At most one order ever has this key, however often it is placed; made up where it is left out, and then nothing is
   * recognised.
   */
  readonly key?: string
  /** `confirmed` unless it is said. */
  readonly status?: 'confirmed' | 'pending'
  /** Tries everything and keeps nothing. */
  readonly dryRun?: boolean
}

/**
 * Places an order, all of it or none: takes the stock, writes the lines and one row of the log, in one transaction and
 * one round trip.
 * Rejects with {@link OutOfStock}, or a DbtoolError: NOT_FOUND (no such user), KEY_CONFLICT (the key belongs to another
 * order),
 * OUTCOME_UNKNOWN (the connection died, and the server could not be asked again).
 */
export function placeOrder(
  pool: Pool,
  { userId, lines, key = randomUUID(), status = 'confirmed', dryRun = false }: NewOrder,
): Promise<Placement> {
  const author = { osUser: osUserName(), command: 'library' }
  return place(new PooledDatabase(pool), { userId, lines, key, status, author, dryRun })
}

/** Workers that each ask again as soon as they were served. Times in milliseconds. */
export interface StressOptions {
  /** 50 unless it is said. */
  readonly workers?: number
  /** Of each worker; 1 unless it or `durationMs` is said. */
  readonly iterations?: number
  /** Instead of `iterations`. */
  readonly durationMs?: number
  /** Load before anything is counted; 0 unless it is said. */
  readonly warmupMs?: number
  /** One statement, or what is to be done with a connection; SELECT SLEEP(0.1) unless it is said. */
  readonly work?: string | Iterate
  readonly signal?: AbortSignal
}

/**
 * Puts load on a pool and says what happened, as `dbtool pool stress --json` does. What fails is counted, not thrown.
 */
export function stress(pool: ShopPool, options: StressOptions = {}): Promise<StressResult> {
  const {
    workers = chapterWorkers,
    iterations = 1,
    durationMs,
    warmupMs = 0,
    work = builtIn.sleep,
    signal = new AbortController().signal,
  } = options
  const until = durationMs === undefined ? { iterations } : { durationMs }
  const iterate = typeof work === 'string' ? iterateSql(work) : work
  return run(
    { mode: 'fair', pool, options: pool.options },
    iterate,
    { load: { loop: 'closed', workers }, until, warmupMs, rampMs: 0 },
    signal,
  )
}

function partsOf(url: string): CreatePoolOptions {
  try {
    const {
      DB_HOST: host,
      DB_PORT: port,
      DB_SOCKET: socket,
      DB_USER: user,
      DB_PASSWORD: password,
      DB_NAME: database,
    } = urlParts(url)
    return definedOnly({ host, port: port === undefined ? undefined : Number(port), socket, user, password, database })
  } catch (error) {
    if (error instanceof InvalidValue) throw new DbtoolError('BAD_CONFIG', `the URL of the pool ${error.message}`)
    throw error
  }
}

function targetOf({
  host = 'localhost',
  port = 3306,
  socket,
  user = osUserName(),
  password = '',
  database = 'dbtool',
  sslMode = 'preferred',
  sslCa,
  sslCert,
  sslKey,
  tlsVersions,
}: CreatePoolOptions): Target {
  return { host, port, socket, user, password, database, ssl: { mode: sslMode, ca: sslCa, cert: sslCert, key: sslKey, versions: tlsVersions } }
}

/** Without what is undefined. */
function definedOnly(parts: Readonly<Record<string, unknown>>): CreatePoolOptions {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** The options that `defaults` names, as they were asked for. */
function chosen<T extends object>(defaults: T, asked: object): T {
  const of = Object.keys(defaults)
  return { ...defaults, ...Object.fromEntries(Object.entries(asked).filter(([name]) => of.includes(name))) }
}
