import { PassThrough, Readable, Writable } from 'node:stream'
import { inject } from 'vitest'
import { run } from '../../commands/run.ts'
import { login, type Role } from './people.ts'

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** stdout as JSON. */
  readonly json: <T = Record<string, unknown>>() => T
  /** The error object of `--json` on stderr. */
  readonly error: { code: string; message: string; hint: string | null; faults?: string[]; exitCode: number }
}

export interface Situation {
  /** The database of the private server to work in. */
  readonly database?: string
  /** The role that logs in; `app` unless the test needs more privileges. */
  readonly as?: Role
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly stdin?: string
  readonly signal?: AbortSignal
  /** Makes all three streams look like a terminal of this many columns. */
  readonly columns?: number
  readonly startedMs?: number
}

/** Runs a command line in this process, given as an array or as one line, and resolves to its outcome. */
export async function dbtool(
  line: string | readonly string[],
  { database, as = 'app', env = {}, cwd = '/', stdin = '', signal, columns, startedMs }: Situation = {},
): Promise<Outcome> {
  const argv = typeof line === 'string' ? words(line) : line
  const stdout = collector(columns)
  const stderr = collector(columns)
  const exitCode = await run(argv, {
    env: {
      DBTOOL_HOME: inject('home'),
      XDG_CONFIG_HOME: inject('home'),
      ...(database === undefined ? {} : { DB_NAME: database, DB_SOCKET: inject('socket'), ...login(as) }),
      ...env,
    },
    cwd,
    stdin: columns === undefined ? Readable.from([stdin]) : Object.assign(new PassThrough(), { isTTY: true }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: signal ?? new AbortController().signal,
    now: () => new Date(),
    startedMs,
  })
  return {
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    json: <T>() => JSON.parse(stdout.text()) as T,
    get error() {
      return (JSON.parse(stderr.text()) as { error: Outcome['error'] }).error
    },
  }
}

/** Splits at spaces; double and single quotes keep words together. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}

function collector(columns: number | undefined): {
  stream: Writable & { isTTY?: boolean; columns?: number }
  text: () => string
} {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return {
    stream: columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns }),
    text: () => chunks.join(''),
  }
}
