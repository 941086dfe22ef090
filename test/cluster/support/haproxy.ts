import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../server/free-port.ts'
import type { GaleraNode } from '../../support/galera.ts'

/** The reason why HAProxy cannot run here; undefined if it can. */
export const noHaproxy =
  spawnSync('haproxy', ['-v']).status === 0 ? undefined : "skipped: Debian's package haproxy is not installed"

/** A node, by the ports at which it listens to clients and to checks. */
interface Backend {
  readonly ports: { readonly sql: number; readonly extra: number }
}

export interface Haproxy {
  readonly port: number
  stop(): Promise<void>
}

interface Variant {
  /** Changes the configuration of docs/cluster.md, such as to `balance roundrobin`. */
  readonly change?: (configuration: string) => string
}

/** HAProxy before these nodes, the first of which gets the connections, with the configuration of docs/cluster.md. */
export async function haproxy(nodes: readonly Backend[], folder: string, { change }: Variant = {}): Promise<Haproxy> {
  const port = await freePort()
  const file = join(folder, `haproxy-${port}.cfg`)
  const documented = documentedConfiguration()
  writeFileSync(file, configurationFor(nodes, port, change?.(documented) ?? documented))
  const child = spawn('haproxy', ['-db', '-f', file], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`haproxy: ${output}`)
    await sleep(20)
  }
  return {
    port,
    stop: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

/** The account of its health checks. */
export async function createCheckAccount(node: Pick<GaleraNode, 'asOwner'>): Promise<void> {
  await node.asOwner(async (owner) => {
    await owner.execute("CREATE USER IF NOT EXISTS haproxy@'127.0.0.1'")
  })
}

/** What operators read is what is measured. */
function documentedConfiguration(): string {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/cluster.md'), 'utf8')
  const [, configuration] = /```\n(listen mariadb\n[^]*?)```/.exec(page) ?? []
  if (configuration === undefined) throw new Error('docs/cluster.md has no configuration of HAProxy')
  return configuration
}

function configurationFor(nodes: readonly Backend[], port: number, documented: string): string {
  const own = documented
    .replace(/bind \S+/, `bind 127.0.0.1:${port}`)
    .replace(/^( *server n(\d)) \S+ check port \d+/gm, (_line, server: string, number: string) => {
      const node = nodes[Number(number) - 1]
      if (node === undefined) throw new Error(`there is no node for server n${number}`)
      return `${server} 127.0.0.1:${node.ports.sql} check port ${node.ports.extra}`
    })
  return `global\n  maxconn 500\n${own}`
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
