import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { login, type Role } from './people.ts'

/** The compiled tool: for what only a process of its own can show. */
export const binary = fileURLToPath(new URL('../../dist/cli/dbtool.cjs', import.meta.url))

/**
 * The environment of a process that works in `database` of the private server of all tests, as the application user.
 */
export function environment(
  database: string,
  more: Record<string, string> = {},
  as: Role = 'app',
): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return {
    PATH,
    HOME,
    DBTOOL_HOME: inject('home'),
    XDG_CONFIG_HOME: inject('home'),
    DB_NAME: database,
    DB_SOCKET: inject('socket'),
    ...login(as),
    ...more,
  }
}

export interface Child {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

interface Run {
  readonly database: string
  readonly node?: readonly string[]
  readonly env?: Record<string, string>
  readonly as?: Role
  /** What the signals wait for: the child is at work. It is called when the child starts. */
  readonly working?: () => Promise<unknown>
  /** Sent one after the other, so long after that. */
  readonly signals?: readonly (readonly [afterMs: number, signal: NodeJS.Signals])[]
}

/** Runs the compiled tool with pipes and no input, and sends it signals. */
export function spawned(
  argv: readonly string[],
  { database, node = [], env = {}, as, working = () => Promise.resolve(), signals = [] }: Run,
): Promise<Child> {
  const child = spawn(process.execPath, [...node, binary, ...argv], {
    cwd: '/',
    env: environment(database, env, as),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (texts.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (texts.stderr += String(chunk)))
  void working().then(() => {
    for (const [afterMs, signal] of signals) setTimeout(() => child.kill(signal), afterMs)
  })
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ ...texts, exitCode })))
}
