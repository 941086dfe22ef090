import type { PoolLines, PoolName, SettingName } from './pool-names.ts'

/** The settings of a pool, in dbtool's words. Times in milliseconds. */
export interface PoolSettings {
  readonly size: number
  readonly timeoutMs: number
  /** Zero means no limit. */
  readonly recycleMs: number
}

/** The pool of another library: its names for the settings, and the lines to paste. */
export interface TheirPool {
  readonly caption: string
  /** The place of the lines. */
  readonly file: string
  readonly lines: (settings: PoolSettings) => readonly string[]
  /** Their names for the settings; null if the pool has no such setting. */
  readonly names: Readonly<Record<SettingName, string | null>>
  /** Differences from dbtool's pool that matter for its size, in sentences. */
  readonly lacks: readonly string[]
  /** The unit that has a pool of its own, and that --instances counts. */
  readonly instance: string
}

const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1_000))
const hardLimit = 'the limit is hard: no additional connections on demand'
/** Below these, HikariCP does not start, or takes its default of 30 minutes. */
const hikariFloor = { timeoutMs: 250, recycleMs: 30_000 }
const nodeInstance = 'each Node process, also of a cluster, has a pool of its own'

const dbtoolPool: TheirPool = {
  caption: 'dbtool',
  file: '.env',
  lines: ({ size }) => [`DB_POOL_SIZE=${size}`, 'DB_MAX_OVERFLOW=0'],
  names: {
    pool_size: 'DB_POOL_SIZE',
    max_overflow: 'DB_MAX_OVERFLOW',
    pool_timeout: 'DB_POOL_TIMEOUT',
    pool_recycle: 'DB_POOL_RECYCLE',
  },
  lacks: [],
  instance: '',
}

