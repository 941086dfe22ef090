import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

const provider = ['/usr/lib/galera/libgalera_smm.so', '/usr/lib64/galera-4/libgalera_smm.so'].find(existsSync)

/** The reason why this machine can have no cluster; undefined if it can. */
export const noGalera = provider === undefined ? "skipped: Debian's package galera-4 is not installed" : undefined

/** The account of the tests on each node, over its port. */
export const account = { user: 'shop', password: 'shop', database: 'shop' }

/**
 * A MariaDB Galera Cluster on loopback. All nodes start from copies of the same data, so that no state has to be
 * transferred; a node that returns gets the write sets that it missed, and a wiped one all data.
 */
export interface Galera {
  readonly nodes: readonly GaleraNode[]
  /** Starts all nodes and creates the account. */
  readonly start: () => Promise<void>
}

interface Ports {
  readonly sql: number
  /** The port that still accepts logins when all connections are in use. */
  readonly extra: number
  readonly group: number
  readonly transfer: number
}

export class GaleraNode {
  constructor(
    readonly name: string,
    readonly paths: ServerPaths,
    readonly ports: Ports,
    private readonly cluster: { readonly addresses: string; readonly options: readonly string[] },
  ) {}

  /** The database of the shop over the port of this node. */
  get target(): Target {
    return { host: '127.0.0.1', port: this.ports.sql, socket: undefined, ...account, ssl: { mode: 'disabled' } }
  }

  /** The settings of a command that works on this node. */
  get env(): Record<string, string> {
    return {
      DB_HOST: '127.0.0.1',
      DB_PORT: String(this.ports.sql),
      DB_USER: account.user,
      DB_PASSWORD: account.password,
      DB_NAME: account.database,
    }
  }

