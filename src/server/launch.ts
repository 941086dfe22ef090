import { spawn, type ChildProcess } from 'node:child_process'
import { relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { openLog, type ServerLog } from './log.ts'
import type { Programs } from './programs.ts'
import { answers } from './session.ts'
import type { ServerUser } from './user.ts'

/** Long enough for a recovery after a crash during a big import. */
const startTimeoutMs = 120_000
const pollMs = 20

export interface Launching {
  readonly paths: ServerPaths
  readonly programs: Programs
  readonly user: ServerUser
  readonly port: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A launched mariadbd. The server's lock on its data decides which one of two becomes the server. */
export interface Launched {
  readonly pid: number | undefined
  /** Kills the process at once; the data survives. */
  kill(): void
  /** Resolves to the reason if the process ends within a second: it may listen before it notices a fatal error. */
  failure(): Promise<DbtoolError | undefined>
}

/**
 * Starts mariadbd detached from this process, and resolves when its socket accepts connections.
 * @throws DbtoolError SERVER_FAILED with the last lines of the log if mariadbd ends before that, or after two minutes.
 */
export async function launch(launching: Launching): Promise<Launched> {
  const { paths, programs, user } = launching
  const log = openLog(paths)
  try {
    const child = spawn(programs.mariadbd, serverArguments(launching), {
      ...user.spawn,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.descriptor, log.descriptor],
    })
    child.unref()
    const ended = endOf(child)
    await untilAnswered({ child, ended, log }, launching)
    return { pid: child.pid, kill: () => void child.kill('SIGKILL'), failure: () => failureOf(ended, log) }
  } finally {
    log.close()
  }
}

interface Starting {
  readonly child: ChildProcess
  readonly ended: Promise<string>
  readonly log: ServerLog
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, killer) => resolve(killer ?? `exit code ${code ?? ''}`))
    child.once('error', (error) => resolve(error.message))
  })
}

async function untilAnswered({ child, ended, log }: Starting, { paths, signal }: Launching): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  // The socket takes connections before the server answers them: waiting for it leaves no connection half open.
  const ready = (): Promise<boolean> => answers(paths, Math.max(1, deadline - performance.now()))
  const stopped = Promise.race([ended, aborted(signal)]).then(() => false)
  while (!(await Promise.race([ready(), stopped]))) {
    if (signal?.aborted === true) child.kill('SIGKILL')
    signal?.throwIfAborted()
    const failure = await failureOf(ended, log, pollMs)
    if (failure !== undefined) throw failure
    if (performance.now() > deadline) throw tooSlow(child, paths)
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function failureOf(ended: Promise<string>, log: ServerLog, waitMs = 1_000): Promise<DbtoolError | undefined> {
  const end = await Promise.race([ended, sleep(waitMs)])
  return end === undefined ? undefined : log.failure(`mariadbd did not start (${end})`)
}

function tooSlow(child: ChildProcess, paths: ServerPaths): DbtoolError {
  const message = `mariadbd (process ${child.pid ?? ''}) has not answered for ${startTimeoutMs / 1000} s`
  return new DbtoolError('SERVER_FAILED', message, {
    hint: `it is still starting; see its log ${paths.log}`,
  })
}

/** All other options keep MariaDB's defaults, above all that a commit is on the disk before it is confirmed. */
function serverArguments({ paths, programs, user, port }: Launching): string[] {
  return [
    '--no-defaults',
    `--datadir=${paths.data}`,
    ...(programs.basedir === undefined ? [] : [`--basedir=${programs.basedir}`]),
    `--socket=${paths.socket}`,
    `--pid-file=${paths.pidFile}`,
    // Relative to the data: mariadbd takes a colon in it for the end of a path.
    `--tmpdir=${relative(paths.data, paths.temporary)}`,
    ...(port === undefined ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${port}`]),
    '--skip-name-resolve',
    '--skip-log-bin',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--max-connections=200',
    ...user.arguments,
  ]
}
