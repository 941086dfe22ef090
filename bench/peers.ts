import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { statements } from '../src/db/migrations/migration-files.ts'
import { runChild, type Child } from './child.ts'
import type { Trial } from './core/results.ts'
import type { BenchServer } from './private-server.ts'
import { emptied } from './shop.ts'

/** The chapter's ways to place an order in Python, by their names in seed_orders.py. */
export const pythonPeers = {
  'orm-pymysql': {
    label: 'SQLAlchemy + PyMySQL',
    modules: ['sqlalchemy', 'pymysql'],
    packages: 'python3-sqlalchemy python3-pymysql',
  },
  'orm-mysqlclient': {
    label: 'SQLAlchemy + mysqlclient',
    modules: ['sqlalchemy', 'MySQLdb'],
    packages: 'python3-sqlalchemy python3-mysqldb',
  },
  'raw-pymysql': { label: 'hand-written, PyMySQL', modules: ['pymysql'], packages: 'python3-pymysql' },
  'raw-mysqlclient': { label: 'hand-written, mysqlclient', modules: ['MySQLdb'], packages: 'python3-mysqldb' },
} as const
export const sysbenchLabel = 'the same SQL from C (sysbench)'
export type PythonPeer = keyof typeof pythonPeers

const python = '/usr/bin/python3'
const database = 'peers'
/** The time that a peer may exceed its duration, for example while it waits for a lock. */
const graceMs = 90_000

export interface PeerLoad {
  readonly connections: number
  readonly seconds: number
  /** A port on 127.0.0.1, instead of the socket. */
  readonly port?: number | undefined
}

/** Runs the peers whose scripts and programs are installed. */
export class Peers {
  #schema: Promise<void> | undefined

  constructor(
    private readonly folder: string | undefined,
    private readonly signal: AbortSignal,
  ) {}

  /** The reason why this peer is missing, and how to install it. Undefined if it is available. */
  missing(peer: PythonPeer | 'sysbench'): string | undefined {
    const files = peer === 'sysbench' ? ['seed_orders.lua', 'select_one.lua'] : ['seed_orders.py']
    if (this.folder === undefined) return 'DBTOOL_PEERS does not name the folder with the scripts of the peers'
    const lacking = [...files, 'schema.sql'].find((file) => !existsSync(this.at(file)))
    if (lacking !== undefined) return `${lacking} is missing in the folder of DBTOOL_PEERS`
    const installed =
      peer === 'sysbench'
        ? runs('sysbench', ['--version'])
        : runs(python, ['-c', `import ${pythonPeers[peer].modules.join(', ')}`])
    return installed
      ? undefined
      : `not installed; on Debian: apt-get install ${peer === 'sysbench' ? peer : pythonPeers[peer].packages}`
  }

  /** Orders per second of a Python peer. Rejects if it fails. */
  async python(
    server: BenchServer,
    peer: PythonPeer,
    products: number,
    { connections, seconds, port }: PeerLoad,
  ): Promise<Trial> {
    await this.prepare(server)
    const where: Record<string, string> =
      port === undefined ? { PEER_SOCKET: server.socket } : { PEER_HOST: '127.0.0.1', PEER_PORT: String(port) }
    const args = [this.at('seed_orders.py'), peer, String(connections), String(seconds), String(products)]
    const output = await this.output(python, args, {
      cwd: server.home,
      seconds,
      env: { ...where, PEER_USER: server.user, PEER_PASSWORD: server.password },
    })
    const { ordersPerSecond, failed } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
      ordersPerSecond: number
      failed: number
    }
    return { value: ordersPerSecond, failed }
  }

  /**
   * Events per second of seed_orders.lua or select_one.lua. sysbench counts in whole seconds, and repeats deadlocked
   * transactions.
   */
  async sysbench(server: BenchServer, script: string, { connections, seconds, port }: PeerLoad): Promise<Trial> {
    await this.prepare(server)
    const where =
      port === undefined ? [`--mysql-socket=${server.socket}`] : ['--mysql-host=127.0.0.1', `--mysql-port=${port}`]
    const login = [`--mysql-user=${server.user}`, `--mysql-password=${server.password}`, `--mysql-db=${database}`]
    const args = [
      '--db-driver=mysql',
      ...where,
      ...login,
      '--db-ps-mode=disable',
      '--mysql-ignore-errors=1213',
      `--threads=${connections}`,
      `--time=${Math.max(1, Math.round(seconds))}`,
    ]
    const output = await this.output('sysbench', [...args, this.at(script), 'run'], { cwd: server.home, seconds })
    const [, perSecond] = /transactions:\s+\d+\s+\(([\d.]+) per sec/.exec(output) ?? []
    const [, ignored = '0'] = /ignored errors:\s+(\d+)/.exec(output) ?? []
    if (perSecond === undefined) throw new Error('sysbench did not report its number of transactions')
    return { value: Number(perSecond), failed: Number(ignored) }
  }

  private async output(
    command: string,
    args: readonly string[],
    { seconds, ...child }: Omit<Child, 'signal'> & { seconds: number },
  ): Promise<string> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(seconds * 1_000 + graceMs)])
    const { exitCode, stdout, stderr } = await runChild(command, args, { ...child, signal })
    if (exitCode !== 0)
      throw new Error(`exited with ${exitCode ?? 'a signal'}: ${(stderr || stdout).trim().split('\n').at(-1) ?? ''}`)
    return stdout
  }

  /** Creates the schema once, and removes all orders before each trial. */
  private async prepare(server: BenchServer): Promise<void> {
    this.#schema ??= server.connection(undefined, async (connection) => {
      for (const statement of statements(readFileSync(this.at('schema.sql'), 'utf8')))
        await connection.execute(statement)
    })
    await this.#schema
    await server.connection(database, (connection) => emptied(connection, ['order_items', 'orders']))
  }

  private at(file: string): string {
    return join(this.folder ?? '', file)
  }
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