  /** Runs `work` as the owner of the server. */
  async asOwner<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connect(socketTarget(this.paths.socket, loginName()))
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }

  /**
   * Starts the node, as the first one of a new cluster or into the existing one, which may get its data from one donor.
   * Resolves when it is ready.
   */
  async start({ first = false, donor }: { first?: boolean; donor?: GaleraNode } = {}): Promise<void> {
    const [programs, user] = [findPrograms(), prepareDirectories(this.paths)]
    const position = this.#recoveredPosition(programs.mariadbd, user.spawn)
    const from = donor === undefined ? [] : [`--wsrep-sst-donor=${donor.name}`]
    const options = [...this.#options(first ? '' : this.cluster.addresses), ...position, ...from]
    const PATH = `${this.paths.home}:${process.env['PATH'] ?? ''}`
    const spawned = { ...user.spawn, env: { ...process.env, PATH } }
    const given = { ...user, spawn: spawned, arguments: [...user.arguments, ...options] }
    await launched(() => launch({ paths: this.paths, programs, user: given, port: this.ports.sql }))
    try {
      while (!(await this.isReady())) await sleep(50)
    } catch (cause) {
      const lastLines = readFileSync(this.paths.log, 'utf8').split('\n').slice(-40).join('\n')
      throw new Error(`the node ${this.name} ended before it was ready:\n${lastLines}`, { cause })
    }
  }

  /** Whether the process exists, also while it is frozen. */
  get isRunning(): boolean {
    return existsSync(this.paths.pidFile) && isAlive(this.#pid())
  }

  async isReady(): Promise<boolean> {
    return (await this.#status('wsrep_ready')) === 'ON'
  }

  /** The number of nodes in the component of this one. */
  async clusterSize(): Promise<number> {
    return Number(await this.#status('wsrep_cluster_size'))
  }

  #status(name: string): Promise<string | undefined> {
    return this.asOwner(async (owner) => {
      const [row] = await owner.rows<{ Value: string }>('SHOW STATUS LIKE ?', [name])
      return row?.Value
    })
  }

  /** A graceful stop, as of a service manager. Resolves when the process has ended. */
  async stop(): Promise<void> {
    process.kill(this.#pid(), 'SIGTERM')
    await this.#ended()
  }

  /** Like a power cut. */
  async kill(): Promise<void> {
    await killServer(this.paths)
  }

  /** Stops the process from running, or lets it run again. */
  freeze(isFrozen: boolean): void {
    process.kill(this.#pid(), isFrozen ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Removes all data of a node that has ended: it will need a state transfer. */
  wipe(): void {
    for (const name of readdirSync(this.paths.data)) rmSync(join(this.paths.data, name), { recursive: true })
  }

  /** Cuts the node off from the others, or ends that. */
  async isolate(isIsolated: boolean): Promise<void> {
    await this.asOwner((owner) => setProviderOption(owner, 'gmcast.isolate', isIsolated ? '1' : '0'))
  }

  #pid(): number {
    return Number(readFileSync(this.paths.pidFile, 'utf8'))
  }

  async #ended(): Promise<void> {
    const pid = this.#pid()
    while (isAlive(pid)) await sleep(20)
  }

  /** After a crash, the node asks its own data for its position, so that it gets only what it missed. */
  #recoveredPosition(mariadbd: string, spawned: object): string[] {
    const state = join(this.paths.data, 'grastate.dat')
    if (!existsSync(state) || !/^seqno: *-1$/m.test(readFileSync(state, 'utf8'))) return []
    const options = ['--no-defaults', `--datadir=${this.paths.data}`, '--skip-networking', '--wsrep-recover']
    const socket = `--socket=${this.paths.socket}.recovery`
    const { stderr } = spawnSync(mariadbd, [...options, socket, ...this.#options('')], { ...spawned, encoding: 'utf8' })
    const position = /Recovered position: *(\S+)/.exec(stderr)?.[1]
    return position === undefined ? [] : [`--wsrep-start-position=${position}`]
  }

  #options(addresses: string): string[] {
    const { group, transfer, sql, extra } = this.ports
    const at = (port: number): string => `127.0.0.1:${port}`
    return [
      `--extra-port=${extra}`,
      '--extra-max-connections=10',
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=0',
      '--wsrep-on=ON',
      // Since 11.4, this plugin makes variables of some of the provider's options, and forbids to set the others.
      '--loose-plugin-wsrep-provider=OFF',
      `--wsrep-provider=${provider ?? ''}`,
      '--wsrep-cluster-name=dbtool-tests',
      `--wsrep-cluster-address=gcomm://${addresses}`,
      `--wsrep-node-name=${this.name}`,
      `--wsrep-node-address=${at(group)}`,
      `--wsrep-node-incoming-address=${at(sql)}`,
      '--wsrep-sst-method=dbtool',
      `--wsrep-sst-receive-address=${at(transfer)}`,
      '--wsrep-provider-options=' +
        `base_port=${group};gmcast.listen_addr=tcp://${at(group)};ist.recv_addr=${at(transfer)};` +
        'gcache.size=32M;evs.keepalive_period=PT0.3S;evs.suspect_timeout=PT1S;evs.inactive_timeout=PT3S;' +
        'evs.install_timeout=PT3S;evs.inactive_check_period=PT0.25S;' +
        'evs.join_retrans_period=PT0.3S',
      ...this.cluster.options,
    ]
  }
}

/** A cluster for the tests of a file; call it at its top or in a `describe`. Nothing of it outlives the tests. */
export function galera(size = 3, ...options: readonly string[]): Galera {
  // The hooks of skipped tests do not run, so nothing would remove the homes.
  const homes = provider === undefined ? [] : Array.from({ length: size }, () => homeOfFile())
  const nodes: GaleraNode[] = []
  const end = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()))
  }
  // The hooks of the homes, which come after this one, would stop one node after the other.
  afterAll(end)
  const start = async (): Promise<void> => {
    const ports = await Promise.all(homes.map(portsOfNode))
    const addresses = ports.map(({ group }) => `127.0.0.1:${group}`).join(',')
    nodes.push(
      ...homes.map((paths, index) => new GaleraNode(`n${index + 1}`, paths, ports[index]!, { addresses, options })),
    )
    for (const { paths } of nodes) writeTransferScript(paths)
    const [first, ...others] = nodes as [GaleraNode, ...GaleraNode[]]
    await first.start({ first: true })
    await first.asOwner(createAccount)
    await first.stop()
    for (const { paths } of others) copyData(first.paths, paths)
    await first.start({ first: true })
    await Promise.all(others.map((node) => node.start()))
  }
  return { nodes, start }
}

