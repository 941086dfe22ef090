import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { assertOwnHome } from './ownership.ts'
import { processState, readPid } from './process.ts'
import { answers, ifRunning } from './session.ts'

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
  const answer = await requestShutdown(paths)
  const stops = answer !== 'nobody listens' || state === 'server'
  if (stops) {
    if (answer !== 'accepted') terminate(pid, state === 'server', answer)
    await untilGone(paths, pid)
  }
  if (!(await answers(paths))) for (const path of [paths.socket, paths.pidFile]) rmSync(path, { force: true })
  return { stopped: stops }
}

/** Resolves to the answer of the server; any other value is the error with which it rejected the shutdown. */
async function requestShutdown(paths: ServerPaths): Promise<unknown> {
  try {
    const answer = await ifRunning(paths, async (connection) => {
      await connection.execute('SHUTDOWN')
      return 'accepted'
    })
    return answer ?? 'nobody listens'
  } catch (error) {
    // The server may close the connection before it confirms.
    return error instanceof DbtoolError && error.code === 'CONNECTION_LOST' ? 'accepted' : error
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
  // A server that is shutting down is not asked again and again: its process answers first.
  while ((await processState(pid, paths)) !== 'gone' || (await answers(paths))) {
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
