import { urlParts } from './connection-url.ts'
import { osUserName } from './context/os-user.ts'
import { openPool } from './db/pool/open.ts'
import { defaultPoolOptions, type Pool, type PoolOptions } from './db/pool/pool.ts'
import { defaultLimits, type Limits, type SslMode, type Target, type TlsVersion } from './db/target.ts'
import { DbtoolError, InvalidValue } from './errors.ts'
import { remember } from './library/opened.ts'
import { chapterWorkers } from './stress/plan.ts'
import type { StressResult } from './stress/result.ts'
import { stress as run } from './stress/stress.ts'
import { builtIn, onLease, performSql, type Iterate } from './stress/workload.ts'

export { DatabaseError, type ConnectionIdentity } from './db/failures.ts'
export type { Step } from './db/migrations/migrate.ts'
export { withLease, type Lease, type Pool, type PoolOptions, type PoolStats } from './db/pool/pool.ts'
export type { Change, OnRows, Queries, Session, Value } from './db/queries.ts'
export type { RetryOptions } from './db/retry.ts'
export type { Limits, SslMode, TlsVersion } from './db/target.ts'
export { DbtoolError, type ErrorCode, type ErrorDetails } from './errors.ts'
export { migrate } from './library/migrate.ts'
export type { PoolOrSession } from './library/on.ts'
export { placeOrder, type NewOrder, type PlaceOptions } from './library/place.ts'
export {
  getOrder,
  getProduct,
  listOrders,
  listOrdersWithItems,
  listProducts,
  type OrderListOptions,
  type PageOptions,
  type ProductListOptions,
} from './library/read.ts'
export type { Author } from './shop/logs.ts'
export type { Adjustment, AdjustmentKind, AdjustmentSums } from './shop/orders/adjustments.ts'
export { OutcomeUnknown } from './shop/orders/exactly-once.ts'
export type { Order, OrderHead, OrderItem } from './shop/orders/orders.ts'
export { OutOfStock, type OrderLine, type Placement, type Shortage } from './shop/orders/place-order.ts'
export type { Product } from './shop/products/products.ts'
export type { OrderStatus } from './shop/rules.ts'
export type { StressResult } from './stress/result.ts'
export type { Iterate } from './stress/workload.ts'

/**
 * Options of {@link createPool}: the target, the pool and the time limits. The defaults are those of the command line,
 * and all times are in milliseconds.
 */
export interface CreatePoolOptions extends Partial<PoolOptions>, Partial<Limits> {
  /** `mariadb://user:password@host:port/database`, or `…?socket=/path`. The single options override its parts. */
  readonly url?: string
  /** Host name or address of the server; default `localhost`. */
  readonly host?: string
  /** Port of the server; default 3306. */
  readonly port?: number
  /** Path of a unix socket, instead of host and port. */
  readonly socket?: string
  /** Database user; default the operating-system user. */
  readonly user?: string
  /** Password of the database user; default empty. */
  readonly password?: string
  /** Name of the database; default `dbtool`. */
  readonly database?: string
  /** Default `preferred`: encrypted if the server supports TLS. */
  readonly sslMode?: SslMode
  /** Path of a PEM file with the CA certificate. */
  readonly sslCa?: string
  /** Path of a PEM file with the certificate of this client, and of one with its private key. */
  readonly sslCert?: string
  readonly sslKey?: string
  /** The TLS versions to accept; both unless it is said. */
  readonly tlsVersions?: readonly TlsVersion[]
}

/** A pool, with the options with which it was created. */
export type ShopPool = Pool & { readonly options: PoolOptions }

/**
 * Creates dbtool's fair pool, which serves callers in order of arrival. The pool opens a connection only when one is
 * needed, so a wrong host or password is an error of the first use. Close the pool, or the process does not end.
 *
 * @param given A URL, or options.
 * @throws DbtoolError BAD_CONFIG if the URL is invalid.
 */
export function createPool(given: string | CreatePoolOptions): ShopPool {
  const { url, ...parts } = typeof given === 'string' ? { url: given } : given
  const merged: CreatePoolOptions = { ...(url === undefined ? {} : partsOf(url)), ...definedOnly(parts) }
  const options = withDefaults(defaultPoolOptions, merged)
  const limits = withDefaults(defaultLimits, merged)
  const target = targetOf(merged)
  const pool = Object.assign(openPool('fair', { target, limits, options }), { options })
  return remember(pool, { target, limits, acquireMs: options.timeoutMs })
}

/**
 * Options of {@link stress}: a closed loop, in which each worker starts its next iteration as soon as the last one has
 * ended. Times are in milliseconds.
 */
export interface StressOptions {
  /** Number of workers; default 50. */
  readonly workers?: number
  /** Iterations of each worker; default 1 without `durationMs`. */
  readonly iterations?: number
  /** Duration of the measurement, instead of `iterations`. */
  readonly durationMs?: number
  /** Duration of the load before the measurement; default 0. */
  readonly warmupMs?: number
  /** A statement, or a function that receives a lease; default `SELECT SLEEP(0.1)`. */
  readonly work?: string | Iterate
  /** Ends the run early. */
  readonly signal?: AbortSignal
}

/**
 * Runs a load test on a pool. Resolves to a result with the names of `dbtool pool stress --json`. Failed iterations are
 * counted in `errors` and do not reject.
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
  const perform = typeof work === 'string' ? performSql(work) : onLease(work)
  return run(
    { mode: 'fair', pool, options: pool.options },
    perform,
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
  return {
    host,
    port,
    socket,
    user,
    password,
    database,
    ssl: { mode: sslMode, ca: sslCa, cert: sslCert, key: sslKey, versions: tlsVersions },
    inCode: true,
  }
}

/** The defined values alone. */
function definedOnly(parts: Readonly<Record<string, unknown>>): CreatePoolOptions {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** The values of `given` for the names in `defaults`, or the defaults. */
function withDefaults<T extends object>(defaults: T, given: object): T {
  const names = Object.keys(defaults)
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name))) }
}
