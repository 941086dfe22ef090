import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { firstRow, type Queries } from '../src/db/queries.ts'
import { version } from '../src/version.ts'
import { root } from './child.ts'

/** The conditions of a run; without them, its figures mean nothing. */
export interface RunEnvironment {
  readonly versions: Readonly<Record<string, string>>
  readonly machine: {
    readonly kernel: string
    readonly cpu: string
    readonly cores: number
    readonly memoryGigabytes: number
  }
  /** The load average of the minute before the run; files of 2026-11-28 and earlier lack it. */
  readonly load?: number | undefined
  /** Variables of the server that trade durability for speed, and related ones. */
  readonly settings: Readonly<Record<string, string>>
}

const settingNames = [
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'innodb_buffer_pool_size',
  'innodb_log_file_size',
  'innodb_flush_method',
  'log_bin',
  'sync_binlog',
  'tx_isolation',
  'max_connections',
  'performance_schema',
  'local_infile',
]

/** Reads the versions, the machine and the settings of the server. */
export async function readEnvironment(server: Queries): Promise<RunEnvironment> {
  const variables = await server.rows<{ Variable_name: string; Value: string }>('SHOW GLOBAL VARIABLES')
  const known = new Map(variables.map(({ Variable_name: name, Value: value }) => [name, value]))
  const [processor] = cpus()
  const peers = { sysbench: outputOf('sysbench', ['--version']), python: outputOf('/usr/bin/python3', ['--version']) }
  return {
    versions: {
      dbtool: version(),
      commit: outputOf('git', ['-C', root, 'rev-parse', '--short', 'HEAD']),
      node: process.version,
      mariadb: (await firstRow<{ version: string }>(server, 'SELECT VERSION() AS version'))?.version ?? '',
      connector: connectorVersion(),
      ...peers,
    },
    machine: {
      kernel: `${type()} ${release()}`,
      cpu: processor?.model ?? 'unknown',
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    },
    load: loadavg()[0],
    settings: Object.fromEntries(
      settingNames.flatMap((name) => (known.has(name) ? [[name, known.get(name) ?? '']] : [])),
    ),
  }
}

function connectorVersion(): string {
  return (JSON.parse(readFileSync(`${root}node_modules/mariadb/package.json`, 'utf8')) as { version: string }).version
}

/** The first line of the output of a program; a dash if the program cannot be run. */
function outputOf(command: string, args: readonly string[]): string {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .trim()
        .split('\n')[0] ?? ''
    )
  } catch {
    return '–'
  }
}
