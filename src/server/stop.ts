import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { assertOwnHome } from './ownership.ts'
import { answers, processState, readPid } from './process.ts'
import { withSession } from './session.ts'

/** Long enough to write a big buffer pool to a slow disk. */
const stopTimeoutMs = 60_000
const pollMs = 20

/**
 * Shuts the private server down and waits until its process has ended. Deletes files that a crash left behind.
 * @returns stopped: false if it was not running.
 * @throws DbtoolError SERVER_FAILED if it rejects the shutdown, does not end within a minute, or may belong to another
 * user.
 */
export async function stopServer(paths: ServerPaths): Promise<{ stopped: boolean }> {
  assertOwnHome(paths)
  const pid = await readPid(paths)
  const state = await processState(pid, paths)
  const listening = await answers(paths.socket)
  if (listening || state === 'server') {
    const refusal = listening ? await requestShutdown(paths) : undefined
    if (refusal !== undefined || !listening) terminate(pid, state === 'server', refusal)
    await untilGone(paths, pid)
  }
  if (!(await answers(paths.socket))) for (const path of [paths.socket, paths.pidFile]) rmSync(path, { force: true })
  return { stopped: listening || state === 'server' }
}

/** @returns the reason why the server rejected the shutdown; undefined if it accepted. */
async function requestShutdown(paths: ServerPaths): Promise<unknown> {
  try {
    await withSession(paths, (connection) => connection.execute('SHUTDOWN'))
    return undefined
  } catch (error) {
    // The server may close the connection before it confirms.
    return (await answers(paths.socket)) ? error : undefined
  }
}

/** Signals only a process that is certainly the private server: after a crash, the number may belong to another one. */
function terminate(pid: number | undefined, verified: boolean, cause: unknown): void {
  if (pid === undefined || !verified) {
    const reason = cause instanceof Error ? cause.message : 'it does not answer'
    throw new DbtoolError('SERVER_FAILED', `cannot stop the private server: ${reason}`, { cause })
  }
  process.kill(pid, 'SIGTERM')
}

async function untilGone(paths: ServerPaths, pid: number | undefined): Promise<void> {
  const deadline = performance.now() + stopTimeoutMs
  while ((await answers(paths.socket)) || (await processState(pid, paths)) !== 'gone') {
    if (performance.now() > deadline) {
      throw new DbtoolError(
        'SERVER_FAILED',
        `the private server (process ${pid ?? ''}) has not stopped within ${stopTimeoutMs / 1000} s`,
        {
          hint: `see its log ${paths.log}; kill -9 ${pid ?? ''} ends it, and the next start recovers its data`,
        },
      )
    }
    await sleep(pollMs)
  }
}
