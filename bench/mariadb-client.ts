import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import type { Bench } from './bench.ts'
import { runChild, type Ended } from './child.ts'
import type { Results } from './core/results.ts'

export const clientExport = 'mariadb --batch --quick'

/** Whether the mariadb client is installed; a missing one is recorded. */
export function hasClient(results: Results): boolean {
  try {
    execFileSync('mariadb', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    results.absent('the mariadb client', 'not installed; on Debian: apt-get install mariadb-client-core')
    return false
  }
}

interface ClientRun {
  readonly database: string
  readonly statement: string
  readonly into?: string
}

/** Runs one statement with `mariadb --batch --quick`. Rejects with its error. */
export async function runClient({ server, signal }: Bench, { database, statement, into }: ClientRun): Promise<Ended> {
  const args = [
    '--no-defaults',
    `--socket=${server.socket}`,
    `--user=${server.user}`,
    '--local-infile=1',
    '--batch',
    '--quick',
    `--database=${database}`,
    '-e',
    statement,
  ]
  const ended = await runChild('mariadb', args, {
    env: { MYSQL_PWD: server.password },
    cwd: server.home,
    signal,
    ...(into === undefined ? {} : { into }),
  })
  if (ended.exitCode !== 0) throw new Error(ended.stderr.trim())
  return ended
}

export async function linesOf(path: string): Promise<number> {
  let lines = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    for (const byte of chunk) if (byte === 10) lines += 1
  return lines
}