/** False for a process that has ended and that nobody has waited for. */
function isAlive(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`
  return existsSync(commandLine) && readFileSync(commandLine).length > 0
}

const mostStarts = 5

/** An outgoing connection of another program may hold one of the ports for a moment. */
async function launched(start: () => Promise<unknown>, attempt = 1): Promise<void> {
  try {
    await start()
  } catch (error) {
    if (attempt === mostStarts) throw error
    await sleep(1_000)
    await launched(start, attempt + 1)
  }
}

async function portsOfNode(): Promise<Ports> {
  const [sql, extra, group, transfer] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  return { sql, extra, group, transfer }
}

function writeTransferScript({ home }: ServerPaths): void {
  const script = join(home, 'wsrep_sst_dbtool')
  writeFileSync(script, transfer)
  chmodSync(script, 0o755)
}

/** The data of a node that has stopped, with its position in the cluster. */
function copyData(from: ServerPaths, to: ServerPaths): void {
  rmSync(to.data, { recursive: true })
  execFileSync('cp', ['-Rp', '--sparse=always', from.data, to.data])
  rmSync(join(to.data, 'galera.cache'))
  const state = join(to.data, 'grastate.dat')
  // Written in place, so that its owner stays.
  writeFileSync(state, readFileSync(state, 'utf8').replace('safe_to_bootstrap: 1', 'safe_to_bootstrap: 0'))
}

/**
 * The script that MariaDB runs for a state transfer. A joiner that misses little gets its position only, and the write
 * sets from the group layer. Any other gets a copy of the data, which the donor makes as the method `rsync` does: under
 * a global read lock. Nodes on one machine need no network for that.
 */
const transfer = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in
    --role) role=$2; shift ;;
    --address) address=$2; shift ;;
    --datadir) data=\${2%/}; shift ;;
    --gtid) gtid=$2; shift ;;
    --parent) parent=$2; shift ;;
    --bypass) bypass=1 ;;
  esac
  shift
done
await() {
  while [ ! -s "$1" ]; do
    kill -0 "$parent" 2>/dev/null || exit 32
    sleep 0.05
  done
}
if [ "$role" = joiner ]; then
  position=$data/position
  rm -f "$position"
  echo "ready $position"
  await "$position"
  cat "$position"
  exit
fi
if [ "\${bypass:-}" != 1 ]; then
  parent=$PPID
  rm -f "$data/tables_flushed"
  echo 'flush tables'
  await "$data/tables_flushed"
  gtid=$(cat "$data/tables_flushed")
  into=\${address%/*}
  for file in "$data"/*; do
    case \${file##*/} in
      galera.cache | grastate.dat | gvwstate.dat | position | tables_flushed | sst_in_progress | *.pid | *.sock) ;;
      *) rm -rf "$into/\${file##*/}" && cp -R --sparse=always "$file" "$into/" || exit 5 ;;
    esac
  done
  rm -f "$data/tables_flushed"
fi
echo "$gtid" >"$address.new" && mv "$address.new" "$address"
echo continue
echo "done $gtid"
`

async function createAccount(owner: Connection): Promise<void> {
  const { user, password, database } = account
  await owner.execute(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
  await owner.execute(`CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY '${password}'`)
  await owner.execute(`GRANT ALL ON ${database}.* TO ${user}@'127.0.0.1'`)
}

export async function setProviderOption(owner: Connection, name: string, value: string): Promise<void> {
  await owner.execute(`SET GLOBAL wsrep_provider_options = '${name}=${value}'`)
}
