import type { CreatePoolOptions } from './create-pool-options.ts'

type Own = keyof CreatePoolOptions

/** Options of mariadb, mysql2, pg, tarn (knex), HikariCP and Prisma, and those of `createPool` for the same purpose. */
const foreign: Readonly<Record<string, readonly Own[]>> = {
  connectionLimit: ['size', 'maxOverflow'],
  poolSize: ['size', 'maxOverflow'],
  max: ['size', 'maxOverflow'],
  maximumPoolSize: ['size', 'maxOverflow'],
  acquireTimeout: ['timeoutMs'],
  acquireTimeoutMillis: ['timeoutMs'],
  connectionTimeoutMillis: ['timeoutMs', 'connectTimeoutMs'],
  idleTimeout: ['idleTimeoutMs'],
  idleTimeoutMillis: ['idleTimeoutMs'],
  maxLifetime: ['recycleMs'],
  maxLifetimeSeconds: ['recycleMs'],
  minDelayValidation: ['pingAfterIdleMs'],
  leakDetectionTimeout: ['leakAfterMs'],
  leakDetectionThreshold: ['leakAfterMs'],
  queryTimeout: ['statementTimeoutMs'],
  query_timeout: ['statementTimeoutMs'],
  statement_timeout: ['statementTimeoutMs'],
  lock_timeout: ['lockWaitMs'],
  uri: ['url'],
  connectionString: ['url'],
  server: ['host'],
  hostname: ['host'],
  socketPath: ['socket'],
  username: ['user'],
  db: ['database'],
  ssl: ['sslMode', 'tls'],
  initSql: ['sessionVariables'],
}

/** The options for the purpose of one of another pool; none if it is not known. */
export const ownOptions = (name: string): readonly Own[] => (Object.hasOwn(foreign, name) ? (foreign[name] ?? []) : [])