export const theirPools: Readonly<Record<PoolName, TheirPool>> = {
  hikaricp: {
    caption: 'HikariCP',
    file: 'application.properties of Spring Boot',
    lines: ({ size, timeoutMs, recycleMs }) => [
      `spring.datasource.hikari.maximum-pool-size=${size}`,
      `spring.datasource.hikari.minimum-idle=${size}`,
      `spring.datasource.hikari.connection-timeout=${Math.max(hikariFloor.timeoutMs, timeoutMs)}`,
      `spring.datasource.hikari.max-lifetime=${recycleMs === 0 ? 0 : Math.max(hikariFloor.recycleMs, recycleMs)}`,
    ],
    names: {
      pool_size: 'maximumPoolSize',
      max_overflow: null,
      pool_timeout: 'connectionTimeout',
      pool_recycle: 'maxLifetime',
    },
    lacks: [
      hardLimit,
      'a connectionTimeout below 250 ms is refused, and a maxLifetime below 30 s becomes 30 minutes: no line is below',
    ],
    instance: 'each JVM has a pool of its own',
  },
  sqlalchemy: {
    caption: 'SQLAlchemy',
    file: 'the call of create_engine',
    lines: ({ size, timeoutMs, recycleMs }) => [
      'engine = create_engine(',
      '    url,',
      `    pool_size=${size},`,
      '    max_overflow=0,',
      `    pool_timeout=${seconds(timeoutMs)},`,
      `    pool_recycle=${recycleMs === 0 ? -1 : seconds(recycleMs)},`,
      '    pool_pre_ping=True,',
      ')',
    ],
    names: {
      pool_size: 'pool_size',
      max_overflow: 'max_overflow',
      pool_timeout: 'pool_timeout',
      pool_recycle: 'pool_recycle',
    },
    lacks: ['the default of max_overflow is 10, so without it the pool has up to 10 connections more'],
    instance: 'each worker process (Gunicorn, Celery) has a pool of its own',
  },
  mysql2: {
    caption: 'mysql2',
    file: 'the call of createPool',
    lines: ({ size }) => [
      'const pool = mysql.createPool({',
      '  uri: process.env.DATABASE_URL,',
      `  connectionLimit: ${size},`,
      `  maxIdle: ${size},`,
      '  waitForConnections: true,',
      '  queueLimit: 0,',
      '})',
    ],
    names: { pool_size: 'connectionLimit', max_overflow: null, pool_timeout: null, pool_recycle: null },
    lacks: [
      'a caller waits for a connection without a time-out; queueLimit limits only the number of callers',
      'connections have no maximum age',
      hardLimit,
    ],
    instance: nodeInstance,
  },
  knex: {
    caption: 'Knex (tarn)',
    file: 'knexfile.js',
    lines: ({ size, timeoutMs, recycleMs }) => [
      'pool: {',
      '  min: 0,',
      `  max: ${size},`,
      ...(recycleMs === 0 ? [] : [`  maxConnectionLifetimeMillis: ${recycleMs},`]),
      '},',
      `acquireConnectionTimeout: ${timeoutMs},`,
    ],
    names: {
      pool_size: 'pool.max',
      max_overflow: null,
      pool_timeout: 'acquireConnectionTimeout',
      pool_recycle: 'pool.maxConnectionLifetimeMillis',
    },
    lacks: ['an idle connection beyond pool.min is closed after 30 s, idleTimeoutMillis', hardLimit],
    instance: nodeInstance,
  },
  prisma: {
    caption: 'Prisma 7 with @prisma/adapter-mariadb',
    file: 'the call of PrismaClient',
    lines: ({ size, timeoutMs }) => [
      'const adapter = new PrismaMariaDb({',
      '  host, user, password, database,',
      `  connectionLimit: ${size},`,
      `  acquireTimeout: ${timeoutMs},`,
      '})',
      'const prisma = new PrismaClient({ adapter })',
      `// Prisma 6: DATABASE_URL="mysql://…?connection_limit=${size}&pool_timeout=${seconds(timeoutMs)}"`,
    ],
    names: {
      pool_size: 'connectionLimit',
      max_overflow: null,
      pool_timeout: 'acquireTimeout',
      pool_recycle: null,
    },
    lacks: ['connections have no maximum age', hardLimit],
    instance: nodeInstance,
  },
  mariadb: {
    caption: 'the connector mariadb',
    file: 'the call of createPool',
    lines: ({ size, timeoutMs }) => [
      'const pool = mariadb.createPool({',
      '  host, user, password, database,',
      `  connectionLimit: ${size},`,
      `  minimumIdle: ${size},`,
      `  acquireTimeout: ${timeoutMs},`,
      '})',
    ],
    names: {
      pool_size: 'connectionLimit',
      max_overflow: null,
      pool_timeout: 'acquireTimeout',
      pool_recycle: null,
    },
    lacks: [
      'under load, some callers starve: compare it with dbtool pool compare',
      'connections have no maximum age',
      hardLimit,
    ],
    instance: nodeInstance,
  },
  'php-pdo': {
    caption: 'PDO with PHP-FPM',
    file: 'the pool file of PHP-FPM, such as www.conf',
    lines: ({ size }) => ['pm = static', `pm.max_children = ${size}`],
    names: { pool_size: 'pm.max_children', max_overflow: null, pool_timeout: null, pool_recycle: null },
    lacks: [
      'PDO has no pool: each child of PHP-FPM has one connection, so their number is the size of the pool',
      'without PDO::ATTR_PERSISTENT, each request opens a connection',
      'PDO::ATTR_PERSISTENT keeps variables, locks, temporary tables and the database of a USE for the next request',
      'connections have no maximum age; pm.max_requests replaces a child after a number of requests',
      'a request waits for a child in listen.backlog, without a time-out of PHP',
    ],
    instance: 'each PHP-FPM pool on each host counts',
  },
  go: {
    caption: 'database/sql of Go',
    file: 'the code after sql.Open',
    lines: ({ size, recycleMs }) => [
      `db.SetMaxOpenConns(${size})`,
      `db.SetMaxIdleConns(${size})`,
      `db.SetConnMaxLifetime(${recycleMs === 0 ? 0 : seconds(recycleMs)} * time.Second)`,
    ],
    names: {
      pool_size: 'SetMaxOpenConns',
      max_overflow: null,
      pool_timeout: null,
      pool_recycle: 'SetConnMaxLifetime',
    },
    lacks: [
      'the limit of a wait is the deadline of the context: use db.QueryContext',
      'after a deadline, the server still runs the statement, while the pool opens another connection',
      'max_statement_time=5 in the DSN is a limit that the server knows, in seconds',
      'the default of SetMaxIdleConns is 2: without it, connections are closed and opened all the time',
      hardLimit,
    ],
    instance: 'each process has a pool of its own',
  },
}

/** The lines of a pool; without a name, of dbtool's. */
export function settingsFor(pool: PoolName | undefined, settings: PoolSettings): PoolLines {
  const { caption, file, lines, names, lacks, instance } = pool === undefined ? dbtoolPool : theirPools[pool]
  const differences = pool === undefined ? [] : [...lacks, instance]
  return { for: pool ?? 'dbtool', caption, file, lines: lines(settings), names, lacks: differences }
}
