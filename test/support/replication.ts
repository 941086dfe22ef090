import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { connect } from '../../src/db/connection/connect.ts'
import type { Connection } from '../../src/db/connection/connection.ts'
import { socketTarget, type Target } from '../../src/db/target.ts'
import { prepareDirectories } from '../../src/server/directories.ts'
import type { ServerPaths } from '../../src/server/home.ts'
import { launch } from '../../src/server/launch.ts'
import { loginName } from '../../src/server/login.ts'
import { findPrograms } from '../../src/server/programs.ts'
import { freePort } from '../server/free-port.ts'
import { homeOfFile, killServer } from '../server/temporary-home.ts'

const account = { user: 'shop', password: 'shop', database: 'shop' }

/** A primary and its replicas on loopback, with GTIDs. A replica is read-only. */
export interface Replication {
  readonly primary: ReplicatedServer
  /** The first of the replicas. */
  readonly replica: ReplicatedServer
  readonly replicas: readonly ReplicatedServer[]
  readonly start: () => Promise<void>
}

export class ReplicatedServer {
  #port = 0

  constructor(
    private readonly id: number,
    private readonly paths: ServerPaths,
  ) {}

  get port(): number {
    return this.#port
  }

  get target(): Target {
    return { host: '127.0.0.1', port: this.#port, socket: undefined, ...account, ssl: { mode: 'disabled' } }
  }

  get env(): Record<string, string> {
    return {
      DB_HOST: '127.0.0.1',
      DB_PORT: String(this.#port),
      DB_USER: account.user,
      DB_PASSWORD: account.password,
      DB_NAME: account.database,
    }
  }

  /** Runs statements as the owner of the server, one after the other. */
  async run(...statements: readonly string[]): Promise<void> {
    await this.asOwner(async (owner) => {
      for (const statement of statements) await owner.execute(statement)
    })
  }

  /** Opens a connection as the owner of the server. */
  connect(): Promise<Connection> {
    return connect(socketTarget(this.paths.socket, loginName()))
  }

  async asOwner<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect()
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }

  async start(...options: readonly string[]): Promise<void> {
    const [programs, user] = [findPrograms(), prepareDirectories(this.paths)]
    this.#port = await freePort()
    const own = [`--server-id=${this.id}`, '--log-bin=bin', '--log-slave-updates', '--binlog-format=ROW']
    const names = ['--report-host=127.0.0.1', `--report-port=${this.#port}`]
    const given = { ...user, arguments: [...user.arguments, ...own, ...names, ...options] }
    await launch({ paths: this.paths, programs, user: given, port: this.#port })
  }

  kill(): Promise<void> {
    return killServer(this.paths)
  }
}

/** For the tests of a file; call it at its top. */
export function replication(size = 1): Replication {
  const primary = new ReplicatedServer(1, homeOfFile())
  const replicas = Array.from({ length: size }, (_, index) => new ReplicatedServer(index + 2, homeOfFile()))
  afterAll(() => Promise.all([primary, ...replicas].map((server) => server.kill())))
  const start = async (): Promise<void> => {
    await Promise.all([primary.start(), ...replicas.map((replica) => replica.start('--read-only'))])
    await primary.run(
      "CREATE USER repl@'127.0.0.1' IDENTIFIED BY 'repl'",
      "GRANT REPLICATION SLAVE ON *.* TO repl@'127.0.0.1'",
      'CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
      "CREATE USER shop@'127.0.0.1' IDENTIFIED BY 'shop'",
      "GRANT ALL ON shop.* TO shop@'127.0.0.1'",
    )
    for (const replica of replicas) {
      await replica.run(
        `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${primary.port}, MASTER_USER='repl',
          MASTER_PASSWORD='repl', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
        'START SLAVE',
      )
      await caughtUp(replica, primary)
    }
  }
  return { primary, replica: replicas[0]!, replicas, start }
}

/** Resolves when the replica has applied everything that the primary has committed. */
export async function caughtUp(replica: ReplicatedServer, primary: ReplicatedServer): Promise<void> {
  const read = (server: ReplicatedServer, variable: string): Promise<string | undefined> =>
    server.asOwner(async (owner) => (await owner.rows<{ gtid: string }>(`SELECT @@${variable} AS gtid`))[0]?.gtid)
  const position = await read(primary, 'gtid_binlog_pos')
  while ((await read(replica, 'gtid_slave_pos')) !== position) await sleep(50)
}
