import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DbtoolError, messageOf } from '../errors.ts'
import { namelessFile } from '../new-file.ts'
import type { Identity } from '../server/home.ts'

/** Variables with which the clients would find another server, password or group of options. */
const misleading: ReadonlySet<string> = new Set([
  ...['MYSQL_HOST', 'MYSQL_TCP_PORT', 'MYSQL_UNIX_PORT', 'MYSQL_PWD', 'MYSQL_GROUP_SUFFIX', 'MARIADB_GROUP_SUFFIX'],
  ...['MYSQL_HOME', 'MARIADB_HOME'],
])

export interface ProgramRun {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Standard input, output and error of the program, and further open files. */
  readonly stdio: readonly ('inherit' | 'pipe' | 'ignore' | number)[]
  /** Aborted by a signal: the program is ended with SIGTERM. */
  readonly signal: AbortSignal
  /** The user who runs it; by default, this one. */
  readonly as?: Partial<Identity>
  readonly cwd?: string
}

export interface ClientRun extends ProgramRun {
  /** The text of its option file. */
  readonly options: string
}

/** The descriptor of the option file in the program. */
const descriptor = 3

/** Runs a program of MariaDB while `work` uses its streams, and resolves to its exit code. */
export async function runProgram(
  { program, args, env, stdio, signal, as = {}, cwd }: ProgramRun,
  work: (child: ChildProcess) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const child = spawn(program, [...args], {
    ...as,
    ...(cwd === undefined ? {} : { cwd }),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !misleading.has(name))),
    stdio: [...stdio] as StdioOptions,
  })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const [exitCode] = await Promise.all([ended(child, program), work(child)])
    return exitCode
  } finally {
    stop()
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Runs a client program of MariaDB like {@link runProgram}. The option file with the password has no name. No other
 * user can open it, and it disappears with the last process that uses it.
 */
export async function runClient(
  { options, args, stdio, ...run }: ClientRun,
  work?: (child: ChildProcess) => Promise<void>,
): Promise<number> {
  const file = await optionFile(options)
  try {
    const withFile = [`--defaults-file=/dev/fd/${descriptor}`, ...args]
    return await runProgram({ ...run, args: withFile, stdio: [...stdio, file.fd] }, work)
  } finally {
    await file.close()
  }
}

/** The text is written at its position, so that a program that shares the descriptor reads it from its beginning. */
async function optionFile(text: string): Promise<FileHandle> {
  const file = await namelessFile(join(tmpdir(), 'dbtool-options'))
  await file.write(Buffer.from(text), 0, undefined, 0)
  return file
}

function ended(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) =>
    child
      .once('error', (cause) =>
        reject(new DbtoolError('CLIENT_FAILED', `cannot run ${program}: ${messageOf(cause)}`, { cause })),
      )
      .once('close', (code, killer) => resolve(code ?? exitCodeOf(killer))),
  )
}

/** As a shell says it. */
const exitCodeOf = (killer: NodeJS.Signals | null): number => 128 + (killer === 'SIGKILL' ? 9 : 15)
