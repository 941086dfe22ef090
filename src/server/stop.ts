import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DbtoolError } from '../errors.ts'
import type { ServerPaths } from './home.ts'
import { answers, processState, readPid } from './process.ts'
import { withSession } from './session.ts'

/** Writing a big buffer pool back to a slow disk takes its time. */
const stopTimeoutMs = 60_000
const pollMs = 20

/**
 * Shuts the private server down and waits until its process is gone; what a crash left behind is tidied away.
 * @returns stopped: false when it did not run.
 * @throws DbtoolError SERVER_FAILED when it neither takes the order nor ends within a minute.
 */
export async function stopServer(paths: ServerPaths): Promise<{ stopped: boolean }> {
  const pid = await readPid(paths)
  const state = await processState(pid, paths)
  const listening = await answers(paths.socket)
  if (listening || state === 'ours') {
    const refusal = listening ? await askToStop(paths) : undefined
    if (refusal !== undefined || !listening) terminate(pid, state === 'ours', refusal)
    await untilGone(paths, pid)
  }
  if (!(await answers(paths.socket))) for (const path of [paths.socket, paths.pidFile]) rmSync(path, { force: true })
  return { stopped: listening || state === 'ours' }
}

/** @returns why it could not be asked. */
async function askToStop(paths: ServerPaths): Promise<unknown> {
  try {
    await withSession(paths, (connection) => connection.execute('SHUTDOWN'))
    return undefined
  } catch (error) {
    // It may hang up before it says yes.
    return (await answers(paths.socket)) ? error : undefined
  }
}

/** Only a process known to be our server gets a signal: after a crash the number may be anybody's. */
function terminate(pid: number | undefined, verified: boolean, cause: unknown): void {
  if (pid === undefined || !verified) {
    const reason = cause instanceof Error ? cause.message : 'it does not answer'
    throw new DbtoolError('SERVER_FAILED', `cannot stop the private server: ${reason}`, { cause })
  }
  process.kill(pid, 'SIGTERM')
}

async function untilGone(paths: ServerPaths, pid: number | undefined): Promise<void> {
  const deadline = performance.now() + stopTimeoutMs
  // In this order: a server that is shutting down is not asked again and again.
  while ((await processState(pid, paths)) !== 'gone' || (await answers(paths.socket))) {
    if (performance.now() > deadline) {
      throw new DbtoolError(
        'SERVER_FAILED',
        `process ${pid ?? ''}, the server, has not ended within ${stopTimeoutMs / 1000} s`,
        {
          hint: `its log is ${paths.log}; kill -9 ${pid ?? ''} ends it, and the next start recovers its data`,
        },
      )
    }
    await sleep(pollMs)
  }
}
